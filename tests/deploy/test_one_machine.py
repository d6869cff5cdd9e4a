"""The whole loop behind Debian's Postfix, configured as it is shipped: in by LMTP, out by its submission port."""

import re
import shutil
import smtplib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from invited.domain.invitation import Partstat
from invited.imip import clients
from invited.imip.clients import Client
from invited.settings import Settings
from tests.deploy.postfix import postfix, why_not
from tests.entrypoints.server import PATIENCE, Server, free_port
from tests.entrypoints.test_serve import ANN, created, figures, invite, send
from tests.sink import Sink

SHIPPED = Path(__file__).parents[2] / "deploy" / "one-machine"


class Behind:
    """A server of ours, the Postfix in front of it and around it, and the world that this sends to."""

    def __init__(self, server, port, sink):
        self.server, self.port, self.sink = server, port, sink

    def mail(self, sender, recipient, raw):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE) as client:
            client.sendmail(sender, [recipient], raw)


@pytest.fixture
def behind(tmp_path):
    port, submission = free_port(), free_port()
    server = Server(tmp_path / "data", smtp_lmtp="true", relay=f"smtp://127.0.0.1:{submission}")
    with (
        Sink() as sink,
        postfix(port=port, submission=submission, lmtp=server.smtp_port, domain="invites.test", out=sink.port),
    ):
        server.start()
        server.key = server.command("keys", "create", "--admin").stdout.strip()
        yield Behind(server, port, sink)
        server.stop()


@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
def test_mail_comes_by_lmtp_goes_by_the_submission_port_and_bounces_come_back(behind):
    server, sink = behind.server, behind.sink
    sink.on("RCPT", "gone@fan.test", "550 5.1.1 no such user")
    # Its own door speaks LMTP now, so whatever is mailed goes through Postfix.
    server.mail = lambda sender, mailbox, raw: behind.mail(sender, f"{mailbox}@invites.test", raw)
    event = created(server)
    send(server, event, ["bob@fan.test", "gone@fan.test"])
    invited = server.until(lambda: [mail for mail in sink.mails if mail.to == ["bob@fan.test"]], "the invite")[0]
    assert re.fullmatch(r"rsvp\+[a-z0-9-]+@invites\.test", invited.sender)
    sender, _, raw = clients.reply(invited.raw, Client.APPLE, Partstat.ACCEPTED, now=datetime.now(UTC))
    server.mail(sender, "rsvp", raw)
    server.until(lambda: figures(server, event)["receipts"]["accepted"] == 1, "the answer")
    server.until(lambda: figures(server, event)["bounced"] == 1, "the bounce that Postfix wrote")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        behind.mail(ANN, "nobody@invites.test", invite())
    ((code, _),) = refused.value.recipients.values()
    assert code == 550
    assert server.command("doctor", "--offline").returncode == 0


@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
def test_what_comes_while_we_are_down_waits_in_postfix(behind):
    server = behind.server
    server.stop()
    behind.mail(ANN, "create@invites.test", invite())
    server.start()
    server.until(lambda: server.get("/api/v1/domain/events")["events"], "the invite that waited")


def test_the_shipped_settings_are_good(monkeypatch):
    for line in (SHIPPED / "settings").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            assert name.removeprefix("INVITED_").lower() in Settings.model_fields
            monkeypatch.setenv(name, value)
    assert Settings().smtp_lmtp


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
def test_systemd_understands_the_units_and_finds_the_server_hardened(tmp_path):
    units = []
    for path in (*SHIPPED.glob("*.service"), *SHIPPED.glob("*.timer")):
        text = path.read_text().replace("/opt/invited/.venv/bin/invited", "/bin/true")
        units.append(tmp_path / path.name)
        units[-1].write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)], capture_output=True, text=True, check=False
    )
    ours = [line for line in verified.stderr.splitlines() if "invited" in line]
    assert ours == []
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", str(tmp_path / "invited.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    exposure = float(re.search(r"exposure level for \S+: ([0-9.]+)", judged.stdout)[1])
    assert exposure < 2
