"""What an operator does beside a running server with a worker process: looks, backs up, and is kept from harm."""

import json

import pytest

from tests.entrypoints.server import Server
from tests.entrypoints.test_serve import invite

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("operations") / "data", log_format="json")
    server.start("--workers", "1")
    server.key = server.command("keys", "create", "--admin").stdout.strip()
    yield server
    assert server.stop() == 0


def figure(server, name):
    lines = server.get("/metrics").decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_what_a_worker_process_does_is_counted(server):
    server.mail("ann@club.test", "create", invite())
    done = 'invited_messages_total{message="InviteSubmitted",outcome="handled"}'
    server.until(lambda: figure(server, done) == 1, "the invite")
    assert figure(server, 'invited_mails_received_total{outcome="taken"}') == 1
    assert figure(server, 'invited_events{status="confirmed"}') == 1
    assert figure(server, "invited_message_seconds_count") >= 2


def test_it_is_examined_and_backed_up_beside_its_work(server, tmp_path):
    examined = server.command("doctor", "--offline")
    assert (examined.returncode, examined.stderr) == (0, "")
    assert "server: it runs" in examined.stdout
    backed_up = server.command("backup", str(tmp_path / "copy"))
    assert backed_up.returncode == 0
    assert json.loads((tmp_path / "copy" / "manifest.json").read_text())["files"].keys() >= {"invited.db", "secret"}
    for words in (["restore", str(tmp_path / "copy")], ["doctor", "--repair"]):
        refused = server.command(*words)
        assert refused.returncode == 1
        assert "in use by another server" in refused.stderr
