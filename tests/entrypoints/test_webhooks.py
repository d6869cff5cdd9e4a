"""A webhook through the doors of a real server, taken by the receiver of `examples/`."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.entrypoints.server import Server
from tests.facts import NOW

EXAMPLE = Path(__file__).parents[2] / "examples" / "webhook_receiver.py"
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data", webhook_http="true", webhook_private="true")
    server.start()
    yield server
    if server.process.poll() is None:
        server.kill()


def receiver(secret, port=0):
    return subprocess.Popen(
        [sys.executable, str(EXAMPLE), str(port)],
        env=os.environ | {"WEBHOOK_SECRET": secret},
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process):
    return process.stdout.readline().strip()


def test_a_call_reaches_the_example_and_is_logged(server):
    server.key = server.command("keys", "create", "--admin").stdout.strip()
    first = receiver("whsec_")
    try:
        port = int(line(first).split()[-1])
        made = server.call("POST", "/api/v1/webhooks", {"url": f"http://127.0.0.1:{port}/in"})
    finally:
        first.kill()
        first.communicate()
    log = f"/api/v1/webhooks/{made['id']}/deliveries"
    server.call("POST", f"/api/v1/webhooks/{made['id']}/ping", {})
    failed = server.until(lambda: [d for d in server.get(log)["deliveries"] if d["tries"]], "a failed attempt")
    assert failed[0]["attempts"][0]["status"] == 0

    second = receiver(made["secret"], port)
    try:
        assert line(second) == f"listening on port {port}"
        # It is tried again by itself within some seconds.
        kind, _, fact = line(second).partition(" ")
        assert kind == "webhook.ping"
        assert json.loads(fact)["id"]
        server.until(lambda: server.get(log)["deliveries"][0]["state"] == "delivered", "the delivery")
        assert "delivered" in server.command("webhooks", "log", made["id"]).stdout
    finally:
        second.kill()
        second.communicate()


@pytest.fixture(scope="module")
def example():
    names = {"__name__": "example"}
    exec(compile(EXAMPLE.read_text(encoding="utf-8"), str(EXAMPLE), "exec"), names)
    return names


def test_the_example_believes_signatures_as_the_standard_makes_them(example):
    body, at = '{"é": 1}', int(NOW.timestamp())
    good = Webhook(SECRET).sign("msg_1", NOW, body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": f"v1,bm8= {good}"}
    is_genuine = example["is_genuine"]
    assert is_genuine(SECRET, headers, body.encode(), at + 299)
    assert not is_genuine(SECRET, headers, body.encode(), at + 301)
    assert not is_genuine(SECRET, headers, body.encode() + b" ", at)
    assert not is_genuine(SECRET, headers | {"webhook-id": "msg_2"}, body.encode(), at)
    assert not is_genuine(SECRET, headers | {"webhook-timestamp": "soon"}, body.encode(), at)
    assert not is_genuine("whsec_bm8=", headers, body.encode(), at)
    assert not is_genuine(SECRET, {}, body.encode(), at)
