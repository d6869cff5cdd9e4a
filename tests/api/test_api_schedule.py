"""The public schedule: only what its organizer listed, as a page, as a calendar, and as data for machines."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest

from invited.api import schedule_pages
from invited.credentials import event_link
from invited.domain.event import Status
from invited.domain.moment import Moment
from tests.api.given import NOW, OTHER, OWNER

SCHEDULE = f"/api/v1/organizers/{OWNER}/schedule"


def at(days):
    return Moment((NOW + timedelta(days=days)).replace(tzinfo=None), "UTC")


@pytest.fixture
def listed(client, owner, make_event):
    """Makes an event that is listed."""

    def make(event_id, **component):
        event = make_event(event_id, **component)
        body = {"listed": True}
        assert client.patch(f"/api/v1/events/{event_id}/settings", json=body, headers=owner).json()["listed"] is True
        return event

    return make


@pytest.fixture
def slug(client, owner):
    return lambda: client.get(SCHEDULE, headers=owner).json()["slug"]


def test_nothing_is_listed_unless_its_organizer_says_so(client, owner, make_event, listed, slug):
    make_event("hidden", summary="Board meeting")
    assert client.get(SCHEDULE, headers=owner).json() == {"slug": None, "page": None, "calendar": None}
    listed("event2", summary="Home opener")
    assert client.get("/api/v1/events/hidden/settings", headers=owner).json()["listed"] is False
    for path in (f"/o/{slug()}", f"/o/{slug()}.ics"):
        shown = client.get(path).text
        assert "Home opener" in shown
        assert "Board" not in shown
        assert OWNER not in shown
    client.patch("/api/v1/events/event2/settings", json={"listed": False}, headers=owner)
    assert "Nothing is planned" in client.get(f"/o/{slug()}").text


def test_its_address_cannot_be_guessed_and_stays(client, listed, slug):
    listed("event1")
    first = slug()
    assert re.fullmatch("[a-z2-7]{16}", first)
    listed("event2")
    assert slug() == first
    for other in ("owner", OWNER, "owner@club.example.ics"):
        assert client.get(f"/o/{other}").status_code == 404


def test_a_name_may_be_chosen_that_nobody_else_has(client, owner, header, listed, slug):
    listed("event1")
    random = slug()
    answer = client.put(SCHEDULE, json={"slug": "ball-club"}, headers=owner)
    assert answer.json()["page"].endswith("/o/ball-club")
    assert client.get(f"/o/{random}").status_code == 404
    assert client.get("/o/ball-club").status_code == 200
    other = header(organizer=OTHER)
    taken = client.put(f"/api/v1/organizers/{OTHER}/schedule", json={"slug": "ball-club"}, headers=other)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/slug-taken")
    assert client.put(SCHEDULE, json={"slug": "ball-club"}, headers=owner).status_code == 200
    assert client.put(SCHEDULE, json={"slug": None}, headers=owner).json()["slug"] not in ("ball-club", random)
    for wrong in ("-a-", "ab", "Ball", "a" * 41, "a.b", "a/b", "bälle", "abc\n"):
        assert client.put(SCHEDULE, json={"slug": wrong}, headers=owner).status_code == 422, wrong


def test_the_calendar_holds_every_event_whole(client, listed, slug):
    listed(
        "event1",
        rules=("FREQ=WEEKLY;COUNT=9",),
        changed=[{"recurrence_id": Moment(datetime(2027, 1, 21, 18, 30), "Europe/Paris"), "summary": "Late opener"}],
    )
    listed("event2", start=at(3), summary="Cup; final, \u2026")
    answer = client.get(f"/o/{slug()}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert (calendar["METHOD"], calendar["NAME"]) == ("PUBLISH", "Ticket office")
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    events = [(str(e["UID"]), str(e["SUMMARY"])) for e in calendar.walk("VEVENT")]
    assert events == [
        ("event2@invites.example", "Cup; final, \u2026"),
        ("event1@invites.example", "Opener"),
        ("event1@invites.example", "Late opener"),
    ]
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    assert not any("ATTENDEE" in event for event in calendar.walk("VEVENT"))


def test_the_calendar_is_sent_once_until_it_changes(client, owner, listed, slug):
    listed("event1")
    path = f"/o/{slug()}.ics"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.patch("/api/v1/events/event1", json={"subject": "Cup"}, headers=owner).status_code == 200
    changed = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert b"SUMMARY:Cup" in changed.content


def test_what_is_over_leaves_the_page_and_then_the_calendar(client, listed, slug):
    listed("running", start=at(-1), duration=timedelta(days=3), summary="Festival")
    listed("past", start=at(-2), summary="Rehearsal")
    listed("long-past", start=at(-40), summary="Auditions")
    listed("series", start=at(-400), rules=("FREQ=WEEKLY;COUNT=20",), summary="Course")
    listed("on", start=at(-400), rules=("FREQ=WEEKLY",), summary="Training")
    page, feed = client.get(f"/o/{slug()}").text, client.get(f"/o/{slug()}.ics").text
    assert [name for name in ("Festival", "Rehearsal", "Auditions", "Course", "Training") if name in page] == [
        "Festival",
        "Training",
    ]
    assert [name for name in ("Festival", "Rehearsal", "Auditions", "Course", "Training") if name in feed] == [
        "Festival",
        "Rehearsal",
        "Training",
    ]


def test_what_is_called_off_says_so(client, listed, slug):
    listed("event1", status=Status.CANCELLED)
    assert "cancelled" in client.get(f"/o/{slug()}").text
    assert "STATUS:CANCELLED" in client.get(f"/o/{slug()}.ics").text
    assert "EventCancelled" in client.get(f"/o/{slug()}").text


def test_the_page_goes_on(client, listed, slug, monkeypatch):
    monkeypatch.setattr(schedule_pages, "PER_PAGE", 2)
    for n in range(5):
        listed(f"event{n}", start=at(5 - n), summary=f"Match {n}")
    found = []
    path = f"/o/{slug()}"
    while path:
        page = client.get(path).text
        found += re.findall(r"Match \d(?=</a>)", page)
        after = re.search(r'href="([^"]+)" rel="next"', page)
        path = after and after[1]
    assert found == [f"Match {n}" for n in (4, 3, 2, 1, 0)]


def test_machines_read_the_schedule(client, listed, slug):
    listed("event1", summary="</script><b>A & B")
    answer = client.get(f"/o/{slug()}")
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    (data,) = json.loads(text)
    assert (data["@type"], data["name"]) == ("Event", "</script><b>A & B")
    assert data["startDate"] == "2027-01-14T18:30:00+01:00"
    assert f'href="webcal://{urlsplit(data["url"]).netloc}/o/{slug()}.ics"' in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "<b>" not in answer.text


def test_a_name_that_is_an_address_is_not_told(client, engine, listed, slug):
    event = listed("event1")
    object.__setattr__(event, "organizer_name", OWNER)
    object.__setattr__(event, "revision", 1)
    engine.store.replace_event(event, expected_revision=0)
    page, feed = client.get(f"/o/{slug()}").text, client.get(f"/o/{slug()}.ics").text
    assert "<h1>Events</h1>" in page
    assert "NAME:Events" in feed
    assert OWNER not in page + feed


def test_an_empty_schedule_is_a_calendar_too(client, owner):
    client.put(SCHEDULE, json={"slug": "ball"}, headers=owner)
    assert icalendar.Calendar.from_ical(client.get("/o/ball.ics").content)["NAME"] == "Events"


def test_the_organizer_lists_an_event_on_its_page(client, engine, event, slug):
    link = event_link(engine, event.id)
    access = link.partition("access=")[2]
    form = {"access": access, "listed": "yes"}
    assert "List it publicly" in client.get(link).text
    answer = client.post("/events/event1/listing", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/events/event1?access={access}#schedule")
    assert "Opener" in client.get(f"/o/{slug()}").text
    assert f'href="/o/{slug()}"' in client.get(link).text
    client.post("/events/event1/listing", data=form | {"listed": "no"})
    assert "Opener" not in client.get(f"/o/{slug()}").text
    elsewhere = client.post("/events/event1/listing", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
