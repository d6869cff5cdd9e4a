"""API 4: attendees in pages and filtered, what happened to each, and the mail behind each step."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from invited.api import attendees
from invited.domain.invitation import Delivery, Partstat, State
from invited.domain.principal import ALL
from invited.domain.receipt import Grade, Receipt
from tests.api.given import NOW, OTHER, OWNER

PATH = "/api/v1/events/event1/attendees"


@pytest.fixture
def reader(header):
    return header(organizer=OWNER, scopes=ALL)


@pytest.fixture
def guests(event, invited, engine):
    """Three guests: one said yes, one's mail bounced, one said nothing."""
    ada = invited(event, "ada@fans.example", name="Ada Lovelace")
    bob = invited(event, "bob@fans.example", name="Bob")
    reason = "550 bob@fans.example is not here"
    engine.store.mark(event.id, [Delivery(bob.token, 0, 0, State.BOUNCED, NOW + timedelta(hours=1), reason, "back")])
    eve = invited(event, "eve@other.example")
    key = engine.archive.put(b"From: ada\r\n\r\nyes")
    receipt = Receipt(
        event.id,
        ada.token,
        "",
        Partstat.ACCEPTED,
        0,
        NOW,
        NOW,
        key,
        "me@ada.example",
        "Outlook",
        Grade.ALIAS,
        "Yes!",
        2,
    )
    engine.store.record([receipt])
    return ada, bob, eve


def emails(client, headers, **params):
    answer = client.get(PATH, params=params, headers=headers)
    assert answer.status_code == 200, answer.json()
    return {one["email"] for one in answer.json()["attendees"]}


def test_attendees_come_in_pages_with_their_answers(client, reader, guests):
    found, after = [], ""
    while after is not None:
        page = client.get(PATH, params={"limit": 2, "after": after}, headers=reader).json()
        found += page["attendees"]
        after = page["next"]
    assert [one["token"] for one in found] == sorted(guest.token for guest in guests)
    ada = next(one for one in found if one["name"] == "Ada Lovelace")
    assert (ada["email"], ada["state"], ada["sequence"]) == ("ada@fans.example", "sent", 0)
    assert ada["receipt"] == {
        "answer": "accepted",
        "at": "2026-11-20T12:00:00Z",
        "client": "Outlook",
        "grade": "alias",
        "comment": "Yes!",
        "guests": 2,
    }


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"state": "bounced"}, {"bob"}),
        ({"answer": "accepted"}, {"ada"}),
        ({"answer": "none"}, {"bob", "eve"}),
        ({"domain": "OTHER.example"}, {"eve"}),
        ({"domain": "example"}, set()),
        ({"origin": "api", "answer": "none", "state": "sent"}, {"eve"}),
        ({"origin": "page"}, set()),
        ({"q": "LOVE"}, {"ada"}),
        ({"q": "eve@"}, {"eve"}),
        ({"email": " EVE@other.example"}, {"eve"}),
        ({"email": "eve@other.example", "state": "bounced"}, set()),
        ({"email": "nobody@other.example"}, set()),
        ({"email": "nobody"}, set()),
    ],
)
def test_attendees_are_filtered(client, reader, guests, params, names):
    assert {email.partition("@")[0] for email in emails(client, reader, **params)} == names


def test_a_page_looks_at_so_many_and_says_where_to_go_on(client, reader, guests, monkeypatch):
    monkeypatch.setattr(attendees, "LOOK", 1)
    found, pages, after = [], 0, ""
    while after is not None:
        page = client.get(PATH, params={"answer": "accepted", "after": after}, headers=reader).json()
        found += [one["name"] for one in page["attendees"]]
        pages, after = pages + 1, page["next"]
    assert (found, pages) == (["Ada Lovelace"], 4)


def test_without_attendees_read_no_address_is_told_or_found(client, owner, guests):
    assert emails(client, owner) == {"a•••@fans.example", "b•••@fans.example", "e•••@other.example"}
    assert emails(client, owner, q="eve") == set()
    assert emails(client, owner, q="lovelace") == {"a•••@fans.example"}
    refused = client.get(PATH, params={"email": "eve@other.example"}, headers=owner)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/insufficient-scope")
    for guest in guests:
        life = client.get(f"{PATH}/{guest.token}", headers=owner)
        assert guest.address not in life.text
        assert "me@ada.example" not in life.text
        assert all(step["mail"] is None for step in life.json()["steps"])
        assert client.get(f"{PATH}/{guest.token}/steps/1/mail", headers=owner).status_code == 403


def test_a_life_is_told_in_order(client, reader, guests):
    ada, bob, eve = (client.get(f"{PATH}/{guest.token}", headers=reader).json() for guest in guests)
    assert [step["kind"] for step in ada["steps"]] == ["queued", "sent", "answered"]
    assert [step["number"] for step in ada["steps"]] == [0, 1, 2]
    answer = ada["steps"][2]
    assert (answer["answer"], answer["from"], answer["grade"]) == ("accepted", "me@ada.example", "alias")
    assert [(step["kind"], step["reason"]) for step in bob["steps"]][2:] == [
        ("bounced", "550 bob@fans.example is not here")
    ]
    assert [step["mail"] is None for step in eve["steps"]] == [True, False]
    assert ada["whole"]


def test_the_mail_behind_an_answer_is_the_one_that_came(client, reader, guests):
    path = client.get(f"{PATH}/{guests[0].token}", headers=reader).json()["steps"][2]["mail"]
    answer = client.get(path, headers=reader)
    assert (answer.content, answer.headers["x-invited-mail"]) == (b"From: ada\r\n\r\nyes", "archived")
    assert answer.headers["content-type"] == "message/rfc822"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_mail_that_went_out_is_put_together_as_it_was(client, reader, guests, engine, event):
    ada = guests[0]
    later = NOW + timedelta(days=1)
    part = replace(event.head, summary="Closer", revision=1)
    engine.store.replace_event(replace(event, revision=1, sequence=1, changed=later, components=(part,)), 0)
    engine.store.mark(event.id, [Delivery(ada.token, 1, 1, State.SENT, later)])
    engine.store.mark_nudged(event.id, [Delivery(ada.token, 1, 1, State.SENT, later + timedelta(hours=1))])
    engine.store.mark(event.id, [Delivery(ada.token, 1, 1, State.WITHDRAWN, later + timedelta(hours=2))])
    steps = client.get(f"{PATH}/{ada.token}", headers=reader).json()["steps"]
    assert [step["kind"] for step in steps] == ["queued", "sent", "answered", "sent", "reminded", "withdrawn"]
    mails = [client.get(steps[n]["mail"], headers=reader) for n in (1, 3, 4, 5)]
    assert {answer.headers["x-invited-mail"] for answer in mails} == {"reassembled"}
    assert {answer.headers["x-invited-parts"] for answer in mails} == {"1"}
    read = [message_from_bytes(answer.content, policy=policy.default) for answer in mails]
    assert [mail["Subject"] for mail in read] == [
        "Invitation: Opener",
        "Updated: Closer",
        "Reminder: Closer",
        "Taken back: Closer",
    ]
    assert {mail["To"].addresses[0].addr_spec for mail in read} == {"ada@fans.example"}
    # With it an organizer could stop the attendee's mail.
    assert not any(mail["List-Unsubscribe"] for mail in read)
    assert client.get(f"{steps[1]['mail']}?part=1", headers=reader).status_code == 404


def test_there_is_no_mail_where_there_is_none(client, reader, guests):
    ada, bob, _ = guests
    for path in (f"{ada.token}/steps/0/mail", f"{ada.token}/steps/9/mail", f"{bob.token}/steps/2/mail"):
        assert client.get(f"{PATH}/{path}", headers=reader).status_code == 404


def test_nobody_is_found_in_another_event(client, reader, header, guests, make_event):
    make_event("event2")
    token = guests[0].token
    assert client.get(f"/api/v1/events/event2/attendees/{token}", headers=reader).status_code == 404
    assert client.get(f"/api/v1/events/event2/attendees/{token}/steps/1/mail", headers=reader).status_code == 404
    other = header(organizer=OTHER, scopes=ALL)
    for path in (PATH, f"{PATH}/{token}", f"{PATH}/{token}/steps/1/mail"):
        assert client.get(path, headers=other).status_code == 404
