"""API 5: the report, streamed or mailed."""

import csv
import io
from datetime import timedelta

import pytest

from invited.credentials import report_link
from invited.domain.invitation import State
from invited.domain.principal import ALL
from invited.domain.receipt import Grade
from invited.messages import ReportRequested
from invited.pipelines import report
from tests.api.given import NOW, OTHER, OWNER
from tests.facts import a_receipt

PATH = "/api/v1/events/event1/report"


@pytest.fixture
def guests(event, invited, engine):
    invited(event, "ada@fans.example", name="=cmd()")
    invited(event, "bob@fans.example", state=State.FAILED, reason="550 bob@fans.example?")
    engine.store.record([a_receipt(event.id, "x", address="eve@other.example", grade=Grade.FORWARDED)])


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_report_is_a_table_of_all(client, header, guests):
    answer = client.get(PATH, headers=header(organizer=OWNER, scopes=ALL))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert {(row["email"], row["name"]) for row in rows(answer.text)} == {
        ("ada@fans.example", "'=cmd()"),
        ("bob@fans.example", ""),
        ("eve@other.example", ""),
    }


def test_without_attendees_read_no_address_is_in_it(client, owner, guests):
    answer = client.get(PATH, headers=owner)
    assert {row["email"] for row in rows(answer.text)} == {
        "a•••@fans.example",
        "b•••@fans.example",
        "e•••@other.example",
    }
    assert "550 b•••@fans.example?" in answer.text
    for address in ("ada@", "bob@", "eve@"):
        assert address not in answer.text


def test_the_report_is_mailed_to_the_organizer_whoever_asks(client, admin, engine, guests):
    answer = client.post(PATH, headers=admin)
    assert (answer.status_code, answer.json()) == (202, {"to": OWNER})
    assert engine.queue == [ReportRequested("event1", NOW)]


def test_it_is_somebody_elses(client, header, engine, guests):
    other = header(organizer=OTHER, scopes=ALL)
    assert client.get(PATH, headers=other).status_code == 404
    assert client.post(PATH, headers=other).status_code == 404
    assert not engine.queue


def test_a_large_report_is_a_link_that_expires(client, engine, lab, guests, monkeypatch):
    report.handle(ReportRequested("event1", NOW), engine)
    monkeypatch.setattr(report, "MAX_ATTACHED", 100)
    report.handle(ReportRequested("event1", NOW + timedelta(minutes=1)), engine)
    large, small = (lab.raw(mail.id).decode() for mail in lab.mails())
    assert 'filename="report-event1.csv"' in small
    assert "filename" not in large
    link = report_link(engine, "event1")
    path = link[len(engine.settings.url) :]
    assert "ada@fans.example" in client.get(path).text
    assert client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 403
    assert client.get("/reports/nonsense").status_code == 403
