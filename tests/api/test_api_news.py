"""Proposals, an event's own settings, and the page on which strangers are decided about."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from invited.api import examples
from invited.api.choices import Choices
from invited.api.proposals import ProposalPage
from invited.credentials import event_link, stranger_link
from invited.domain.event import Audience, Component, Status, Strangers
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.principal import ALL
from invited.domain.proposal import Proposal
from invited.domain.receipt import Grade
from invited.messages import StrangerAccepted, StrangerRefused
from tests.api.given import NOW, OTHER
from tests.facts import a_receipt

EVE = "eve@far.example"


@pytest.fixture
def proposed(engine, event):
    def propose(address, **changes):
        start = Moment(datetime(2027, 1, 14, 20), "Europe/Paris")
        facts = {"recurrence_id": "", "start": start, "end": None, "comment": "Later?"} | changes
        proposal = Proposal(
            event_id=event.id,
            token="t1",
            address=address,
            sequence=0,
            dtstamp=NOW,
            arrived=NOW,
            mail="mail1",
            client="Outlook",
            grade=Grade.TOKEN,
            **facts,
        )
        engine.store.propose(proposal)

    return propose


@pytest.fixture
def stranger(engine, event, invited):
    guest = invited(event, "bob@fan.example", name="Bob")
    engine.store.add_newcomer(Newcomer(event.id, EVE, guest.token, is_delegate=False, since=NOW))
    engine.store.record([a_receipt(event.id, guest.token, address=EVE, grade=Grade.FORWARDED, comment="<b>Hi</b>")])
    return stranger_link(engine, event.id, EVE).removeprefix(engine.settings.url)


def test_proposals_page_by_page(client, header, event, proposed):
    owner = header(organizer=event.organizer, scopes=ALL)
    proposed("cid@fan.example", start=None, recurrence_id="20270114T173000Z")
    proposed("ada@fan.example")
    first = client.get(f"/api/v1/events/{event.id}/proposals?limit=1", headers=owner).json()
    assert [p["email"] for p in first["proposals"]] == ["ada@fan.example"]
    assert (first["proposals"][0]["start"], first["proposals"][0]["end"]) == ("2027-01-14T20:00:00+01:00", None)
    assert first["proposals"][0]["comment"] == "Later?"
    rest = client.get(f"/api/v1/events/{event.id}/proposals", params={"after": first["next"]}, headers=owner).json()
    assert [(p["email"], p["start"], p["recurrence_id"]) for p in rest["proposals"]] == [
        ("cid@fan.example", None, "20270114T173000Z")
    ]
    assert rest["next"] is None


def test_the_examples_have_the_shape_of_the_answers():
    assert ProposalPage.model_validate(examples.PROPOSALS).model_dump(mode="json") == examples.PROPOSALS
    assert Choices.model_validate(examples.CHOICES).model_dump(mode="json") == examples.CHOICES


def test_proposals_name_nobody_whole_without_attendees_read(client, owner, event, proposed):
    for name in ("ada", "bob", "cid"):
        proposed(f"{name}@fan.example")
    path, told = f"/api/v1/events/{event.id}/proposals", []
    answer = client.get(path, params={"limit": 1}, headers=owner)
    for name in ("ada", "bob"):
        assert name not in answer.text
        told += [p["email"] for p in answer.json()["proposals"]]
        answer = client.get(path, params={"limit": 1, "after": answer.json()["next"]}, headers=owner)
    assert told == ["a•••@fan.example", "b•••@fan.example"]
    assert [p["email"] for p in answer.json()["proposals"]] == ["c•••@fan.example"]


def test_a_cursor_of_somebody_elses_making_is_refused(client, owner, event):
    answer = client.get(f"/api/v1/events/{event.id}/proposals?after=ada@fan.example", headers=owner)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


@pytest.mark.parametrize(("method", "path"), [("GET", "proposals"), ("PATCH", "settings")])
def test_only_the_organizer_may(client, event, header, method, path):
    other = header(organizer=OTHER)
    answers = [client.request(method, f"/api/v1/events/{event.id}/{path}", headers=h, json={}) for h in ({}, other)]
    assert [answer.status_code for answer in answers] == [401, 404]


def test_what_is_left_out_of_the_settings_stays(client, engine, owner, event):
    def patch(**body):
        answer = client.patch(f"/api/v1/events/{event.id}/settings", json=body, headers=owner)
        assert answer.status_code == 200
        return answer.json()

    assert (patch()["audience"], patch()["strangers"]) == ("responders", "ask")
    assert patch(audience="everyone")["audience"] == "everyone"
    told = patch(strangers="refuse")
    assert (told["audience"], told["strangers"]) == ("everyone", "refuse")
    assert client.get(f"/api/v1/events/{event.id}", headers=owner).json()["strangers"] == "refuse"
    told = patch(audience=None)
    assert (told["audience"], told["strangers"]) == ("responders", "refuse")
    stored = engine.store.event(event.id)
    assert (stored.audience, stored.strangers) == (None, Strangers.REFUSE)


@pytest.mark.parametrize("body", [{"strangers": "maybe"}, {"audience": 1}, {"nonsense": "x"}, [], "x"])
def test_settings_that_are_none(client, engine, owner, event, body):
    answer = client.patch(f"/api/v1/events/{event.id}/settings", json=body, headers=owner)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert engine.store.event(event.id).audience is not Audience.EVERYONE


def test_the_organizers_page_shows_what_waits(client, engine, event, proposed, stranger):
    proposed("ada@fan.example")
    page = client.get(event_link(engine, event.id).removeprefix(engine.settings.url)).text
    assert "ada@fan.example: <strong>Thu 14 January 2027, 20:00 (Europe/Paris, UTC+01:00)</strong>" in page
    assert "May they come?" in page
    assert f'{EVE} – <a href="http://127.0.0.1:8000/strangers/' in page
    engine.store.judge(event.id, EVE, Verdict.REFUSED)
    assert "May they come?" not in client.get(event_link(engine, event.id).removeprefix(engine.settings.url)).text


def test_looking_at_a_stranger_decides_nothing(client, engine, stranger):
    page = client.get(stranger)
    assert page.status_code == 200
    assert f"May {EVE} come?" in page.text
    assert "Bob (bob@fan.example)" in page.text
    assert "Yes: “&lt;b&gt;Hi&lt;/b&gt;”" in page.text
    assert engine.queue == []


@pytest.mark.parametrize(
    ("verdict", "fact", "words"),
    [("accept", StrangerAccepted, "is being invited"), ("refuse", StrangerRefused, "stays off the guest list")],
)
def test_the_button_decides(client, engine, event, stranger, verdict, fact, words):
    page = client.post(stranger, data={"verdict": verdict})
    assert words in page.text
    assert engine.queue == [fact(event.id, EVE)]


def test_who_was_accepted_is_not_turned_away_by_an_old_page(client, engine, event, stranger):
    engine.store.judge(event.id, EVE, Verdict.ACCEPTED)
    assert "already" in client.get(stranger).text
    client.post(stranger, data={"verdict": "refuse"})
    assert engine.queue == [StrangerAccepted(event.id, EVE)]


def test_strangers_links_that_do_nothing(client, engine, event, stranger):
    assert client.post(stranger, data={"verdict": "perhaps"}).status_code == 422
    assert (
        client.post(stranger, data={"verdict": "accept"}, headers={"Origin": "https://evil.example"}).status_code == 403
    )
    assert client.get("/strangers/forged").status_code == 403
    nobody = stranger_link(engine, event.id, "nobody@far.example").removeprefix(engine.settings.url)
    assert client.get(nobody).status_code == 404
    cancelled = Component(event.head.start, event.head.stamp, status=Status.CANCELLED, revision=1)
    engine.store.replace_event(replace(event, components=(cancelled,), revision=1), 0)
    assert client.post(stranger, data={"verdict": "accept"}).status_code == 409
    assert engine.queue == []


def test_the_report_tells_plus_ones_comments_and_delegations(client, engine, event, invited):
    guest = invited(event, "bob@fan.example")
    receipt = a_receipt(event.id, guest.token, partstat=Partstat.DELEGATED, comment="Sends eve@x.org.", guests=3)
    engine.store.record([replace(receipt, arrived=NOW + timedelta(minutes=1))])
    link = event_link(engine, event.id).removeprefix(engine.settings.url).replace("?", "/report.csv?")
    line = client.get(link).text.splitlines()[1]
    assert line.startswith("bob@fan.example,")
    assert ",delegated," in line
    assert line.endswith(",Sends eve@x.org.,3,,")
