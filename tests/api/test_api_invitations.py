from dataclasses import replace
from itertools import chain

import pytest

from invited.admission import admit
from invited.api.limits import MAX_BODY
from invited.api.schemas import MAX_ATTENDEES
from invited.domain.event import Status
from invited.domain.invitation import State
from invited.messages import Attendee, SendRequested
from tests.api.given import NOW, OWNER

PATH = "/api/v1/events/event1/invitations"


@pytest.fixture
def invite(client, owner, event):
    def send(*emails, **more):
        return client.post(PATH, headers=owner, json={"attendees": [{"email": e} for e in emails]} | more)

    return send


def test_inviting_answers_how_it_went(invite, engine, invited, event):
    invited(event, "old@fans.example")
    engine.store.suppress("gone@fans.example", "unsubscribed", NOW)
    answer = invite(
        "Ada@Fans.Example", "ada@fans.example", "old@fans.example", "gone@fans.example", "nonsense", OWNER,
        "RSVP+x@invites.example",
    )  # fmt: skip
    told = answer.json()
    assert answer.status_code == 202
    assert set(told) == {"job", "added", "already", "suppressed", "invalid"}
    assert (told["added"], told["already"], told["suppressed"]) == (1, 2, 1)
    assert [bad["email"] for bad in told["invalid"]] == ["nonsense", OWNER, "RSVP+x@invites.example"]
    assert all(bad["why"] for bad in told["invalid"])
    (request,) = engine.queue
    assert (request.event_id, request.job, request.origin, len(request.attendees)) == ("event1", told["job"], "api", 7)


def test_the_pipeline_finds_the_same_people_again(invite, engine, event):
    assert invite("ada@fans.example", "bob@fans.example").json()["added"] == 2
    (request,) = engine.queue
    again = admit(engine, event, request)
    assert (len(again.added), again.already) == (2, 0)
    assert engine.store.statistics("event1").invitations == 2


def test_a_second_request_invites_nobody_twice(invite):
    invite("ada@fans.example")
    told = invite("ada@fans.example").json()
    assert (told["added"], told["already"]) == (0, 1)


def test_over_the_limit_is_named(invite, settings):
    emails = [f"fan{number}@fans.example" for number in range(settings.invitation_limit + 2)]
    told = invite(*emails).json()
    assert told["added"] == settings.invitation_limit
    assert [bad["why"] for bad in told["invalid"]] == ["the event's limit of 50 invitations is reached"] * 2


def test_a_long_list_is_cut_into_messages(invite, engine):
    emails = [f"fan{number}@fans.example" for number in range(1201)]
    invite(*emails)
    assert [len(request.attendees) for request in engine.queue] == [500, 500, 201]
    assert [a.email for a in chain(*(request.attendees for request in engine.queue))] == emails
    assert len({request.job for request in engine.queue}) == 1


def test_what_is_owed_is_published_before_it_is_counted(invite, engine, monkeypatch):
    def crash(*_):
        raise RuntimeError

    monkeypatch.setattr(engine.store, "admit", crash)
    assert invite("ada@fans.example").status_code == 500
    assert len(engine.queue) == 1


@pytest.mark.parametrize("origin", ["api", "button", "page", "list", "mail-list", "link:mailchimp", "link:a.b_c-9"])
def test_origins(invite, engine, origin):
    assert invite("ada@fans.example", origin=origin).status_code == 202
    assert engine.queue[0].origin == origin


@pytest.mark.parametrize(
    "origin", ["", "API", "link:", "link:a:b", "link:A", "x", "link:" + "a" * 41, "api\n", 7, None]
)
def test_wrong_origins(invite, engine, origin):
    answer = invite("ada@fans.example", origin=origin)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/origin"
    assert not engine.queue


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("[]", "#"),
        ("{", "#"),
        ("{}", "#/attendees"),
        ('{"attendees": []}', "#/attendees"),
        ('{"attendees": [{"email": 5}]}', "#/attendees/0/email"),
        ('{"attendees": [{"email": "a@b.example"}, {"name": "x"}]}', "#/attendees/1/email"),
        ('{"attendees": [{"email": "\\ud800@b.example"}]}', "#/attendees/0/email"),
    ],
)
def test_faults_are_named_by_place(client, owner, event, engine, body, place):
    answer = client.post(PATH, headers=owner | {"Content-Type": "application/json"}, content=body)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["type"], problem["errors"][0]["pointer"]) == ("/problems/invalid", place)
    assert problem["remedy"]
    assert not engine.queue


def test_too_many_attendees_are_refused(invite, engine):
    answer = invite(*["a@b.example"] * (MAX_ATTENDEES + 1))
    assert answer.status_code == 422
    assert "several requests" in answer.json()["remedy"]
    assert not engine.queue


def test_a_huge_body_is_refused_announced_or_not(client, owner, event, engine):
    headers = owner | {"Content-Type": "application/json"}
    announced = client.post(PATH, headers=headers, content=b" " * (MAX_BODY + 1))
    streamed = client.post(PATH, headers=headers, content=iter([b" " * 1_000_000] * 3))
    for answer in (announced, streamed):
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
        assert "smaller" in answer.json()["remedy"]
    assert not engine.queue


def test_nobody_is_invited_to_a_cancelled_event(client, owner, make_event, engine):
    make_event(status=Status.CANCELLED)
    answer = client.post(PATH, headers=owner, json={"attendees": [{"email": "ada@fans.example"}]})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/event-cancelled")
    assert not engine.queue


def test_a_job_tells_how_far_it_is(invite, client, owner, engine, event, invited):
    job = invite("ada@fans.example", "bob@fans.example").json()["job"]
    invited(event, "eve@fans.example", job=job, state=State.FAILED)
    told = client.get(f"/api/v1/jobs/{job}", headers=owner).json()
    assert (told["event"], told["origin"], told["invitations"]) == ("event1", "api", 3)
    assert (told["queued"], told["sent"], told["failed"], told["dropped"]) == (2, 0, 1, 0)


def test_names_are_cleaned(engine, event):
    people = (Attendee("a@b.example", 'Ada\r\nBcc: "x" <y>'), Attendee("b@b.example", "Zoë"))
    admit(engine, event, SendRequested("event1", "job1", "api", people))
    names = {i.address: i.name for i in engine.store.invitations("event1")}
    assert names == {"a@b.example": "Ada Bcc: x y", "b@b.example": "Zoë"}


@pytest.mark.parametrize(
    "email", ["", " ", "a@b@c", "a\x00@b.example", "x" * 300 + "@b.example", "\ud800@b.example", "@", "a b@c.d"]
)
def test_bad_addresses_are_invalid_and_nothing_else(engine, event, email):
    admission = admit(engine, event, SendRequested("event1", "job1", "list", (Attendee(email),)))
    ((named, why),) = admission.invalid
    assert (admission.added, named) == ((), email[:254])
    assert why


def test_everybody_named_is_accounted_for(engine, event):
    people = (*tuple(Attendee(f"fan{number % 70}@fans.example") for number in range(600)), Attendee("x"))
    engine.store.suppress("fan3@fans.example", "complained", NOW)
    admission = admit(engine, replace(event), SendRequested("event1", "job1", "list", people))
    parts = (len(admission.added), admission.already, len(admission.suppressed), len(admission.invalid))
    assert parts == (50, 530, 1, 20)
    assert (sum(parts), len(admission.over)) == (len(people), 19)
