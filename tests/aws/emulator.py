"""ministack: AWS on this machine, in a process of its own that listens on 127.0.0.1 alone."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

REGION = "us-east-1"


@contextmanager
def emulator(folder, command=None, **environment):
    """Gives the URL of a fresh emulator: that of this environment, or of another. Lambdas inherit `environment`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    told = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "LOG_LEVEL": "WARNING", "PATH": os.environ["PATH"]}
    told |= {"TMPDIR": str(folder), "S3_DATA_DIR": str(folder / "s3"), "HOME": str(folder)}
    told |= environment
    command = [command or Path(sys.executable).with_name("ministack")]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, env=told, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()


def _wait_for(url, process):
    for _ in range(600):
        assert process.poll() is None, "the emulator does not start"
        try:
            with urlopen(f"{url}/_ministack/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("the emulator does not answer")


def clients(url):
    """What makes boto3 clients of the emulator, each once: `client("dynamodb")`."""
    made = {}
    config = Config(retries={"total_max_attempts": 2}, max_pool_connections=20, read_timeout=120)

    def client(service):
        if service not in made:
            made[service] = boto3.client(
                service,
                endpoint_url=url,
                region_name=REGION,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=config,
            )
        return made[service]

    return client
