"""Events by API, from JSON and .ics: what is stored, what is published, and what is refused at once."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from invited.api import examples, once
from invited.api.event_editing import Changed, Preview
from invited.domain.errors import Stale
from invited.domain.event import Period, Property, Status
from invited.domain.moment import Moment
from invited.domain.principal import Scope
from invited.imip.mail import read
from invited.messages import AudienceDue, CancelArrived, InviteSubmitted, UpdateArrived
from invited.pipelines import PIPELINES
from tests.api.given import OTHER, OWNER
from tests.facts import a_receipt

URL = "/api/v1/events"
BODY = {"subject": "Opener", "start": "2027-01-14T18:30", "end": "2027-01-14T20:00", "time_zone": "Europe/Paris"}


@pytest.fixture
def work(engine):
    """The pipelines do what was published, but for what goes out by mail."""

    def handle():
        while engine.queue:
            message = engine.queue.pop(0)
            if isinstance(message, InviteSubmitted | UpdateArrived | CancelArrived):
                with suppress(Stale):
                    PIPELINES[type(message)](message, engine)
            else:
                done.append(message)

    done = []
    handle.done = done
    return handle


@pytest.fixture
def post(client, owner):
    return lambda body, **headers: client.post(URL, json=body, headers=owner | headers)


def test_an_event_is_there_at_once(client, engine, owner, post, work):
    answer = post(BODY | {"location": "Arena", "body": "Gates at five", "organizer": {"name": "Ticket office"}})
    assert answer.status_code == 201
    made = answer.json()
    assert client.get(answer.headers["location"], headers=owner).json() == made
    assert (made["start"], made["end"]) == ("2027-01-14T18:30:00+01:00", "2027-01-14T20:00:00+01:00")
    assert made["organizer"] == {"email": OWNER, "name": "Ticket office"}
    (message,) = engine.queue
    assert isinstance(message, InviteSubmitted)
    assert read(engine.archive.get(message.mail.key)).sender == OWNER
    before = engine.store.event(made["id"])
    work()
    assert engine.store.event(made["id"]) == before
    assert [type(m).__name__ for m in work.done] == ["EventCreated"]


@pytest.mark.parametrize(
    ("body", "start", "end"),
    [
        ({"start": "2027-01-14", "end": "2027-01-16"}, "2027-01-14", "2027-01-16"),
        ({"start": "2027-01-14"}, "2027-01-14", "2027-01-15"),
        ({"start": "2027-07-01T10:00:00+02:00"}, "2027-07-01T08:00:00+00:00", "2027-07-01T08:00:00+00:00"),
        (
            {"start": "2027-07-01T08:00:00Z", "time_zone": "Asia/Tokyo"},
            "2027-07-01T17:00:00+09:00",
            "2027-07-01T17:00:00+09:00",
        ),
    ],
)
def test_days_zones_and_offsets(post, body, start, end):
    made = post({"subject": "x"} | body).json()
    assert (made["start"], made["end"]) == (start, end)


def test_everything_that_is_said_is_kept(engine, post):
    more = {
        "html": "<p>Gates <b>five</b><script>x</script></p>",
        "url": "https://club.example/opener",
        "recurrence": {
            "rules": ["FREQ=WEEKLY;COUNT=4"],
            "rdates": ["2027-03-01T18:30", "2027-03-02T18:30/2027-03-02T19:00"],
            "exdates": ["2027-01-21T18:30"],
        },
    }
    head = engine.store.event(post(BODY | more).json()["id"]).head
    assert head.html == "<p>Gates <b>five</b></p>"
    assert Property("URL", (), "https://club.example/opener") in head.extra
    assert head.rules == ("FREQ=WEEKLY;COUNT=4",)
    assert [(p.start.wall.day, bool(p.end)) for p in head.rdates] == [(1, False), (2, True)]
    assert head.exdates == (Moment(datetime(2027, 1, 21, 18, 30), "Europe/Paris"),)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"start": "2027-01-14T18:30", "time_zone": None}, "time_zone"),
        ({"time_zone": "Moon/Base"}, "no time zone"),
        ({"end": "2027-01-14T18:00"}, "after the start"),
        ({"end": "2027-01-15"}, "after the start"),
        ({"start": "tomorrow"}, "no date or time"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "no year"),
        ({"subject": ""}, "at least 1 character"),
        ({"url": "javascript:alert(1)"}, "URL"),
        ({"recurrence": {"rules": ["FREQ=SECONDLY"]}}, "second"),
        ({"recurrence": {"rules": ["FREQ=DAILY\r\nATTENDEE:mailto:x@y.example"]}}, ""),
        ({"location": "\ud800"}, ""),
        ({"nonsense": 1}, "Extra inputs"),
    ],
)
def test_what_is_no_event_is_refused_at_once(client, engine, owner, change, word):
    body = json.dumps({k: v for k, v in (BODY | change).items() if v is not None})
    answer = client.post(URL, content=body, headers=owner | {"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert word in answer.text
    assert engine.queue == []
    assert list(engine.archive.mails()) == []
    assert engine.store.events() == []


def test_texts_cannot_begin_a_second_line(engine, post):
    made = post(BODY | {"subject": "a\r\nATTENDEE:mailto:x@y.example", "body": "b\r\nEND:VEVENT"})
    head = engine.store.event(made.json()["id"]).head
    assert head.summary == "a ATTENDEE:mailto:x@y.example"
    assert head.description == "b\nEND:VEVENT"


def test_an_idempotency_key_makes_one_event(engine, post):
    key = {"Idempotency-Key": "order-17"}
    first, again = post(BODY, **key), post(BODY, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"] == f"/api/v1/events/{first.json()['id']}"
    assert again.headers["idempotency-replayed"] == "true"
    assert len(engine.queue) == 1
    assert post(BODY).json()["id"] != first.json()["id"]
    other = post(BODY | {"subject": "Another"}, **key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-used-otherwise")


def test_what_was_created_before_a_crash_is_not_created_twice(engine, post, monkeypatch):
    key = {"Idempotency-Key": "order-18"}
    monkeypatch.setattr(once, "LEASE", 0)
    with monkeypatch.context() as patched:
        patched.setattr(type(engine.store), "answer", lambda *_: None)
        first = post(BODY, **key)
    again = post(BODY, **key)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


def test_a_uid_of_ones_own_is_taken_once(post):
    made = post(BODY | {"uid": "17@club.example"})
    assert made.json()["origin_uid"] == "17@club.example"
    again = post(BODY | {"uid": "17@club.example"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/event-exists")
    assert made.json()["id"] in again.json()["remedy"]


def test_the_limit_of_events_is_told_at_once(client, engine, owner, post, monkeypatch):
    monkeypatch.setattr(type(engine.settings), "event_limit", 1, raising=False)
    object.__setattr__(engine.settings, "event_limit", 1)
    assert post(BODY).status_code == 201
    refused = post(BODY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/limit-reached")


def test_an_admin_names_the_organizer(client, admin, post):
    assert client.post(URL, json=BODY, headers=admin).status_code == 422
    made = client.post(URL, json=BODY | {"organizer": {"email": OTHER}}, headers=admin)
    assert made.json()["organizer"]["email"] == OTHER
    assert post(BODY | {"organizer": {"email": OTHER}}).status_code == 404


def test_an_ics_file_is_an_event(client, owner):
    headers = owner | {"Content-Type": "text/calendar; charset=utf-8"}
    made = client.post(URL, content=examples.CALENDAR, headers=headers)
    assert made.status_code == 201
    assert (made.json()["subject"], made.json()["origin_uid"]) == ("Home opener", "opener-2027@club.example")
    assert client.post(URL, content=examples.CALENDAR, headers=headers).status_code == 409
    moved = examples.CALENDAR.replace("20270403T02", "20270403T01")
    changed = client.put(f"{URL}/{made.json()['id']}", content=moved, headers=headers).json()
    assert changed["change"] == "significant"
    assert changed["event"]["start"] == "2027-04-03T01:05:00+00:00"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hello",
        examples.CALENDAR.replace("DTSTART:20270403T020500Z\r\n", ""),
        examples.CALENDAR.replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:CANCEL"),
        examples.CALENDAR + examples.CALENDAR.replace("opener-2027", "other"),
        examples.CALENDAR.replace("opener-2027@club.example", f"{'a' * 16}-{'b' * 16}@invites.example"),
    ],
)
def test_a_file_that_is_no_event_is_refused_at_once(client, engine, owner, content):
    answer = client.post(URL, content=content, headers=owner | {"Content-Type": "text/calendar"})
    assert answer.status_code == 422
    assert answer.json()["remedy"]
    assert engine.queue == []


def test_a_change_keeps_what_it_does_not_name(client, engine, owner, make_event):
    series = Property("CATEGORIES", (), "SPORT")
    make_event(location="Arena", description="Old", html="<p>Old</p>", extra=(series,), rules=("FREQ=WEEKLY;COUNT=4",))
    before = engine.store.event("event1").head
    answer = client.patch(f"{URL}/event1", json={"start": "2027-01-14T19:30"}, headers=owner)
    assert Changed.model_validate(answer.json()).change == "significant"
    after = engine.store.event("event1").head
    assert after.start.wall.hour == 19
    assert after.ends().instant() - after.start.instant() == timedelta(minutes=90)
    assert (
        replace(after, start=before.start, stamp=before.stamp, revision=0, duration=before.duration, end=None) == before
    )
    assert [type(m) for m in engine.queue] == [UpdateArrived]
    # A new text takes the place of both forms of the old one.
    client.patch(f"{URL}/event1", json={"body": "New", "location": None}, headers=owner)
    head = engine.store.event("event1").head
    assert (head.description, head.html, head.location) == ("New", "", "")


def test_dates_of_a_series_can_be_changed_alone(client, engine, owner, make_event):
    make_event(rules=("FREQ=WEEKLY;COUNT=4",), rdates=(Period(Moment(datetime(2027, 5, 1, 18, 30), "Europe/Paris")),))
    client.patch(f"{URL}/event1", json={"recurrence": {"exdates": ["2027-01-21T18:30"]}}, headers=owner)
    head = engine.store.event("event1").head
    assert (len(head.exdates), head.rules, len(head.rdates)) == (1, ("FREQ=WEEKLY;COUNT=4",), 1)
    client.patch(f"{URL}/event1", json={"recurrence": None}, headers=owner)
    assert not engine.store.event("event1").head.is_recurring


def test_a_repeat_by_the_pipeline_changes_nothing(client, engine, owner, make_event, work):
    make_event(files=())
    client.patch(f"{URL}/event1", json={"subject": "Derby"}, headers=owner)
    client.post(f"{URL}/event1/cancel", json={"comment": "Rain"}, headers=owner)
    before = engine.store.event("event1")
    work()
    assert engine.store.event("event1") == before
    # The cancel overtook the update, and owes the news of both.
    assert work.done == [AudienceDue("event1")]


def test_nothing_new_changes_nothing(client, engine, owner, make_event):
    make_event(duration=None, end=Moment(datetime(2027, 1, 14, 20), "Europe/Paris"))
    answer = client.patch(f"{URL}/event1", json={"subject": "Opener"}, headers=owner)
    assert answer.json()["change"] == "none"
    assert engine.store.event("event1").revision == 0
    assert engine.queue == [AudienceDue("event1")]


def test_a_preview_tells_and_does_nothing(client, engine, owner, make_event, invited):
    event = make_event()
    invited(event, "ada@fans.example")
    engine.store.set_choices(event.id, {"audience": "everyone"})
    answer = client.post(f"{URL}/event1/preview", json={"start": "2027-01-15T18:30"}, headers=owner).json()
    found = Preview.model_validate(answer)
    assert (found.change, found.reach, found.waits) == ("significant", 1, False)
    assert [one.what for one in found.differences] == ["When"]
    assert engine.queue == []
    assert engine.store.event("event1").revision == 0


def test_a_change_of_many_waits(client, engine, owner, make_event, invited):
    event = make_event()
    object.__setattr__(engine.settings, "approval_threshold", 1)
    invited(event, "ada@fans.example", "ben@fans.example")
    engine.store.set_choices(event.id, {"audience": "everyone"})
    answer = client.patch(f"{URL}/event1", json={"start": "2027-01-15T18:30"}, headers=owner)
    assert answer.status_code == 202
    assert answer.json()["approval"]["id"] == engine.store.pending("event1").id
    assert answer.json()["event"]["start"].startswith("2027-01-14")
    assert not any(isinstance(m, UpdateArrived) for m in engine.queue)
    # The next change is made of what waits.
    client.patch(f"{URL}/event1", json={"subject": "Derby"}, headers=owner)
    head = engine.store.pending("event1").proposed.head
    assert (head.summary, head.start.wall.day) == ("Derby", 15)


def test_one_date_is_cancelled(client, engine, owner, make_event):
    make_event(rules=("FREQ=WEEKLY;COUNT=4",))
    for written in ("2027-01-21T18:30:00+01:00", "2027-01-28T18:30", "2027-02-04"):
        answer = client.post(f"{URL}/event1/cancel", json={"recurrence_id": written}, headers=owner)
        assert answer.status_code == 200, answer.text
    gone = [c.recurrence_id.instant().day for c in engine.store.event("event1").components if c.recurrence_id]
    assert gone == [21, 28, 4]
    for wrong in ("2027-01-22T18:30", "soon", "2027-01-21T18:30"):
        refused = client.post(f"{URL}/event1/cancel", json={"recurrence_id": wrong}, headers=owner)
        assert refused.status_code == 422, wrong


def test_a_cancel_is_previewed_and_nothing_happens(client, engine, owner, make_event, invited):
    event = make_event(rules=("FREQ=WEEKLY;COUNT=4",))
    guest = invited(event, "ada@fan.example")
    engine.store.record([a_receipt(event.id, guest.token)])
    told = client.post(f"{URL}/event1/cancel/preview", json={}, headers=owner).json()
    assert (told["change"], told["reach"], told["waits"]) == ("significant", 1, False)
    one = client.post(f"{URL}/event1/cancel/preview", json={"recurrence_id": "2027-01-21"}, headers=owner).json()
    assert one["differences"] != told["differences"]
    assert client.post(f"{URL}/event1/cancel/preview", json={"recurrence_id": "soon"}, headers=owner).status_code == 422
    assert not engine.store.event("event1").is_cancelled
    assert engine.queue == []


def test_what_is_cancelled_comes_back_by_put_alone(client, engine, owner, make_event):
    make_event()
    cancelled = client.post(f"{URL}/event1/cancel", json={"comment": "Rained out; sorry, all"}, headers=owner).json()
    assert cancelled["event"]["status"] == "CANCELLED"
    assert Property("COMMENT", (), "Rained out\\; sorry\\, all") in engine.store.event("event1").head.extra
    for method, path, body in (("PATCH", "", {"subject": "x"}), ("POST", "/cancel", {}), ("POST", "/preview", {})):
        answer = client.request(method, f"{URL}/event1{path}", json=body, headers=owner)
        assert answer.json()["type"] == "/problems/event-cancelled"
    again = client.put(f"{URL}/event1", json=BODY, headers=owner).json()
    assert again["event"]["status"] == "CONFIRMED"
    assert not any(line.name == "COMMENT" for line in engine.store.event("event1").head.extra)
    assert engine.store.event("event1").head.status is Status.CONFIRMED


def test_only_its_organizer_and_an_admin_may_change_it(client, admin, event, header):
    other, reading = header(organizer=OTHER), header(organizer=OWNER, scopes=frozenset({Scope.EVENTS_READ}))
    calls = (("PUT", "", BODY), ("PATCH", "", {"subject": "x"}), ("POST", "/cancel", {}), ("POST", "/preview", {}))
    for method, path, body in calls:
        call = (method, f"{URL}/event1{path}")
        assert client.request(*call, json=body).status_code == 401
        assert client.request(*call, json=body, headers=other).status_code == 404
        assert client.request(*call, json=body, headers=reading).status_code == (200 if path == "/preview" else 403)
    assert client.patch(f"{URL}/event1", json={"subject": "x"}, headers=admin).status_code == 200
