"""The attendee's pages: what each link opens and tells, and what it may not."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from invited.attending import ANSWERS_A_DAY, LINKS_A_DAY
from invited.credentials import OWN_PAGE, OWN_PAGE_AGE, attendee_base, attendee_path, own_link, sign
from invited.domain.event import Status
from invited.domain.invitation import Partstat, State
from invited.domain.moment import Moment
from invited.domain.receipt import Grade, Receipt
from invited.messages import OwnPageWanted, ReplyArrived, Unsubscribed
from tests.api.given import NOW, OTHER, SECRET

ADA = "ada@fans.example"


@pytest.fixture
def by_invite(engine):
    """The path of the link in an invite."""
    return lambda event, guest: (
        urlsplit(attendee_base(engine.settings, event.id) + attendee_path(engine, event.id, guest.token)).path
    )


@pytest.fixture
def own(engine):
    return lambda event, address=ADA: urlsplit(own_link(engine, event.id, address)).path


def recorded(engine, event, guest, grade, partstat=Partstat.ACCEPTED):
    engine.store.record([Receipt(event.id, guest.token, "", partstat, 0, NOW, NOW, "m", ADA, "google", grade)])


def test_looking_changes_nothing_and_shows_the_buttons(client, engine, event, invited, by_invite):
    path = by_invite(event, invited(event, ADA))
    page = client.get(f"{path}?answer=yes")
    assert page.status_code == 200
    assert "Your answer is not sent yet" in page.text
    assert 'class="yes meant"' in page.text
    assert engine.queue == []


def test_an_answer_is_handed_in_as_a_reply_that_is_kept(client, engine, event, invited, by_invite):
    guest = invited(event, ADA)
    page = client.post(by_invite(event, guest), data={"answer": "maybe", "comment": " Late "})
    assert "You said maybe" in page.text
    (message,) = engine.queue
    assert isinstance(message, ReplyArrived)
    assert (message.partstat, message.comment, message.grade) == (Partstat.TENTATIVE, "Late", Grade.WEB)
    assert b"Content-Type: text/calendar; method=REPLY" in engine.archive.get(message.mail)
    (kept,) = engine.archive.mails()
    assert (kept.mailbox, kept.envelope_from) == ("rsvp", ADA)


def test_the_page_of_an_invite_tells_no_more_than_the_invite(client, engine, make_event, invited, by_invite):
    event, other = make_event(), make_event("event2", summary="Secret supper")
    guest = invited(event, ADA)
    invited(other, ADA)
    recorded(engine, event, guest, Grade.WEB)
    page = client.get(by_invite(event, guest)).text
    for word in (ADA, "Secret supper", "owner@club.example", "/u/", "/mine/"):
        assert word not in page
    assert "a•••@fans.example" in page
    # Nor how they answered: to the page of a guest who has not, nothing differs but the link itself.
    fresh = by_invite(event, invited(event, "amy@fans.example"))
    assert page.replace(by_invite(event, guest), "") == client.get(fresh).text.replace(fresh, "")


def test_a_link_opens_for_its_own_token_only(client, event, invited, by_invite):
    ada, ben = invited(event, ADA), invited(event, "ben@fans.example")
    mixed = by_invite(event, ada).replace(ada.token, ben.token)
    for path in (mixed, by_invite(event, ada)[:-1] + "!", f"/a/{event.id}/{ada.token}/{ada.token}"):
        assert client.get(path).status_code == 403
        assert client.post(path, data={"answer": "no"}).status_code == 403
        assert client.post(f"{path}/mine").status_code == 403


def test_a_surer_answer_is_changed_only_after_a_mail(client, engine, event, invited, by_invite):
    guest = invited(event, ADA)
    for grade in (Grade.AUTHENTICATED, Grade.CONFIRMED):
        recorded(engine, event, guest, grade)
        page = client.post(by_invite(event, guest), data={"answer": "no"})
        assert "counts as soon as you confirm it" in page.text
        assert engine.queue.pop() == OwnPageWanted(event.id, guest.token, NOW, Partstat.DECLINED)
        assert engine.queue == []


def test_answers_and_links_are_limited_by_day(client, engine, event, invited, by_invite):
    path = by_invite(event, invited(event, ADA))
    for _ in range(ANSWERS_A_DAY):
        assert client.post(path, data={"answer": "no"}).status_code == 200
    refused = client.post(path, data={"answer": "no"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-answered")
    for _ in range(LINKS_A_DAY):
        assert client.post(f"{path}/mine").status_code == 200
    assert client.post(f"{path}/mine").status_code == 409
    assert len(engine.queue) == ANSWERS_A_DAY + LINKS_A_DAY


@pytest.mark.parametrize("state", [State.BOUNCED, State.COMPLAINED, State.WITHDRAWN, State.QUEUED])
def test_nobody_answers_for_a_guest_who_cannot_be_told(client, engine, event, invited, by_invite, state):
    path = by_invite(event, invited(event, ADA, state=state))
    assert "no longer active" in client.get(path).text
    assert client.post(path, data={"answer": "yes"}).status_code == 409
    assert engine.queue == []


def test_nobody_answers_for_a_guest_who_must_not_be_mailed(client, engine, event, invited, by_invite, own):
    path = by_invite(event, invited(event, ADA))
    engine.store.suppress(ADA, "unsubscribed", NOW, organizer=event.organizer)
    for each in (path, own(event)):
        assert client.post(each, data={"answer": "yes"}).status_code == 409


def test_a_cancelled_event_takes_no_answer(client, make_event, invited, own):
    event = make_event(status=Status.CANCELLED)
    invited(event, ADA)
    assert "This event is cancelled" in client.get(own(event)).text
    assert client.post(own(event), data={"answer": "yes"}).status_code == 409


def test_a_date_must_be_one_of_the_events(client, engine, make_event, invited, by_invite):
    event = make_event(start=Moment(datetime(2027, 1, 14, 18, 30), "UTC"), rules=("FREQ=WEEKLY;COUNT=3",))
    path = by_invite(event, invited(event, ADA))
    assert '<option value="20270121T183000Z">' in client.get(path).text
    assert client.post(path, data={"answer": "no", "of": "20270121T183000Z"}).status_code == 200
    assert engine.queue.pop().recurrence_id == "20270121T183000Z"
    assert client.post(path, data={"answer": "no", "of": "20270122T183000Z"}).status_code == 409
    assert client.post(path, data={"answer": "no", "of": "x"}).status_code == 422


def test_the_own_page_shows_answers_and_other_invitations(client, engine, make_event, invited, own):
    event, other = make_event(), make_event("event2", summary="Supper")
    make_event("event3", summary="Not theirs")
    make_event("event4", organizer=OTHER, summary="Another organizer's")
    guest = invited(event, ADA)
    invited(other, ADA)
    recorded(engine, event, guest, Grade.TOKEN)
    page = client.get(own(event)).text
    assert "<strong>Yes</strong>" in page
    assert "Supper" in page
    assert "Not theirs" not in page
    assert "Another organizer" not in page
    switched = client.get(f"{own(event)}?event=event2").text
    assert "<h1>Supper</h1>" in switched
    assert client.get(f"{own(event)}?event=event3").status_code == 403


def test_on_the_own_page_answers_are_confirmed(client, engine, event, invited, own):
    guest = invited(event, ADA)
    recorded(engine, event, guest, Grade.AUTHENTICATED)
    page = client.post(own(event), data={"answer": "no"})
    assert "You said <strong>no</strong>" in page.text
    (message,) = engine.queue
    assert message.grade is Grade.CONFIRMED


def test_on_the_own_page_the_mail_is_stopped(client, engine, event, invited, own):
    invited(event, ADA)
    assert client.post(f"{own(event)}/stop", data={"what": "organizer"}).status_code == 200
    assert client.post(f"{own(event)}/stop", data={"what": "everything"}).status_code == 200
    assert engine.queue == [Unsubscribed(ADA, event.organizer, NOW), Unsubscribed(ADA, "", NOW)]


def test_an_own_page_opens_for_its_address_only_and_not_for_ever(client, event, invited, own):
    invited(event, ADA)
    payload = {"event": event.id, "address": ADA}
    old = sign(SECRET, OWN_PAGE, payload, NOW - OWN_PAGE_AGE - timedelta(seconds=2))
    for path in (own(event)[:-2], f"/mine/{old}", own(event, "ben@fans.example")):
        assert client.get(path).status_code == 403
        assert client.post(path, data={"answer": "no"}).status_code == 403
        assert client.post(f"{path}/stop").status_code == 403


def test_no_other_site_can_answer(client, event, invited, by_invite, own):
    path = by_invite(event, invited(event, ADA))
    for each in (path, f"{path}/mine", own(event), f"{own(event)}/stop"):
        foreign = client.post(each, data={"answer": "no"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.json()["type"] == "/problems/cross-site"


def test_a_page_of_invitations_has_a_next_one(client, engine, make_event, invited, own, monkeypatch):
    monkeypatch.setattr("invited.attending.LOOKED_AT", 2)
    events = [make_event(f"event{n}", summary=f"Supper {n}") for n in range(5)]
    for event in events:
        invited(event, ADA)
    page, seen = client.get(own(events[0])).text, set()
    for _ in range(3):
        seen |= set(re.findall(r">(Supper \d)</a>", page))
        more = re.search(r'href="(\S+after=\S+)"', page)
        if not more:
            break
        page = client.get(more[1].replace("&amp;", "&")).text
    assert seen == {f"Supper {n}" for n in range(1, 5)}


def test_the_code_of_an_invite_is_not_that_which_stops_the_mail(client, engine, event, invited, by_invite):
    path = by_invite(event, invited(event, ADA))
    assert client.get(path.replace("/a/", "/u/")).status_code == 403


def test_a_forged_invitation_opens_nothing(client, engine, event, invited, by_invite):
    guest = invited(event, ADA)
    stolen = replace(guest, token="a" * 16)
    engine.store.admit(event.id, [stolen], 10)
    assert client.get(by_invite(event, stolen)).status_code == 403
