"""How many mails are handed to the outbox at a time, and how often what became of them is told."""

from dataclasses import replace

import pytest

from invited.domain.addresses import token
from invited.invites import Owed, catching_up, post
from invited.ports import Sent, Trouble
from tests.facts import an_invitation


class Slow:
    """A relay that takes so many seconds for each slice."""

    def __init__(self, clock, *seconds):
        self.clock, self.seconds, self.slices = clock, list(seconds), []

    def send(self, letters):
        self.slices.append(len(letters))
        self.clock.advance(self.seconds.pop(0) if self.seconds else 0)
        return [Sent()] * len(letters)


@pytest.fixture
def posted(engine, event, clock):
    """Post to 100 people; the slices, and to how many each time it is told what became of them."""

    def posted(*seconds, patience=300):
        relay = Slow(clock, *seconds)
        slow = replace(engine, outbox=relay)
        people = [an_invitation(event.id, token(engine.secret, event.id, f"g{n}@fans.example")) for n in range(100)]
        owed = [Owed(one, catching_up(slow, event, -1)) for one in people]
        told = [len(outcomes) for outcomes in post(slow, event, owed, patience)]
        assert sum(told) == 100
        return relay.slices, told

    return posted


def test_a_quick_relay_is_handed_more_and_more(posted):
    assert posted() == ([25, 50, 25], [100])


def test_a_slow_one_is_handed_few_and_each_slice_is_told_at_once(posted):
    assert posted(2, 2, 2, 2) == ([25] * 4, [25] * 4)


def test_one_that_slows_down_is_handed_few_again(posted):
    assert posted(0, 3, 3) == ([25, 50, 25], [75, 25])
    assert posted(0.5, 0.5, 0, 0) == ([25, 25, 25, 25], [50, 50])


def test_what_is_left_when_patience_ends_is_put_off(posted):
    assert posted(200, 200, patience=300) == ([25, 25], [25, 25, 50])


def test_a_relay_that_refuses_is_asked_once(engine, event, relay):
    closing = Sent(is_temporary=True, reason="421 closing", trouble=Trouble.RELAY)
    people = [an_invitation(event.id, token(engine.secret, event.id, f"g{n}@fans.example")) for n in range(100)]
    relay.answers = {one.address: closing for one in people}
    owed = [Owed(one, catching_up(engine, event, -1)) for one in people]
    (outcomes,) = post(engine, event, owed, 300)
    assert len(relay.letters) == 25
    assert {outcome.sent for outcome in outcomes} == {closing}
