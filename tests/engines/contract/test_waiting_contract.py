"""Any store must keep cancels for events that are still to come so."""

from datetime import timedelta

from tests.facts import NOW, a_mail

LATER = NOW + timedelta(days=1)


def keep(store, mail, uid="u1", owner="ann@club.example", now=NOW, until=LATER):
    store.keep_cancel(owner, uid, mail, now=now, until=until)


def test_a_cancel_waits_for_the_event_of_its_owner(store):
    one, other = a_mail(key="m1"), a_mail(key="m2")
    keep(store, other)
    keep(store, one)
    keep(store, one)
    assert store.kept_cancels("ann@club.example", "u1", NOW) == [one, other]
    assert store.kept_cancels("ann@club.example", "u2", NOW) == []
    assert store.kept_cancels("bob@club.example", "u1", NOW) == []


def test_it_waits_so_long_and_no_longer(store):
    keep(store, a_mail())
    assert store.kept_cancels("ann@club.example", "u1", LATER - timedelta(microseconds=1))
    assert store.kept_cancels("ann@club.example", "u1", LATER) == []
    keep(store, a_mail(key="m2"), uid="u2", now=LATER, until=LATER + timedelta(days=1))
    assert store.kept_cancels("ann@club.example", "u1", NOW) == []
