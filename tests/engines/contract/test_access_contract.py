"""Any engine must keep keys, links to sign in by, sessions and requests that may be repeated so."""

from dataclasses import replace
from datetime import timedelta

from invited.domain.principal import ALL, Scope
from invited.ports import Asked, Key, Session
from tests.facts import NOW

MINUTE = timedelta(minutes=1)


def a_session(session_id="s1", **changes):
    facts = {"address": "ann@club.example", "opened": NOW, "seen": NOW, "changed": NOW, "ends": NOW + 30 * MINUTE}
    return Session(session_id, **({"digest": f"digest of {session_id}"} | facts | changes))


def test_keys_come_and_go(store):
    admin = Key("k1", "digest", True, None, NOW)
    scopes, expires = frozenset({Scope.KEYS}), NOW + MINUTE
    other = replace(
        admin, id="k2", is_admin=False, organizer="ann@club.example", note="site", scopes=scopes, expires=expires
    )
    store.add_key(admin)
    store.add_key(other)
    assert store.keys() == [admin, other]
    assert store.key("k2") == other
    assert store.remove_key("k1")
    assert not store.remove_key("k1")
    assert store.key("k1") is None
    assert store.keys() == [other]


def test_keys_are_told_page_by_page_oldest_first_of_one_organizer_or_all(store):
    kept = [
        Key(f"k{n}", "digest", False, f"{'ann' if n % 2 else 'eve'}@club.example", NOW - n * MINUTE, scopes=ALL)
        for n in range(5)
    ]
    for key in kept:
        store.add_key(key)
    assert store.keys(limit=2) == [kept[4], kept[3]]
    assert store.keys(after="k3") == [kept[2], kept[1], kept[0]]
    assert store.keys(organizer="ann@club.example", limit=1) == [kept[3]]
    assert store.keys(organizer="ann@club.example", after="k3") == [kept[1]]
    assert store.keys(after="k0") == []


def test_a_key_remembers_when_it_was_used(store):
    key = Key("k1", "digest", True, None, NOW)
    store.add_key(key)
    store.use_key("k1", NOW + MINUTE)
    store.use_key("absent", NOW)
    assert store.keys() == [replace(key, used=NOW + MINUTE)]


def test_a_link_to_sign_in_is_good_once(store):
    store.add_sign_in("d1", "ann@club.example", now=NOW, until=NOW + MINUTE)
    store.add_sign_in("d2", "eve@club.example", now=NOW, until=NOW + MINUTE)
    assert store.sign_in("d1", NOW) == store.sign_in("d1", NOW) == "ann@club.example"
    assert store.take_sign_in("d1", NOW) == "ann@club.example"
    assert store.take_sign_in("d1", NOW) is store.sign_in("d1", NOW) is None
    assert store.take_sign_in("d2", NOW) == "eve@club.example"


def test_a_link_to_sign_in_is_good_until_it_expires(store):
    store.add_sign_in("d1", "ann@club.example", now=NOW, until=NOW + MINUTE)
    assert store.sign_in("d1", NOW + MINUTE) is store.take_sign_in("d1", NOW + MINUTE) is None
    # Forgetting what is over spares what is not.
    store.add_sign_in("d2", "ann@club.example", now=NOW + MINUTE / 2, until=NOW + MINUTE)
    assert store.sign_in("d1", NOW + MINUTE / 2) == "ann@club.example"


def test_sessions_are_kept_newest_first(store):
    old, new = a_session(), a_session("s2", opened=NOW + MINUTE, client="Firefox", former="earlier")
    other = a_session("s3", address="eve@club.example")
    for session in (old, new, other):
        store.add_session(session, NOW)
    assert store.session("s2") == new
    assert store.sessions("ann@club.example") == [new, old]
    assert store.sessions("ann@club.example", limit=1) == [new]
    assert store.remove_session("s2")
    assert not store.remove_session("s2")
    assert store.session("s2") is None
    assert store.sessions("ann@club.example") == [old]
    assert store.sessions("nobody@club.example") == []


def test_of_several_renewals_of_a_session_one_is_kept(store):
    session = a_session()
    store.add_session(session, NOW)
    fresh = replace(session, digest="new", former=session.digest, changed=NOW + MINUTE)
    assert store.renew_session(fresh, session.digest)
    assert not store.renew_session(replace(session, digest="newer"), session.digest)
    assert store.session("s1") == fresh
    assert not store.renew_session(a_session("absent"), "")


def test_a_request_is_answered_by_one_and_then_known(store):
    ask = {"now": NOW, "lease": 60.0, "keep": 3600.0}
    assert store.ask("r1", "this", **ask) is None
    assert store.ask("r1", "this", **ask) == store.ask("r1", "that", **ask) == Asked("this")
    assert store.ask("r2", "that", **ask) is None
    store.answer("r1", "done")
    assert store.ask("r1", "this", **ask) == store.ask("r1", "that", **ask) == Asked("this", "done")
    store.answer("absent", "done")
    assert store.ask("absent", "this", **ask) is None


def test_the_right_to_answer_a_request_ends_or_is_given_back(store):
    ask = {"lease": 60.0, "keep": 3600.0}
    assert store.ask("r1", "this", now=NOW, **ask) is None
    assert store.ask("r1", "that", now=NOW + MINUTE, **ask) == Asked("this")
    assert store.ask("r1", "this", now=NOW + MINUTE, **ask) is None
    assert store.ask("r1", "this", now=NOW + MINUTE, **ask) == Asked("this")
    store.answer("r1", "")
    assert store.ask("r1", "this", now=NOW + MINUTE, **ask) is None


def test_a_request_is_forgotten_in_the_end(store):
    ask = {"lease": 60.0, "keep": 3600.0}
    store.ask("r1", "this", now=NOW, **ask)
    store.answer("r1", "done")
    assert store.ask("r1", "that", now=NOW + 59 * MINUTE, **ask) == Asked("this", "done")
    assert store.ask("r1", "that", now=NOW + 60 * MINUTE, **ask) is None
