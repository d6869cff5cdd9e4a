"""The examples do what they say: their tickets are taken, once, and nobody else's are."""

import csv
import hashlib
import hmac
import importlib.util
import io
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.util import setup_testing_defaults

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app
from invited.engines import open_engine
from invited.settings import Settings
from invited.tickets import new_secret
from tests.facts import an_event

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.fixture
def event():
    return an_event()


@pytest.fixture
def engine(tmp_path, event):
    # The examples tell time by the machine's clock, so the server must, too; the event is far ahead of any.
    head = event.head
    far = replace(event, components=(replace(head, rules=("FREQ=WEEKLY",)),))
    with open_engine(Settings(data_dir=tmp_path, _env_file=None), memory=True, now=lambda: datetime.now(UTC)) as engine:
        engine.ports.store.add_event(far, 10)
        engine.ports.store.set_choices(event.id, {"public_ticket": True})
        yield engine.ports


@pytest.fixture
def secret(engine, event):
    return new_secret(engine, engine.store.event(event.id))


@pytest.fixture
def client(engine):
    return TestClient(create_app(engine, lab=None, mail_in=None), base_url="http://127.0.0.1:8000")


@pytest.fixture
def site(event, secret, tmp_path):
    """The registration site: posts a form to it, and gives status, headers and body."""
    spec = importlib.util.spec_from_file_location("registration", EXAMPLES / "registration.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = module.application("http://127.0.0.1:8000", event.id, secret, tmp_path / "book.csv")

    def post(**fields):
        body = urlencode(fields).encode()
        environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        setup_testing_defaults(environ)
        told = []
        app(environ, lambda status, headers: told.append((status, dict(headers))))
        return told[0]

    return post


def test_who_registers_gets_the_invite_once(site, client, tmp_path):
    status, headers = site(email="ada@fans.example", name="Ada")
    assert status == "303 See Other"
    place = urlsplit(headers["Location"])
    page = client.get(f"{place.path}?{place.query}")
    assert "Send me the invite" in page.text
    fields = {name: values[0] for name, values in parse_qs(place.query).items()}
    assert client.post(place.path, data=fields).status_code == 200
    assert client.post(place.path, data=fields).status_code == 403
    stolen = fields | {"email": "eve@fans.example"}
    assert client.post(place.path, data=stolen).status_code == 403
    ((registration, *who),) = csv.reader((tmp_path / "book.csv").read_text().splitlines())
    assert who == ["ada@fans.example", "Ada"]
    assert len(registration) == 16


def test_half_a_registration_is_none(site, tmp_path):
    assert site(email="ada", name="Ada")[0].startswith("422")
    assert site(email="ada@fans.example")[0].startswith("422")
    assert not (tmp_path / "book.csv").exists()


@pytest.fixture
def door(client):
    """Our public API behind a real socket."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = client.post(self.path, content=body, headers={"Content-Type": "application/json"})
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def paywall(door, event, secret):
    """The paywall: has the payment provider call it, and gives the status."""
    environment = {"INVITED_URL": door, "INVITED_EVENT": event.id, "TICKET_SECRET": secret, "PAYMENT_SECRET": "pay"}
    process = subprocess.Popen(
        [shutil.which("node"), EXAMPLES / "paywall.mjs"],
        env=environment | {"PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    port = int(process.stdout.readline().split()[-1])

    def call(payment, key=b"pay"):
        body = json.dumps(payment).encode()
        headers = {"X-Signature": hmac.new(key, body, hashlib.sha256).hexdigest()}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/", body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    yield call
    process.kill()
    process.wait()
    process.stdout.close()


@needs_node
def test_who_has_paid_gets_the_invite_once(paywall, engine, event, monkeypatch):
    asked = []
    publish = type(engine.queue).publish
    monkeypatch.setattr(
        type(engine.queue), "publish", lambda self, m, delay=0: asked.extend(m) or publish(self, m, delay)
    )
    payment = {"id": "pay-1", "email": "ada@fans.example", "name": "Ada", "status": "paid"}
    assert paywall(payment, key=b"forged") == 403
    assert paywall(payment | {"status": "open"}) == 204
    assert asked == []
    assert paywall(payment) == 204
    assert paywall(payment) == 204
    assert [(m.address, m.name, m.origin, m.is_vouched) for m in asked] == [
        ("ada@fans.example", "Ada", "link:website", True)
    ]
    assert paywall(payment | {"id": "pay-2", "email": "nobody"}) == 502
