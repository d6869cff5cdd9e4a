"""The whole server, started as a user starts it, through its real doors; killed, and started again."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip import clients
from invited.imip.clients import Client
from invited.imip.lint import lint
from tests.conversations.script import calendar as calendar_of
from tests.entrypoints.server import Server
from tests.sink import Sink

# Several servers are started one after the other, on machines that may be busy.
pytestmark = pytest.mark.timeout(300)

ANN = "ann@club.test"
START = Moment(datetime(2027, 1, 9, 19), "Europe/Paris")


def invite(uid="uid-1", **changes):
    values = {
        "organizer": ANN,
        "organizer_name": "Ann",
        "to": "create@invites.test",
        "uid": uid,
        "summary": "Game night",
        "start": START,
        "end": START.plus(timedelta(hours=3)),
        "sequence": 0,
        "now": datetime.now(UTC),
    }
    return clients.request(Client.GOOGLE, **{**values, **changes})


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    server.key = server.command("keys", "create", "--admin").stdout.strip()
    yield server
    if server.process.poll() is None:
        server.stop()


def children(pid):
    """The processes that any thread of a process started."""
    return [child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def events(server):
    return server.get("/api/v1/domain/events")["events"]


def created(server):
    server.mail(ANN, "create", invite())
    return server.until(lambda: events(server), "the event")[0]


def send(server, event, addresses):
    body = {"attendees": [{"email": address} for address in addresses]}
    return server.call("POST", f"/api/v1/events/{event['id']}/invitations", body)


def figures(server, event):
    return server.get(f"/api/v1/events/{event['id']}/statistics")


def held(server, guest, method="REQUEST"):
    mails = [mail for mail in server.get(f"/lab/mails?to={guest}")["mails"] if mail["method"] == method]
    return server.get(f"/lab/mails/{mails[0]['id']}.eml")


def test_mail_in_send_answer_change_and_cancel(server):
    event = created(server)
    assert (event["subject"], event["time_zone"], event["start"]) == (
        "Game night",
        "Europe/Paris",
        "2027-01-09T19:00:00+01:00",
    )
    guests = [f"{name}@fan.test" for name in ("bob", "cid", "dan")]
    answer = send(server, event, guests)
    assert (answer["added"], answer["already"], answer["suppressed"], answer["invalid"]) == (3, 0, 0, [])
    server.until(lambda: figures(server, event)["sent"] == 3, "the invites")

    answers = zip(guests, Client, (Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE), strict=True)
    for guest, client, partstat in answers:
        sender, _, raw = clients.reply(held(server, guest), client, partstat, now=datetime.now(UTC))
        server.mail(sender, "rsvp", raw)
    expected = {"accepted": 1, "declined": 1, "tentative": 1, "none": 0}
    server.until(lambda: figures(server, event)["receipts"] == expected, "the counts")

    server.mail(ANN, "create", invite(start=START.plus(timedelta(days=1)), sequence=1))
    server.until(lambda: len(server.get("/lab/mails?to=bob@fan.test")["mails"]) == 2, "the update")
    assert b"Updated: Game night" in held(server, "bob@fan.test")
    server.mail(ANN, "create", invite(method="CANCEL", sequence=2))
    server.until(lambda: len(server.get("/lab/mails?to=dan@fan.test")["mails"]) == 3, "the cancel")
    assert figures(server, event)["updates"] == 1
    assert server.command("dead-letters", "list").stdout == ""
    report = server.command("report", event["id"]).stdout
    assert "bob@fan.test" in report
    assert server.stop() == 0


def test_kill_at_any_moment_loses_nothing_that_was_accepted(server):
    event = created(server)
    guests = [f"g{n}@fan.test" for n in range(40)]
    send(server, event, guests)
    server.kill()
    server.start()
    server.until(lambda: figures(server, event)["sent"] == 40, "the invites after the kill")
    replies = [clients.reply(held(server, g), Client.APPLE, Partstat.ACCEPTED, now=datetime.now(UTC)) for g in guests]
    for number, (sender, _, raw) in enumerate(replies):
        server.mail(sender, "rsvp", raw)
        if number % 20 == 10:
            server.kill()
            server.start()
    server.until(lambda: figures(server, event)["receipts"]["accepted"] == 40, "the answers after the kills")
    assert figures(server, event)["invitations"] == 40


def test_worker_processes_share_the_work(tmp_path):
    server = Server(tmp_path / "data")
    server.start("--workers", "2")
    try:
        server.key = server.command("keys", "create", "--admin").stdout.strip()
        event = created(server)
        send(server, event, [f"g{n}@fan.test" for n in range(250)])
        worker = int(children(server.process.pid)[0])
        os.kill(worker, signal.SIGKILL)
        server.until(lambda: figures(server, event)["sent"] == 250, "the invites, the killed worker's too")
        server.until(lambda: len(children(server.process.pid)) == 2, "the worker in its place")
        assert len({mail["to"] for mail in server.get("/lab/mails?limit=500")["mails"]}) == 251
    finally:
        assert server.stop() == 0


def test_a_second_server_on_the_same_data_is_refused(server):
    other = server.command("serve")
    assert other.returncode == 1
    assert str(server.process.pid) in other.stderr


def test_a_relay_gets_one_valid_invite_for_each_guest(tmp_path):
    with Sink() as sink:
        sink.on("RCPT", "gone@fan.test", "550 5.1.1 no such user")
        server = Server(tmp_path / "data", relay=f"smtp://127.0.0.1:{sink.port}", public_url="https://invites.test")
        server.start()
        try:
            server.key = server.command("keys", "create", "--admin").stdout.strip()
            event = created(server)
            send(server, event, ["bob@fan.test", "cid@fan.test", "dan@fan.test", "gone@fan.test"])
            server.until(lambda: figures(server, event)["sent"] + figures(server, event)["failed"] == 4, "the invites")
        finally:
            assert server.stop() == 0
    invites = [mail for mail in sink.mails if mail.sender.startswith("rsvp+")]
    for mail in invites:
        (address,) = mail.to
        calendar = calendar_of(mail.raw)
        (part,) = calendar.walk("VEVENT")
        assert calendar["METHOD"] == "REQUEST"
        assert str(part["ATTENDEE"]) == f"mailto:{address}"
        assert str(part["ORGANIZER"]) == "mailto:rsvp@invites.test"
        assert not lint(mail.raw)
    assert {mail.to[0] for mail in invites} == {"bob@fan.test", "cid@fan.test", "dan@fan.test"}


def test_the_demo_plays(server):
    played = server.command("demo")
    assert played.returncode == 0, played.stderr
    assert "That was the whole loop" in played.stdout


def test_the_demo_says_when_there_is_no_server(tmp_path):
    alone = Server(tmp_path / "data").command("demo")
    assert alone.returncode == 1
    assert "make run" in alone.stderr
