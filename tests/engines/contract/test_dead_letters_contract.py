"""Any engine must keep what could not be handled so."""

import pytest

from invited.messages import DeliveryDue, EventCreated
from tests.facts import NOW


@pytest.fixture
def dead(engine):
    return engine.dead_letters


@pytest.fixture
def letters(engine, dead, clock, bury):
    """Three that were given up one after the other: two of one kind, one of another."""
    for message in (EventCreated("a"), DeliveryDue("b", ("t1",)), EventCreated("c")):
        engine.queue.publish([message])
        clock.advance(30)
        bury(f"Traceback…\nValueError: {message.event_id}\n")
    return dead.page()


def test_a_dead_letter_tells_its_story(dead, letters):
    newest, _, oldest = letters
    assert dead.get(oldest.id) == oldest
    assert (oldest.kind, oldest.receives, oldest.why) == ("EventCreated", 1, "ValueError: a")
    assert (oldest.published, (oldest.at - NOW).seconds) == (NOW, 30)
    assert newest.message() == EventCreated("c")


def test_dead_letters_are_paged_newest_first(dead, letters):
    assert [letter.message().event_id for letter in letters] == ["c", "b", "a"]
    assert dead.page(limit=2) == letters[:2]
    assert dead.page(after=letters[1].id) == letters[2:]
    assert dead.page(after=letters[2].id) == []


def test_dead_letters_of_one_kind(dead, letters):
    assert dead.page(kind="EventCreated") == [letters[0], letters[2]]
    assert dead.page(kind="EventCreated", after=letters[0].id, limit=1) == [letters[2]]
    assert dead.page(kind="Unheard") == []


def test_one_that_is_replayed_comes_again_as_if_for_the_first_time(dead, letters, take):
    assert dead.replay(letters[1].id)
    assert not dead.replay(letters[1].id)
    assert take() == [DeliveryDue("b", ("t1",))]
    assert dead.get(letters[1].id) is None
    assert dead.page() == [letters[0], letters[2]]


def test_one_that_is_discarded_never_comes_again(dead, letters, take):
    assert dead.discard(letters[1].id)
    assert not dead.discard(letters[1].id)
    assert not dead.replay(letters[1].id)
    assert take() == []
    assert dead.page() == [letters[0], letters[2]]


@pytest.mark.parametrize("letter_id", ["", "0", "-1", "nope", "9" * 40, "1 OR 1", "²", "0" * 19 + "1"])
def test_what_is_no_id_is_nothing(dead, letters, letter_id):
    assert dead.get(letter_id) is None
    assert not dead.replay(letter_id)
    assert not dead.discard(letter_id)
    assert dead.page() == letters
