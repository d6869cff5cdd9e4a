"""A request that is sent again with the same Idempotency-Key is done once."""

import pytest

from invited.api import once
from invited.api.once import KEEP, LEASE
from invited.messages import NudgeRequested
from tests.api.given import OTHER, OWNER

PATH = "/api/v1/events/event1/invitations"
ADA = {"attendees": [{"email": "ada@fans.example"}, {"email": "bob"}]}
BOB = {"attendees": [{"email": "bob@fans.example"}]}


@pytest.fixture
def ask(client, owner, event):
    def send(body=ADA, key="k1", path=PATH, headers=owner):
        return client.post(path, json=body, headers=headers | ({"Idempotency-Key": key} if key else {}))

    return send


def test_the_same_request_is_done_once_and_answered_alike(ask, engine):
    first, again = ask(), ask()
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert (first.json()["added"], len(first.json()["invalid"])) == (1, 1)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert len(engine.queue) == 1


def test_another_key_or_none_is_another_request(ask, engine):
    jobs = {ask(key=key).json()["job"] for key in ("k1", "k2", None, None)}
    assert len(jobs) == 4


@pytest.mark.parametrize("changed", [{"body": BOB}, {"path": "/api/v1/events/event1/nudges"}])
def test_a_key_is_good_for_one_request_only(ask, engine, changed):
    ask()
    answer = ask(**changed)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/key-used-otherwise")
    assert len(engine.queue) == 1


def test_one_callers_keys_are_nobody_elses(ask, header):
    assert ask().json()["added"] == 1
    again = ask(headers=header(organizer=OWNER))
    assert (again.json()["added"], again.json()["already"]) == (0, 1)
    assert ask(headers=header(organizer=OTHER)).status_code == 404


def test_while_one_is_at_it_the_other_waits_until_the_first_must_have_died(ask, engine, clock, monkeypatch):
    def dies(*_):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("invited.api.invitations.send", dies)
        patched.setattr(type(engine.store), "answer", lambda *_: None)
        assert ask().status_code == 500
    answer = ask()
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/request-under-way")
    assert answer.headers["retry-after"] == "5"
    clock.advance(LEASE)
    assert ask().json()["added"] == 1


def test_what_was_done_before_a_crash_is_not_done_twice(ask, engine, clock, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(type(engine.store), "answer", lambda *_: None)
        first = ask().json()
    clock.advance(LEASE)
    assert ask().json() == first
    assert engine.store.statistics("event1").invitations == 1
    # What is owed was published twice, for one and the same job.
    assert {message.job for message in engine.queue} == {first["job"]}


def test_a_request_that_failed_frees_its_key(ask, engine, make_event, monkeypatch):
    from invited.api.sending import Problem

    def fails(*_):
        raise Problem("event-cancelled", "It is.", "Wait.")

    with monkeypatch.context() as patched:
        patched.setattr("invited.api.invitations.send", fails)
        assert ask().status_code == 409
    assert ask().status_code == 202


def test_a_key_is_forgotten_after_a_day(ask, clock):
    first = ask().json()
    clock.advance(KEEP - 1)
    assert ask().json() == first
    clock.advance(1)
    assert ask(BOB).json()["added"] == 1


def test_an_answer_too_long_to_keep_is_worked_out_again_alike(ask, engine, monkeypatch):
    monkeypatch.setattr(once, "MAX_ANSWER", 10)
    assert ask().json() == ask().json()
    assert engine.store.statistics("event1").invitations == 1
    assert ask(BOB).json()["type"] == "/problems/key-used-otherwise"


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é".encode()])
def test_a_key_is_visible_text(client, owner, event, key):
    answer = client.post(PATH, json=ADA, headers=owner | {"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


@pytest.mark.parametrize("form", [False, True])
def test_a_list_is_taken_once(client, owner, engine, event, form):
    def send(text, key="k1"):
        headers = owner | {"Idempotency-Key": key}
        path = "/api/v1/events/event1/lists"
        if form:
            return client.post(path, files={"file": ("guests.csv", text)}, headers=headers)
        return client.post(path, content=text, headers=headers)

    first = send(b"ada@fans.example\n")
    assert first.status_code == 202
    assert send(b"ada@fans.example\n").json() == first.json()
    assert len(engine.queue) == 1
    assert send(b"bob@fans.example\n").status_code == 422
    assert send(b"ada@fans.example\n", "k2").json() != first.json()


def test_reminders_and_repeats_are_ordered_once(ask, engine):
    for _ in range(2):
        assert ask({}, path="/api/v1/events/event1/nudges").status_code == 202
    assert engine.queue == [NudgeRequested("event1")]
    job = ask(key="k2").json()["job"]
    engine.queue.clear()
    for _ in range(2):
        assert ask({}, "k3", path=f"/api/v1/jobs/{job}/resend").status_code == 202
    assert len(engine.queue) == 1
