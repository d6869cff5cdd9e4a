import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from invited.api import examples
from invited.api.reconfirmation import Reconfirmation
from invited.credentials import EVENT_PAGE, sign
from invited.domain.invitation import Partstat
from invited.domain.receipt import Grade, Receipt
from tests.api.given import NOW, OTHER, SECRET

NOBODY = {"accepted": 0, "declined": 0, "tentative": 0}


@pytest.fixture
def asked_again(engine, event, invited):
    """An event that was moved: yes → no, yes → silent, maybe → yes, none → no, and one who never answered."""
    answers = {"ada": "AD", "bob": "A", "cid": "TA", "dan": " D", "eve": ""}
    meant = {"A": Partstat.ACCEPTED, "D": Partstat.DECLINED, "T": Partstat.TENTATIVE}
    for name, given in answers.items():
        invitation = invited(event, f"{name}@fans.example")
        for sequence, letter in enumerate(given):
            if letter in meant:
                at = NOW + timedelta(hours=sequence)
                receipt = Receipt(
                    "event1", invitation.token, "", meant[letter], sequence, at, at, "m", "", "google", Grade.TOKEN
                )
                engine.store.record([receipt])
    engine.store.replace_event(replace(event, revision=1, sequence=1, asked=1, updates=1), 0)


def test_the_example_has_its_shape():
    assert Reconfirmation.model_validate(examples.RECONFIRMATION).model_dump() == examples.RECONFIRMATION


def test_the_report(client, owner, asked_again):
    assert client.get("/api/v1/events/event1/reconfirmation", headers=owner).json() == {
        "sequence": 1,
        "was": {
            "accepted": NOBODY | {"declined": 1, "silent": 1},
            "declined": NOBODY | {"silent": 0},
            "tentative": NOBODY | {"accepted": 1, "silent": 0},
        },
        "new": NOBODY | {"declined": 1},
    }


def test_without_a_change_there_is_none(client, owner, header, event):
    report = client.get("/api/v1/events/event1/reconfirmation", headers=owner).json()
    assert (report["sequence"], report["new"]) == (None, NOBODY)
    assert client.get("/api/v1/events/event1/reconfirmation", headers=header(organizer=OTHER)).status_code == 404
    page = client.get("/events/event1", params={"access": sign(SECRET, EVENT_PAGE, "event1", NOW)}).text
    assert 'id="again"' not in page


def test_the_organizers_page_has_the_table(client, asked_again):
    page = client.get("/events/event1", params={"access": sign(SECRET, EVENT_PAGE, "event1", NOW)}).text
    assert '<th scope="row">Yes</th><td>0</td><td>0</td><td>1</td><td>1</td>' in page
    assert '<th scope="row">No answer</th><td>0</td><td>0</td><td>1</td><td>–</td>' in page


def test_the_csv_says_who(client, asked_again):
    answer = client.get("/events/event1/report.csv", params={"access": sign(SECRET, EVENT_PAGE, "event1", NOW)})
    rows = csv.DictReader(io.StringIO(answer.text, newline=""))
    columns = ("answer", "asked_again", "previous_answer")
    assert {row["email"][:3]: tuple(row[column] for column in columns) for row in rows} == {
        "ada": ("declined", "answered", "accepted"),
        "bob": ("accepted", "silent", "accepted"),
        "cid": ("accepted", "answered", "tentative"),
        "dan": ("declined", "", ""),
        "eve": ("none", "", ""),
    }
