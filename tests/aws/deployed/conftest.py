"""The template, built and deployed once for all tests here: run them in one process (`make test-aws` does)."""

import importlib.util

import pytest

from tests.aws.deployed import sam

IS_HERE = importlib.util.find_spec("ministack") is not None and (sam.BIN / "sam").exists()

collect_ignore_glob = [] if IS_HERE else ["test_*.py"]

DOMAIN = "invites.test"
NAME = "invited-dev"


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The template as `sam build` makes it, its layer for this machine."""
    folder = tmp_path_factory.mktemp("sam") / "build"
    sam.build(folder, **sam.HERE, INVITED_LAYER_PYTHON=sam.python())
    return folder


@pytest.fixture(scope="session")
def deployed(built, tmp_path_factory):
    """The stack on the emulator."""
    from tests.aws.deployed.relay import Relay
    from tests.aws.emulator import clients, emulator
    from tests.sink import Sink

    sam.suit(built)
    folder = tmp_path_factory.mktemp("deployed")
    with Sink() as sink, Relay() as relay:
        told = {"SMTP_HOST": f"127.0.0.1:{sink.port}", "AWS_ENDPOINT_URL_SESV2": relay.url}
        told |= {"INVITED_RETRY_SECONDS": "0.5"}
        with emulator(folder, sam.BIN / "ministack", **told) as url:
            client = clients(url)
            relay.ses = client("ses")
            client("ses").verify_domain_identity(Domain=DOMAIN)
            given = {"Domain": DOMAIN, "SendingRate": "1000", "EventLimit": "2"}
            outputs = sam.deploy(client, url, built, NAME, **given)
            yield ready(client, url, outputs, sink, relay, folder)


def ready(client, url, outputs, sink, relay, folder):
    """The stack with an admin's key, made as an operator makes it."""
    from datetime import UTC, datetime

    from invited.credentials import new_key
    from invited.engines.aws.engine import AwsEngine
    from invited.settings import Settings
    from tests.aws.deployed.stack import Deployed

    names = ("Table", "Bucket", "Topic", "Delays", "Secret")
    settings = Settings(domain=DOMAIN, data_dir=folder, **{f"aws_{name.lower()}": outputs[name] for name in names})
    stack = Deployed(client, url, outputs, settings, sink, relay)
    with AwsEngine(settings, now=lambda: datetime.now(UTC), client=client) as engine:
        key, stack.key = new_key(True, None, datetime.now(UTC))
        engine.ports.store.add_key(key)
    # The emulator tells no shard: what the stream holds is handed over by `Deployed.count`.
    mappings = client("lambda").list_event_source_mappings(FunctionName=f"{NAME}-count")["EventSourceMappings"]
    for mapping in mappings:
        client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    return stack
