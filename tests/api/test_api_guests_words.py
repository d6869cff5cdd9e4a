"""What guests and strangers say, and what the organizer says to strangers; and the invite before anybody gets it."""

from dataclasses import replace

import pytest

from invited.api import examples
from invited.api.comments import CommentPage
from invited.api.invite_preview import SAMPLE, InvitePreview
from invited.api.newcomers import Stranger, StrangerPage
from invited.domain.addresses import token
from invited.domain.event import Component, Status
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.principal import ALL
from invited.domain.receipt import Grade
from invited.messages import StrangerAccepted, StrangerRefused
from tests.api.given import NOW, SECRET
from tests.facts import a_receipt

EVE, FAY = "eve@far.example", "fay@far.example"


@pytest.fixture
def strangers(engine, event, invited):
    guest = invited(event, "bob@fan.example", name="Bob")
    for address in (EVE, FAY):
        engine.store.add_newcomer(Newcomer(event.id, address, guest.token, is_delegate=False, since=NOW))
    engine.store.record([a_receipt(event.id, guest.token, address=EVE, grade=Grade.FORWARDED, comment="May I?")])
    return f"/api/v1/events/{event.id}/strangers"


@pytest.fixture
def whole(header, event):
    return header(organizer=event.organizer, scopes=ALL)


def test_the_examples_have_the_shape_of_the_answers():
    for shape, example in (
        (StrangerPage, examples.STRANGERS),
        (Stranger, examples.STRANGER),
        (CommentPage, examples.COMMENTS),
        (InvitePreview, examples.INVITE_PREVIEW),
    ):
        assert shape.model_validate(example).model_dump(mode="json") == example


def test_strangers_page_by_page_with_what_they_answered(client, whole, strangers):
    first = client.get(strangers, params={"limit": 1}, headers=whole).json()
    (eve,) = first["strangers"]
    assert (eve["email"], eve["guest"], eve["answer"], eve["comment"]) == (EVE, "bob@fan.example", "accepted", "May I?")
    rest = client.get(strangers, params={"after": first["next"]}, headers=whole).json()
    assert [(s["email"], s["answer"], s["verdict"]) for s in rest["strangers"]] == [(FAY, None, "waiting")]
    assert rest["next"] is None


def test_strangers_by_what_was_decided(client, engine, event, whole, strangers):
    engine.store.judge(event.id, EVE, Verdict.REFUSED)
    waiting = client.get(strangers, params={"verdict": "waiting"}, headers=whole).json()
    assert [s["email"] for s in waiting["strangers"]] == [FAY]


def test_strangers_are_named_to_nobody_without_attendees_read(client, owner, strangers):
    answer = client.get(strangers, params={"limit": 1}, headers=owner)
    assert "eve" not in answer.text
    assert "bob" not in answer.text
    assert client.get(strangers, params={"after": EVE}, headers=owner).status_code == 422


@pytest.mark.parametrize(("verdict", "fact"), [("accept", StrangerAccepted), ("refuse", StrangerRefused)])
def test_a_stranger_is_decided_about(client, engine, event, owner, strangers, verdict, fact):
    (named,) = client.get(strangers, params={"limit": 1}, headers=owner).json()["strangers"]
    answer = client.post(f"{strangers}/{named['id']}", json={"verdict": verdict}, headers=owner)
    assert answer.status_code == 202
    assert engine.queue == [fact(event.id, EVE)]


def test_a_guest_is_not_uninvited_as_a_stranger(client, engine, event, owner, strangers):
    (named,) = client.get(strangers, params={"limit": 1}, headers=owner).json()["strangers"]
    engine.store.judge(event.id, EVE, Verdict.ACCEPTED)
    answer = client.post(f"{strangers}/{named['id']}", json={"verdict": "refuse"}, headers=owner)
    assert answer.json()["type"] == "/problems/already-decided"
    assert engine.queue == []


def test_nothing_is_decided_of_a_cancelled_event_or_of_nobody(client, engine, event, make_event, owner, strangers):
    (named,) = client.get(strangers, params={"limit": 1}, headers=owner).json()["strangers"]
    other = make_event("event2")
    path = f"/api/v1/events/{other.id}/strangers/{named['id']}"
    assert client.post(path, json={"verdict": "accept"}, headers=owner).status_code == 404
    cancelled = Component(event.head.start, event.head.stamp, status=Status.CANCELLED, revision=1)
    engine.store.replace_event(replace(event, components=(cancelled,), revision=1), 0)
    answer = client.post(f"{strangers}/{named['id']}", json={"verdict": "accept"}, headers=owner)
    assert answer.json()["type"] == "/problems/event-cancelled"
    assert engine.queue == []


def test_comments_page_by_page_without_the_answers_that_have_none(client, engine, event, whole, invited):
    said = {"ada@fan.example": "Late.", "ben@fan.example": "", "cleo@fan.example": "With cake."}
    for address, comment in said.items():
        guest = invited(event, address)
        engine.store.record([a_receipt(event.id, guest.token, comment=comment)])
    path, found, after = f"/api/v1/events/{event.id}/comments", [], ""
    while after is not None:
        page = client.get(path, params={"limit": 1, "after": after}, headers=whole).json()
        found += [(each["email"], each["answer"], each["comment"]) for each in page["comments"]]
        after = page["next"]
    assert sorted(found) == [
        ("ada@fan.example", "accepted", "Late."),
        ("cleo@fan.example", "accepted", "With cake."),
    ]


def test_the_invite_before_anybody_gets_it(client, event, owner, invited):
    told = client.get(f"/api/v1/events/{event.id}/invite", headers=owner).json()
    assert (told["subject"], told["mails"]) == ("Invitation: Opener", 1)
    assert "METHOD:REQUEST" in told["calendar"]
    # The server of the tests is reached by plain HTTP, so that one click cannot stop the mail.
    assert {found["place"] for found in told["findings"]} == {"header List-Unsubscribe-Post"}
    assert client.get(f"/api/v1/events/{event.id}/statistics", headers=owner).json()["invitations"] == 0


def test_its_page_is_for_a_frame_and_runs_nothing(client, event, owner):
    answer = client.get(f"/api/v1/events/{event.id}/invite/html", headers=owner)
    assert "Opener" in answer.text
    assert answer.headers["content-security-policy"].startswith("sandbox ")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert token(SECRET, event.id, SAMPLE) not in answer.text


def test_nobody_is_invited_to_what_is_cancelled(client, engine, event, owner):
    cancelled = Component(event.head.start, event.head.stamp, status=Status.CANCELLED, revision=1)
    engine.store.replace_event(replace(event, components=(cancelled,), revision=1), 0)
    answer = client.get(f"/api/v1/events/{event.id}/invite", headers=owner)
    assert answer.json()["type"] == "/problems/event-cancelled"
