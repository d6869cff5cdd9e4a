from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from invited.api import events, examples
from invited.api.figures import DomainPage, Figures, OverallFigures
from invited.api.lives import AttendeeLife, AttendeePage
from invited.api.problems import KINDS
from invited.api.report import ReportOrdered
from invited.api.schemas import Accepted, EventDetail, EventPage, InvitationsBody, JobProgress, Opened
from invited.domain.errors import Temporary
from invited.domain.event import Period, Status
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.domain.receipt import Grade, Receipt
from tests.api.given import NOW, OPEN, OTHER, OWNER

FIGURES = set(Figures.model_fields)


def test_event_detail(client, owner, make_event):
    make_event(location="Arena", description="Gates at five", html="<p>Gates</p>")
    assert client.get("/api/v1/events/event1", headers=owner).json() == {
        "id": "event1",
        "uid": "event1@invites.example",
        "origin_uid": "event1@origin",
        "subject": "Opener",
        "start": "2027-01-14T18:30:00+01:00",
        "end": "2027-01-14T20:00:00+01:00",
        "all_day": False,
        "time_zone": "Europe/Paris",
        "location": "Arena",
        "organizer": {"email": OWNER, "name": "Ticket office"},
        "status": "CONFIRMED",
        "sequence": 0,
        "created": "2026-11-20T12:00:00Z",
        "updated": "2026-11-20T12:00:00Z",
        "links": {"page": "http://127.0.0.1:8000/e/event1", "calendar": "http://127.0.0.1:8000/e/event1.ics"},
        "body": "Gates at five",
        "html": "<p>Gates</p>",
        "recurrence": None,
        "audience": "responders",
        "strangers": "ask",
    }


def test_an_all_day_event_has_dates(client, owner, make_event):
    make_event(start=Moment(datetime(2027, 1, 14)), duration=None)
    event = client.get("/api/v1/events/event1", headers=owner).json()
    assert (event["start"], event["end"], event["all_day"], event["time_zone"]) == (
        "2027-01-14",
        "2027-01-15",
        True,
        None,
    )


@pytest.mark.parametrize(
    ("wall", "zone", "start"),
    [
        ("2027-07-01T10:00", "UTC", "2027-07-01T10:00:00+00:00"),
        ("2027-07-01T10:00", "Asia/Kathmandu", "2027-07-01T10:00:00+05:45"),
        # Skipped by the clocks.
        ("2026-03-29T02:30", "Europe/Paris", "2026-03-29T03:30:00+02:00"),
        # Local mean time, +00:09:21.
        ("1890-01-01T12:00", "Europe/Paris", "1890-01-01T11:50:39+00:00"),
    ],
)
def test_times_are_rfc_3339(client, owner, make_event, wall, zone, start):
    make_event(start=Moment(datetime.fromisoformat(wall), zone))
    assert client.get("/api/v1/events/event1", headers=owner).json()["start"] == start


def test_a_recurring_event_tells_how_it_repeats(client, owner, make_event):
    start = Moment(datetime(2027, 1, 14, 18, 30), "Europe/Paris")
    make_event(
        start=start,
        rules=("FREQ=WEEKLY;COUNT=4",),
        rdates=(
            Period(start.plus(timedelta(days=1)), duration=timedelta(hours=1)),
            Period(start.plus(timedelta(days=2))),
        ),
        exdates=(start.plus(timedelta(days=14)),),
        changed=({"recurrence_id": start.plus(timedelta(days=7)), "status": Status.CANCELLED},),
    )
    assert client.get("/api/v1/events/event1", headers=owner).json()["recurrence"] == {
        "rules": ["FREQ=WEEKLY;COUNT=4"],
        "rdates": ["2027-01-15T18:30:00+01:00/2027-01-15T19:30:00+01:00", "2027-01-16T18:30:00+01:00"],
        "exdates": ["2027-01-28T18:30:00+01:00"],
        "exceptions": [
            {
                "recurrence_id": "2027-01-21T18:30:00+01:00",
                "this_and_future": False,
                "start": "2027-01-14T18:30:00+01:00",
                "end": "2027-01-14T20:00:00+01:00",
                "subject": "Opener",
                "location": "",
                "status": "CANCELLED",
            }
        ],
    }


def test_statistics(client, owner, engine, event, invited):
    for name, partstat in (("ada", Partstat.ACCEPTED), ("bob", Partstat.DECLINED), ("eve", None)):
        invitation = invited(event, f"{name}@fans.example")
        if partstat:
            receipt = Receipt("event1", invitation.token, "", partstat, 0, NOW, NOW, "m", name, "Outlook", Grade.TOKEN)
            stranger = replace(receipt, address="x@y.example", grade=Grade.FORWARDED)
            engine.store.record([receipt, stranger])
    figures = client.get("/api/v1/events/event1/statistics", headers=owner).json()
    assert set(figures) == FIGURES
    assert (figures["invitations"], figures["sent"], figures["strangers"]) == (3, 3, 1)
    assert figures["receipts"] == {"accepted": 1, "declined": 1, "tentative": 0, "none": 1}
    assert figures["by_client"] == {"Outlook": {"accepted": 1, "declined": 1}}


def test_statistics_of_an_event_nobody_was_invited_to(client, owner, event):
    figures = client.get("/api/v1/events/event1/statistics", headers=owner).json()
    assert figures["receipts"] == {"accepted": 0, "declined": 0, "tentative": 0, "none": 0}


def test_events_come_in_pages_newest_first(client, admin, owner, make_event):
    for number in range(5):
        make_event(f"event{number}", OWNER if number % 2 else OTHER)

    def walk(path, headers):
        found, after = [], ""
        while after is not None:
            page = client.get(path, params={"limit": 2, "after": after}, headers=headers).json()
            assert len(page["events"]) <= 2
            found += [event["id"] for event in page["events"]]
            after = page["next"]
        return found

    assert walk("/api/v1/domain/events", admin) == ["event4", "event3", "event2", "event1", "event0"]
    assert walk(f"/api/v1/organizers/{OWNER.upper()}/events", owner) == ["event3", "event1"]
    assert walk("/api/v1/organizers/nobody@club.example/events", admin) == []


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/events/absent", "/api/v1/jobs/absent", "/e/absent"])
def test_what_is_not_there_is_a_problem(client, admin, path):
    answer = client.get(path, headers=admin)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (problem["type"], problem["status"]) == ("/problems/not-found", 404)
    assert all(problem[member].endswith(".") for member in ("detail", "remedy"))


def test_every_kind_of_problem_has_its_page(client):
    for name in KINDS:
        assert KINDS[name].title in client.get(f"/problems/{name}").text
    assert client.get("/problems/none").status_code == 404


def test_a_wrong_method_is_a_problem(client):
    answer = client.delete("/api/v1/events/event1")
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(("error", "status"), [(Temporary("locked"), 503), (RuntimeError("secret path /var"), 500)])
def test_our_own_trouble_tells_nothing_of_the_inside(client, admin, engine, monkeypatch, error, status):
    def fail(_event_id):
        raise error

    monkeypatch.setattr(engine.store, "event", fail)
    answer = client.get("/api/v1/events/event1", headers=admin)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert str(error) not in answer.text
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_health(client):
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_the_openapi_document_describes_each_operation(client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) >= 7
    for path, operations in document["paths"].items():
        for operation in operations.values():
            successes = {status: told for status, told in operation["responses"].items() if status < "300"}
            assert successes
            for status, success in successes.items():
                content = success.get("content", {})
                is_shown = "text/event-stream" in content or any("example" in each for each in content.values())
                assert is_shown or status == "204", path
            assert operation.get("security") or path in OPEN
            for status, answer in operation["responses"].items():
                is_problem = status > "304"
                assert not is_problem or list(answer["content"]) == ["application/problem+json"], (path, status)
            if "requestBody" in operation:
                for content in operation["requestBody"]["content"].values():
                    assert "examples" in content or "example" in content, path
    assert "HTTPValidationError" not in str(document)


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (EventDetail, examples.EVENT_DETAIL),
        (EventPage, examples.EVENTS),
        (Figures, examples.FIGURES),
        (OverallFigures, examples.OVERALL),
        (DomainPage, examples.DOMAINS),
        (AttendeePage, examples.ATTENDEES),
        (AttendeeLife, examples.ATTENDEE),
        (ReportOrdered, examples.REPORTED),
        (InvitationsBody, examples.INVITATIONS),
        (Accepted, examples.ACCEPTED),
        (JobProgress, examples.JOB),
        (Opened, examples.OPENED),
    ],
)
def test_the_examples_fit_their_shapes(shape, example):
    assert shape.model_validate(example).model_dump(mode="json") == shape.model_validate(example).model_dump(
        mode="json", include=set(example)
    )


def test_answers_to_single_occurrences_stand_by_their_start(client, owner, engine, make_event, invited):
    event = make_event(rules=("FREQ=WEEKLY;COUNT=4",))
    invitation = invited(event, "ada@fans.example")
    start = event.head.start.instant() + timedelta(days=7)
    named = start.strftime("%Y%m%dT%H%M%SZ")
    receipt = Receipt(
        "event1", invitation.token, named, Partstat.DECLINED, 0, NOW, NOW, "m", "ada", "google", Grade.TOKEN
    )
    engine.store.record([receipt])
    figures = client.get("/api/v1/events/event1/statistics", headers=owner).json()
    ((told, counts),) = figures["by_occurrence"].items()
    assert datetime.fromisoformat(told) == start
    assert counts == {"declined": 1}
    assert figures["receipts"]["none"] == 1


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, ["gone", "past", "series", "soon"]),
        ({"sort": "start"}, ["past", "series", "soon", "gone"]),
        ({"sort": "-start", "limit": "500"}, ["gone", "soon", "series", "past"]),
        ({"state": "upcoming", "sort": "start"}, ["series", "soon"]),
        ({"state": "past"}, ["past"]),
        ({"state": "cancelled"}, ["gone"]),
        ({"q": "DER"}, ["series"]),
        ({"start_from": "2026-12-01T00:00:00Z", "start_until": "2027-02-01T00:00:00+01:00"}, ["soon"]),
        ({"sort": "start", "start_from": "2026-12-01T00:00:00Z"}, ["soon", "gone"]),
        ({"created_until": "2026-11-20T12:00:00Z"}, []),
        ({"created_from": "2026-11-20T12:00:00Z", "q": "opener", "state": "past"}, ["past"]),
    ],
)
def test_events_are_filtered_and_sorted(client, owner, make_event, params, found):
    def at(year, month):
        return Moment(datetime(year, month, 14, 18, 30), "Europe/Paris")

    make_event("gone", start=at(2027, 3), status=Status.CANCELLED)
    make_event("past", start=at(2026, 9))
    make_event("series", start=at(2026, 10), summary="Derby", rules=("FREQ=WEEKLY;COUNT=20",))
    make_event("soon", start=at(2027, 1))
    page = client.get(f"/api/v1/organizers/{OWNER}/events", params=params, headers=owner).json()
    expected = found if "sort" in params else sorted(found, reverse=True)
    assert [event["id"] for event in page["events"]] == expected
    assert page["next"] is None


def test_a_page_of_events_looks_at_so_many_and_says_where_to_go_on(client, admin, make_event, monkeypatch):
    monkeypatch.setattr(events, "LOOK", 2)
    for number in range(5):
        make_event(f"event{number}", OWNER if number else OTHER, summary="Derby" if number == 1 else "Opener")
    found, after, pages = [], "", 0
    while after is not None:
        page = client.get("/api/v1/domain/events", params={"q": "derby", "after": after}, headers=admin).json()
        found += [event["id"] for event in page["events"]]
        after, pages = page["next"], pages + 1
    assert (found, pages) == (["event1"], 3)
    of_other = client.get("/api/v1/domain/events", params={"organizer": OTHER}, headers=admin).json()
    assert [event["id"] for event in of_other["events"]] == ["event0"]


@pytest.mark.parametrize("params", [{"sort": "subject"}, {"start_from": "2026-12-01"}, {"limit": 0}, {"state": "x"}])
def test_a_search_that_makes_no_sense_is_refused(client, admin, params):
    answer = client.get("/api/v1/domain/events", params=params, headers=admin)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
