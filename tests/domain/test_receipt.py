from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from invited.domain.audience import is_concerned
from invited.domain.event import Audience
from invited.domain.invitation import Invitation, Partstat, State
from invited.domain.receipt import Grade, Receipt, clamped, grade

T0 = datetime(2026, 11, 1, tzinfo=UTC)
INVITATION = Invitation("e" * 16, "t" * 16, "bob@fan.test", "Bob", "api", "j", T0, state=State.SENT)
RECEIPT = Receipt(
    "e" * 16, "t" * 16, "", Partstat.ACCEPTED, 0, T0, T0, "mail-1", "bob@fan.test", "Outlook", Grade.TOKEN
)


@pytest.mark.parametrize(
    ("attendee", "sender", "is_authenticated", "expected"),
    [
        ("bob@fan.test", "bob@fan.test", True, Grade.AUTHENTICATED),
        ("bob@fan.test", "bob@fan.test", False, Grade.TOKEN),
        ("", "bob@fan.test", False, Grade.TOKEN),
        ("", "phone@fan.test", False, Grade.TOKEN),
        ("bob@fan.test", "robert@fan.test", False, Grade.ALIAS),
        ("robert@fan.test", "bob@fan.test", True, Grade.ALIAS),
        ("bob+tickets@fan.test", "bob@fan.test", True, Grade.AUTHENTICATED),
        ("eve@other.test", "eve@other.test", True, Grade.FORWARDED),
    ],
)
def test_attribution(attendee, sender, is_authenticated, expected):
    assert grade(INVITATION, attendee, sender, is_authenticated=is_authenticated) is expected


def test_a_stranger_is_never_the_guest():
    assert not replace(RECEIPT, grade=Grade.FORWARDED).counts
    assert not replace(RECEIPT, grade=Grade.UNVERIFIED).counts
    assert replace(RECEIPT, grade=Grade.ALIAS).counts


def test_order_is_sequence_then_dtstamp_then_arrival():
    later = RECEIPT.arrived + timedelta(seconds=1)
    by_arrival = replace(RECEIPT, arrived=later)
    by_stamp = replace(RECEIPT, dtstamp=later)
    by_sequence = replace(RECEIPT, sequence=1)
    assert RECEIPT.order() < by_arrival.order() < by_stamp.order() < by_sequence.order()


def test_a_reply_cannot_claim_the_future():
    wild = replace(RECEIPT, sequence=99, dtstamp=T0 + timedelta(days=900))
    tamed = clamped(wild, 2)
    assert (tamed.sequence, tamed.dtstamp) == (2, T0)


@pytest.mark.parametrize(
    ("audience", "concerned"),
    [
        (Audience.EVERYONE, {"ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED", "NEEDS-ACTION"}),
        (Audience.RESPONDERS, {"ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"}),
        (Audience.GOING, {"ACCEPTED", "TENTATIVE"}),
    ],
)
def test_audiences(audience, concerned):
    assert {p for p in Partstat if is_concerned(replace(INVITATION, partstat=p), audience)} == concerned
    assert not is_concerned(replace(INVITATION, state=State.BOUNCED, partstat=Partstat.ACCEPTED), audience)


def test_a_reschedule_asks_again():
    answered = replace(INVITATION, partstat=Partstat.ACCEPTED, answered_sequence=0)
    assert answered.standing(0) is Partstat.ACCEPTED
    assert answered.standing(1) is Partstat.NEEDS_ACTION
