"""Any store must keep what was decided of organizers so."""

from invited.domain.organizer import Organizer
from tests.facts import NOW, an_event

ANN, BOB = "ann@club.example", "bob@club.example"


def test_of_who_is_not_known_nothing_was_decided(store):
    assert store.organizer(ANN) == Organizer(ANN)
    assert store.organizers() == []


def test_whoever_has_an_event_is_an_organizer(store):
    for organizer in (BOB, ANN, BOB):
        store.add_event(an_event(organizer=organizer), 10)
    assert store.organizers() == [Organizer(ANN, events=1), Organizer(BOB, events=2)]
    assert store.organizers(limit=1) == [Organizer(ANN, events=1)]
    assert store.organizers(after=ANN) == [Organizer(BOB, events=2)]
    assert store.organizers(after=BOB) == []
    assert store.organizer(BOB).events == 2


def test_only_what_is_named_changes(store):
    store.add_event(an_event(organizer=ANN), 10)
    store.set_terms(ANN, {"event_limit": 3, "may_send_lists": False})
    store.set_terms(ANN, {"suspended": NOW, "reason": "abuse"})
    assert store.organizer(ANN) == Organizer(ANN, 1, 3, None, may_send_lists=False, suspended=NOW, reason="abuse")
    store.set_terms(ANN, {"event_limit": None, "invitation_limit": 0, "suspended": None, "reason": ""})
    assert store.organizer(ANN) == Organizer(ANN, 1, None, 0, may_send_lists=False)
    store.set_terms(ANN, {})
    assert store.organizer(BOB) == Organizer(BOB)


def test_terms_may_be_set_before_the_first_event(store):
    store.set_terms(BOB, {"event_limit": 1})
    store.add_event(an_event(organizer=BOB), 10)
    assert store.organizers() == [Organizer(BOB, 1, 1)]
