"""The operator's commands on a deployed stack, which the settings name."""

import os

import pytest
from typer.testing import CliRunner

from invited.cli import app
from invited.domain.errors import Refused
from invited.domain.invitation import Partstat
from invited.engines import open_embedded
from invited.imip import clients
from invited.imip.clients import Client
from invited.messages import EventCreated
from tests.aws.emulator import REGION
from tests.aws.test_loop import invited, sent_to
from tests.facts import an_event

STACK = ("aws_table", "aws_bucket", "aws_topic", "aws_delays", "aws_secret")


@pytest.fixture
def run_on(aws_client, monkeypatch, tmp_path):
    """`run_on(house)` runs the command as whoever has the stack's outputs and the rights."""

    def run_on(house):
        named = {name.upper(): getattr(house.settings, name) for name in STACK}
        told = {f"INVITED_{name}": value for name, value in (named | {"DOMAIN": "invites.test"}).items()}
        told |= {"AWS_ENDPOINT_URL": aws_client("dynamodb").meta.endpoint_url, "AWS_DEFAULT_REGION": REGION}
        told |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        for name, value in (told | {"INVITED_DATA_DIR": str(tmp_path / "none")}).items():
            monkeypatch.setenv(name, value)
        return lambda *words: CliRunner().invoke(app, list(words))

    return run_on


@pytest.fixture
def run(house, run_on):
    return run_on(house)


def test_keys_are_those_of_the_stack(house, run, tmp_path):
    text = run("keys", "create", "--admin").stdout.strip()
    assert house.ports.store.key(text.split("_")[1]).is_admin
    assert text.split("_")[1] in run("keys", "list").stdout
    assert not (tmp_path / "none").exists()


def test_dead_letters_are_listed_shown_and_replayed(house, run, monkeypatch):
    from invited import pipelines

    handled = []
    monkeypatch.setitem(pipelines.PIPELINES, EventCreated, lambda message, _: handled.append(message) or 1 / 0)
    house.ports.queue.publish([EventCreated("e1")])
    house.work()
    (letter,) = house.dead()
    assert run("dead-letters", "list").stdout.split()[0] == letter.id
    assert "ZeroDivisionError" in run("dead-letters", "show", letter.id).stdout
    monkeypatch.setitem(pipelines.PIPELINES, EventCreated, lambda message, _: handled.append(message))
    assert run("dead-letters", "replay", letter.id).exit_code == 0
    house.work()
    assert handled == [EventCreated("e1")] * 2
    assert run("dead-letters", "list").stdout == ""
    assert "dead-letter.replay" in run("audit").stdout


def test_people_are_invited_and_reported(house, run):
    event = an_event()
    house.ports.store.add_event(event, 1)
    run("suppression", "add", "cid@fan.test")
    sent = run("send", event.id, "bob@fan.test", "cid@fan.test")
    assert sent.exit_code == 0, sent.output
    assert [i.address for i in house.ports.store.invitations(event.id)] == ["bob@fan.test"]
    assert "bob@fan.test" in run("report", event.id).stdout
    assert event.id in run("jobs", "list").stdout
    assert "cid@fan.test" in run("suppression", "list").stdout


def test_answers_are_worked_out_anew_from_the_bucket(build, run_on):
    house = build(inbound_auth="trust")
    run = run_on(house)
    event = invited(house)
    _, to, raw = clients.reply(sent_to(house, "bob@fan.test")[0], Client.GOOGLE, Partstat.ACCEPTED, now=house.clock())
    house.receive("bob@fan.test", to, raw)
    assert house.ports.store.statistics(event.id).accepted == 1
    assert run("replay", event.id).exit_code == 0
    house.ports.store.replace_answers(event.id, [])
    assert house.ports.store.statistics(event.id).accepted == 0
    differs = run("replay", "--all")
    assert (differs.exit_code, "--apply" in differs.stderr) == (1, True)
    assert run("replay", event.id, "--apply").exit_code == 0
    assert house.ports.store.statistics(event.id).accepted == 1
    assert run("replay", "--all").exit_code == 0


def test_dead_letters_are_those_of_the_stack_by_either_name(house, run):
    assert run("aws", "dead-letters", "list").exit_code == run("dead-letters", "list").exit_code == 0


def test_a_stack_has_its_own_server(house, run):
    refused = run("demo")
    assert (refused.exit_code, "INVITED_AWS_TABLE is set" in refused.stderr) == (1, True)
    with pytest.raises(Refused):
        open_embedded(house.settings)


def test_what_is_missing_is_said(run, monkeypatch):
    monkeypatch.delenv("INVITED_AWS_TOPIC")
    refused = run("keys", "list")
    assert (refused.exit_code, "INVITED_AWS_TOPIC" in refused.stderr) == (1, True)
    monkeypatch.setenv("INVITED_AWS_TOPIC", "t")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    assert "AWS_DEFAULT_REGION" in run("keys", "list").stderr
