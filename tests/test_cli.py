"""The command line, without a server."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from invited.cli import app
from invited.engines import open_engine
from invited.messages import EventCreated
from invited.settings import load
from tests.entrypoints.test_serve import invite
from tests.facts import an_event


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("INVITED_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("INVITED_DOMAIN", "invites.test")
    monkeypatch.setenv("INVITED_INBOUND_AUTH", "trust")

    def run(*words):
        return CliRunner().invoke(app, list(words))

    return run


def test_wrong_settings_are_one_line_each(run, monkeypatch):
    monkeypatch.setenv("INVITED_SMTP_LISTEN", "nowhere")
    result = run("keys", "list")
    assert result.exit_code == 1
    assert result.stderr == "INVITED_SMTP_LISTEN: must be HOST:PORT, such as 127.0.0.1:2525\n"


def test_the_api_describes_itself_without_a_server(run):
    described = json.loads(run("openapi").stdout)
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/events/{id}" in described["paths"]


def test_keys_are_shown_once_listed_and_removed(run):
    text = run("keys", "create", "--organizer", "Ann@Club.test", "--note", "website").stdout.strip()
    assert re.fullmatch(r"inv_[a-z2-7]{16}_[0-9a-f]{64}", text)
    listed = run("keys", "list").stdout
    assert "ann@club.test" in listed
    assert "website" in listed
    assert text.rpartition("_")[2] not in listed
    key_id = text.split("_")[1]
    assert run("keys", "remove", key_id).exit_code == 0
    assert run("keys", "list").stdout == ""
    assert run("keys", "remove", key_id).exit_code == 1


def test_a_key_is_for_the_domain_or_for_an_organizer(run):
    assert run("keys", "create").exit_code == 1
    assert run("keys", "create", "--admin", "--organizer", "ann@club.test").exit_code == 1


def test_a_key_holds_the_scopes_that_are_named_or_all_but_addresses(run):
    for more in ([], ["--addresses"], ["--scope", "events:read", "--scope", "keys"]):
        run("keys", "create", "--admin", *more)
    usual, whole, narrow = run("keys", "list").stdout.splitlines()
    assert "attendees:read" not in usual
    assert "attendees:read" in whole
    assert "  events:read keys  " in narrow
    refused = run("keys", "create", "--admin", "--scope", "everything")
    assert refused.exit_code == 1
    assert "events:read" in refused.stderr


def test_webhooks_are_added_listed_pinged_and_removed(run):
    added = run("webhooks", "add", "https://x.example/in", "--organizer", "Ann@Club.test", "--kind", "job.done").stdout
    hook_id, secret = added.split()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert run("webhooks", "list").stdout == ""
    listed = run("webhooks", "list", "--organizer", "ann@club.test").stdout
    assert f"{hook_id}  https://x.example/in  job.done" in listed
    assert secret not in listed
    call_id = run("webhooks", "ping", hook_id).stdout.strip()
    assert f"{call_id}  " in run("webhooks", "log", hook_id).stdout
    assert run("webhooks", "remove", hook_id).exit_code == 0
    assert f"there is no webhook {hook_id}" in run("webhooks", "log", hook_id).stderr


def test_a_webhook_must_be_public_and_listen_to_what_there_is(run):
    assert "private network" in run("webhooks", "add", "https://10.0.0.1/").stderr
    assert (
        "'nothing' is not a valid FactKind" in run("webhooks", "add", "https://x.example/", "--kind", "nothing").stderr
    )
    for _ in range(5):
        assert run("webhooks", "add", "https://x.example/").exit_code == 0
    assert "the limit of 5 webhooks is reached" in run("webhooks", "add", "https://x.example/").stderr


def test_mails_can_be_injected_from_files(run, tmp_path):
    file = tmp_path / "invite.eml"
    file.write_bytes(invite())
    assert "taken as" in run("inject", str(file)).stdout


def test_an_invite_is_checked_before_it_goes_out(run, tmp_path):
    good, bad = tmp_path / "good.eml", tmp_path / "bad.ics"
    good.write_bytes(invite())
    bad.write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert run("lint", str(good)).exit_code == 0
    wrong = run("lint", str(good), str(bad), "--json")
    assert wrong.exit_code == 1
    assert {found["severity"] for found in json.loads(wrong.stdout)[str(bad)]} >= {"error"}
    assert "ERROR" in run("lint", str(bad)).stdout
    assert run("lint").exit_code == 1
    assert run("lint", "--rules").stdout == (Path(__file__).parents[1] / "docs" / "lint.md").read_text()


def test_a_dkim_key_is_made_once_and_stands_in_the_dns_records(run):
    made = run("dkim", "create", "--selector", "k1", "--type", "ed25519").stdout.strip()
    assert made.startswith("k1._domainkey.invites.test TXT v=DKIM1; k=ed25519; p=")
    assert run("dkim", "create", "--selector", "k1").exit_code == 1
    records = run("dns").stdout.splitlines()
    assert made in records
    assert "invites.test TXT v=spf1 mx ~all" in records


def test_what_is_not_there_is_said(run):
    assert "there is no event nope" in run("send", "nope", "bob@fan.test").stderr
    assert "there is no event nope" in run("report", "nope").stderr
    assert "there is no dead letter 7" in run("dead-letters", "show", "7").stderr
    assert "there is no dead letter 7" in run("dead-letters", "replay", "7").stderr
    assert "there is no dead letter 7" in run("dead-letters", "discard", "7", "--reason", "why").stderr


def test_settings_are_shown_with_their_source(run):
    shown = run("settings").stdout
    assert "INVITED_DOMAIN=invites.test  (environment)" in shown
    assert "INVITED_EVENT_LIMIT=1000  (default)" in shown


def test_a_replay_needs_an_event_or_all(run):
    assert "give --all" in run("replay").stderr
    assert "give --all" in run("replay", "nope", "--all").stderr
    assert "there is no event nope" in run("replay", "nope").stderr
    assert run("replay", "--all").exit_code == 0


def test_a_list_is_taken_and_waits_for_a_server(run, tmp_path):
    file = tmp_path / "guests.csv"
    file.write_bytes(b"a@fan.test\nb@fan.test\n")
    assert "there is no event nope" in run("list", "send", "nope", str(file)).stderr
    with open_engine(load()) as engine:
        engine.ports.store.add_event(an_event(id="event1"), 10)
    sent = run("list", "send", "event1", str(file), "--start", "2027-01-09 19:00:00")
    assert re.match(r"job [a-z2-7]{16}\nNo server is running here", sent.stdout)
    file.write_bytes(b"PK\x03\x04")
    assert "save it as CSV" in run("list", "send", "event1", str(file)).stderr


def test_what_is_done_here_is_in_the_audit_log(run, tmp_path):
    file = tmp_path / "guests.csv"
    file.write_bytes(b"a@fan.test")
    key = run("keys", "create", "--admin").stdout.strip()
    with open_engine(load()) as engine:
        engine.ports.store.add_event(an_event(id="event1"), 10)
    assert run("send", "event1", "bob@fan.test").exit_code == 0
    assert run("list", "send", "event1", str(file)).exit_code == 0
    assert run("keys", "remove", key.split("_")[1]).exit_code == 0
    assert run("keys", "remove", "nope").exit_code == 1
    told = run("audit").stdout.splitlines()
    assert [line.split()[4] for line in told] == ["key.remove", "event.list", "event.send", "key.create"]
    assert all(re.match(r"[-0-9]{10} [:0-9]{8}  cli \S+  ", line) for line in told)
    assert key.rpartition("_")[2] not in str(told)
    assert run("audit", "--event", "event1").stdout.splitlines() == told[1:3]


def test_dead_letters_are_listed_shown_replayed_and_discarded(run):
    with open_engine(load()) as engine:
        engine.queue.publish([EventCreated("a"), EventCreated("b"), EventCreated("c")])
        for taken in engine.queue.take(3, 60):
            engine.queue.bury(taken.handle, "Traceback…\nValueError: no")
    ids = [line.split()[0] for line in run("dead-letters", "list").stdout.splitlines()]
    assert "EventCreated  ValueError: no" in run("dead-letters", "list", "--kind", "EventCreated").stdout
    assert run("dead-letters", "list", "--kind", "DeliveryDue").stdout == ""
    assert run("dead-letters", "show", ids[0]).stdout.startswith('EventCreated {"event_id":"c"')
    assert run("dead-letters", "replay").exit_code == 1
    assert run("dead-letters", "replay", ids[0], "--kind", "EventCreated").exit_code == 1
    assert run("dead-letters", "discard", ids[0]).exit_code == 2
    assert run("dead-letters", "discard", ids[0], "--reason", "the event is over").exit_code == 0
    assert run("dead-letters", "replay", ids[1]).exit_code == 0
    assert run("dead-letters", "replay", "--kind", "EventCreated").stdout == "1 replayed\n"
    assert run("dead-letters", "list").stdout == ""
    assert "EventCreated: the event is over" in run("audit").stdout


def test_jobs_are_listed_and_directed(run):
    with open_engine(load()) as engine:
        engine.ports.store.add_event(an_event(id="event1"), 10)
    job_id = run("send", "event1", "a@fan.test", "b@fan.test").stdout.split()[1].strip(":")
    for listed in (run("jobs", "list"), run("jobs", "list", "event1")):
        assert re.fullmatch(rf"{job_id}  \S+ \S+  event1  api  running  0 of 2 sent, 0 failed\n", listed.stdout), (
            listed.stdout
        )
    assert "  paused  " in run("jobs", "pause", job_id).stdout
    assert "  running  " in run("jobs", "resume", job_id).stdout
    assert "2 people who waited are left out" in run("jobs", "stop", job_id).stdout
    assert f"invited jobs resend {job_id}" in run("jobs", "pause", job_id).stderr
    assert "  running  " in run("jobs", "resend", job_id).stdout
    assert "there is no job nope" in run("jobs", "stop", "nope").stderr
    assert "there is no event nope" in run("jobs", "list", "nope").stderr
    assert [line.split()[4] for line in run("audit").stdout.splitlines()][:4] == [
        "job.resend",
        "job.stop",
        "job.resume",
        "job.pause",
    ]


def test_the_suppression_list_is_kept_from_here(run, tmp_path):
    file = tmp_path / "gone.txt"
    file.write_text("a@x.test\nB@x.test\nnobody\n")
    imported = run("suppression", "import", str(file), "--reason", "old system")
    assert imported.stdout == "2 added, 0 already there, 1 invalid\n"
    assert "line 3: nobody" in imported.stderr
    assert run("suppression", "add", "c@x.test", "--reason", "unsubscribed").stdout == "added\n"
    assert run("suppression", "add", "c@x.test").stdout == "already there\n"
    assert run("suppression", "add", "nobody").exit_code == 1
    listed = [line.split()[0] for line in run("suppression", "list").stdout.splitlines()]
    assert listed == ["a@x.test", "b@x.test", "c@x.test"]
    assert run("suppression", "list", "--kind", "unsubscribed").stdout.startswith("c@x.test")
    assert run("suppression", "list", "--organizer", "ann@club.test").stdout == ""
    assert run("suppression", "export").stdout.splitlines()[1].startswith("a@x.test,old system,")
    assert run("suppression", "readmit", "a@x.test", "--reason", "a mistake").exit_code == 0
    assert "is not on this list" in run("suppression", "readmit", "a@x.test", "--reason", "a mistake").stderr
    assert "--despite unsubscribed" in run("suppression", "readmit", "c@x.test", "--reason", "why").stderr
    words = ["readmit", "c@x.test", "--reason", "her wish", "--despite", "unsubscribed"]
    assert run("suppression", *words).exit_code == 0
    assert run("suppression", "list").stdout.startswith("b@x.test")
    assert "unsubscribed: her wish" in run("audit").stdout


def test_organizers_are_listed_limited_suspended_and_readmitted(run):
    with open_engine(load()) as engine:
        engine.ports.store.add_event(an_event(id="event1", organizer="ann@club.test"), 10)
    assert run("organizers", "list").stdout == "ann@club.test  events 1\n"
    limited = run("organizers", "limit", "Ann@Club.test", "--events", "5", "--no-lists").stdout
    assert limited == "ann@club.test  events 1, events at most 5, no lists\n"
    words = ["limit", "ann@club.test", "--events", "setting", "--invitations", "7", "--lists"]
    assert run("organizers", *words).stdout == "ann@club.test  events 1, invitations at most 7\n"
    assert run("organizers", "limit", "ann@club.test").exit_code == 1
    assert "is no limit" in run("organizers", "limit", "ann@club.test", "--events", "-1").stderr
    assert run("organizers", "suspend", "nobody", "--reason", "abuse").exit_code == 1
    assert "SUSPENDED" in run("organizers", "suspend", "ann@club.test", "--reason", "abuse").stdout
    refused = run("send", "event1", "bob@fan.test")
    assert (refused.exit_code, "suspended here: abuse." in refused.stderr) == (1, True)
    assert "SUSPENDED" not in run("organizers", "readmit", "ann@club.test").stdout
    assert run("send", "event1", "bob@fan.test").exit_code == 0
    told = [line.split()[4] for line in run("audit").stdout.splitlines()]
    assert told == ["event.send", "organizer.readmit", "organizer.suspend", "organizer.terms", "organizer.terms"]


def test_a_backup_is_examined_and_restored(run, tmp_path):
    run("keys", "create", "--admin")
    made = run("backup", str(tmp_path / "copy"))
    assert made.exit_code == 0
    assert made.stdout.endswith("octets, verified\n")
    assert run("backup", str(tmp_path / "copy")).exit_code == 1
    run("keys", "create", "--admin")
    assert len(run("keys", "list").stdout.splitlines()) == 2
    restored = run("restore", str(tmp_path / "copy"))
    assert "before-restore-" in restored.stdout
    assert len(run("keys", "list").stdout.splitlines()) == 1
    examined = run("doctor")
    assert examined.exit_code == 0
    assert {line.split()[0] for line in examined.stdout.splitlines()} == {"ok"}


def test_the_doctor_says_what_is_wrong_and_mends_what_it_may(run, tmp_path):
    run("keys", "create", "--admin")
    (tmp_path / "data" / "secret").chmod(0o644)
    sick = run("doctor", "--offline")
    assert sick.exit_code == 1
    assert sick.stderr == "One thing is wrong.\n"
    assert f"-> chmod 600 {tmp_path / 'data' / 'secret'}; --repair does the same." in sick.stdout
    assert run("doctor", "--offline", "--repair").exit_code == 0


def test_what_is_of_one_machine_says_so_on_aws(run, tmp_path, monkeypatch):
    monkeypatch.setenv("INVITED_AWS_TABLE", "table")
    for words in (["doctor"], ["backup", str(tmp_path / "copy")], ["restore", str(tmp_path)]):
        result = run(*words)
        assert result.exit_code == 1
        assert "INVITED_AWS_TABLE is set" in result.stderr
