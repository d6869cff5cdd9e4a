"""Building the template with SAM and deploying it to the emulator; the tools have an environment of their own."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "deploy" / "aws"
BIN = ROOT / ".venv-sam" / "bin"
ARTIFACTS = "artifacts"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]

HERE = {"INVITED_LAYER_PLATFORM": f"{os.uname().machine}-manylinux_2_28"}
"""The layer for this machine instead of Lambda's, and for the Python that runs the emulator."""


def run(*words, **told):
    """What a tool prints; its own words where it fails."""
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"} | told
    done = subprocess.run(words, check=False, cwd=TEMPLATES, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python():
    """The version of the tools' Python, which runs the Lambdas here."""
    return run(BIN / "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()


def build(folder, **told):
    """`sam build` into a folder."""
    run(BIN / "sam", "build", "--config-env", "dev", "--build-dir", str(folder), **told)


def suit(folder):
    """Change a built template where the emulator does less than CloudFormation; docs/aws.md names each of these."""
    for file in folder.glob("**/template.yaml"):
        # Its clock is this machine's, which may be slow: a Lambda that starts must not be stopped for it.
        text = re.sub(r"\bTimeout: \d+", "Timeout: 300", file.read_text())
        # It knows no DKIM tokens of an identity.
        text = re.sub(r"Fn::GetAtt:\n\s*- Identity\n\s*- (DkimDNSToken\w+)", r"Fn::Sub: '\1'", text)
        text = re.sub(r"\$\{Identity\.(DkimDNSToken\w+)\}", r"\1", text)
        file.write_text(text)
        # It expands no transform of a nested stack, but of a whole one: the same code does it here.
        if yaml.safe_load(text).get("Transform") == "AWS::LanguageExtensions":
            run(BIN / "python", Path(__file__).with_name("expand.py"), str(file))


def deploy(client, url, folder, name, **parameters):
    """Package a built template and have the emulator make a stack of it; its outputs."""
    told = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    told |= {"AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS": "1"}
    client("s3").create_bucket(Bucket=ARTIFACTS)
    packaged = folder / "packaged.yaml"
    words = ["--s3-bucket", ARTIFACTS, "--output-template-file", str(packaged)]
    run(BIN / "sam", "package", "--template-file", str(folder / "template.yaml"), *words, **told)
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    cloud = client("cloudformation")
    body = packaged.read_text()
    cloud.create_stack(StackName=name, TemplateBody=body, Parameters=given, Capabilities=CAPABILITIES)
    return settled(client, name)


def settled(client, name):
    """The outputs of a stack, once it stands."""
    cloud = client("cloudformation")
    while "PROGRESS" in (stack := cloud.describe_stacks(StackName=name)["Stacks"][0])["StackStatus"]:
        time.sleep(0.2)
    events = cloud.describe_stack_events(StackName=name)["StackEvents"]
    why = [event.get("ResourceStatusReason") for event in events if "FAILED" in event["ResourceStatus"]]
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), json.dumps(why)
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
