"""Taking one invitation back, while other mail to the same guest may be on its way."""

import pytest

from invited.admission import request_send
from invited.domain.errors import Aside, Temporary
from invited.domain.invitation import TAKEN_BACK, State
from invited.messages import Attendee, InvitationWithdrawn
from invited.pipelines import withdraw
from invited.ports import Sent


@pytest.fixture
def guest(engine, event, relay):
    """Admitted, and not yet sent to."""
    _, admission = request_send(engine, event, [Attendee("ada@x.example")], "api")
    return admission.added[0]


@pytest.fixture
def take_back(engine, event, guest):
    return lambda: withdraw.handle(InvitationWithdrawn(event.id, guest, TAKEN_BACK), engine)


def state(engine, event, guest):
    return engine.store.invitation(event.id, guest).state


def test_who_was_not_sent_to_yet_never_is(engine, event, guest, take_back, relay, work):
    take_back()
    work()
    assert relay.invited == []
    assert state(engine, event, guest) is State.WITHDRAWN


def test_what_somebody_else_is_sending_goes_first(engine, event, guest, take_back, relay, clock, work):
    engine.store.claim(event.id, [guest], event.revision, clock(), 600)
    take_back()
    assert relay.letters == []
    assert state(engine, event, guest) is State.QUEUED
    engine.store.mark(event.id, [], release=[guest])
    work()
    clock.advance(engine.settings.retry_seconds)
    work()
    assert [b"Subject: Taken back" in letter.raw for letter in relay.letters if letter.envelope_from] == [False, True]
    assert state(engine, event, guest) is State.WITHDRAWN


def test_a_cancel_that_is_put_off_is_tried_again(engine, event, guest, take_back, relay, work):
    work()
    relay.letters.clear()
    relay.answers = {"ada@x.example": Sent(is_temporary=True, reason="421")}
    with pytest.raises(Temporary):
        take_back()
    relay.answers = {}
    take_back()
    assert len(relay.invited) == 2
    assert state(engine, event, guest) is State.WITHDRAWN
    with pytest.raises(Aside):
        take_back()
