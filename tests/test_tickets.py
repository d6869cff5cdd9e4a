"""Tickets: what the organizer's own site signs lets one person in, once."""

import json
from dataclasses import replace

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invited.domain.errors import Refused, Temporary
from invited.engines import open_engine
from invited.settings import Settings
from invited.tickets import new_secret, read, secret, use
from tests.facts import NOW, Clock, an_event

ADA = "ada@fans.example"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def engine(clock, tmp_path):
    with open_engine(Settings(data_dir=tmp_path, _env_file=None), memory=True, now=clock) as engine:
        yield engine.ports


@pytest.fixture
def event(engine):
    event = an_event()
    engine.store.add_event(event, 10)
    return event


def renewed(engine, event):
    text = new_secret(engine, event)
    return engine.store.event(event.id), text


def claims(of, **changes):
    facts = {"event": of.id, "email": ADA, "exp": int(NOW.timestamp()) + 600, "jti": "order-1"} | changes
    return {name: value for name, value in facts.items() if value is not None}


def signed(key, facts, algorithm="HS256"):
    return jwt.encode(facts, key, algorithm=algorithm)


def test_a_ticket_lets_its_own_address_in_once(engine, event):
    event, key = renewed(engine, event)
    ticket = read(engine, event, signed(key, claims(event, email="Ada@Fans.Example")), ADA)
    use(engine, event, ticket)
    with pytest.raises(Refused, match="has been used"):
        use(engine, event, ticket)
    other = read(engine, event, signed(key, claims(event, jti="order-2")), ADA)
    use(engine, event, other)


def test_a_used_ticket_is_remembered_until_it_expires(engine, event, clock):
    event, key = renewed(engine, event)
    text = signed(key, claims(event))
    use(engine, event, read(engine, event, text, ADA))
    clock.advance(599)
    with pytest.raises(Refused, match="has been used"):
        use(engine, event, read(engine, event, text, ADA))
    clock.advance(1)
    with pytest.raises(Refused, match="has expired"):
        read(engine, event, text, ADA)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"event": "another"}, "another event"),
        ({"event": None}, "another event"),
        ({"email": "eve@fans.example"}, "another mail address"),
        ({"email": None}, "another mail address"),
        ({"email": ["ada@fans.example"]}, "another mail address"),
        ({"exp": None}, "no `exp`"),
        ({"exp": True}, "no `exp`"),
        ({"exp": int(NOW.timestamp())}, "expired"),
        ({"exp": int(NOW.timestamp()) + 86_401}, "more than 24 hours"),
        ({"exp": 1e300}, "more than 24 hours"),
        ({"jti": None}, "no `jti`"),
        ({"jti": ""}, "no `jti`"),
        ({"jti": "x" * 65}, "no `jti`"),
    ],
)
def test_a_ticket_that_says_something_else_is_refused(engine, event, changes, reason):
    event, key = renewed(engine, event)
    with pytest.raises(Refused, match=reason):
        read(engine, event, signed(key, claims(event, **changes)), ADA)


def test_only_the_secret_of_this_event_signs(engine, event):
    with pytest.raises(Refused, match="not signed"):
        read(engine, event, signed("x" * 43, claims(event)), ADA)
    event, key = renewed(engine, event)
    elsewhere = replace(event, id="k3v5m2q7x4b6n9d1")
    for wrong in (
        signed(secret(engine, elsewhere.id, event.door.public_ticket_keys[0]), claims(event)),
        signed(key * 2, claims(event), "HS512"),
        signed(key, claims(event))[:-2],
        jwt.encode(claims(event), "", algorithm="none"),
        "",
        "a.b.c",
        "é",
    ):
        with pytest.raises(Refused, match="not signed"):
            read(engine, event, wrong, ADA)


def test_of_two_who_ask_for_a_secret_at_once_one_must_ask_again(engine, event):
    new_secret(engine, event)
    with pytest.raises(Temporary):
        new_secret(engine, event)


def test_a_new_secret_leaves_the_one_before_alone_and_shuts_out_older_ones(engine, event):
    event, first = renewed(engine, event)
    event, second = renewed(engine, event)
    for key in (first, second):
        assert read(engine, event, signed(key, claims(event)), ADA)
    event, third = renewed(engine, event)
    assert len({first, second, third}) == 3
    with pytest.raises(Refused, match="not signed"):
        read(engine, event, signed(first, claims(event)), ADA)
    assert read(engine, event, signed(second, claims(event)), ADA)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["event", "email", "exp", "jti", "nbf", "aud"]),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner, max_size=2),
        ),
    )
)
def test_whatever_a_ticket_says_it_is_read_or_refused(engine, event, facts):
    event, key = renewed(engine, engine.store.event(event.id))
    text = jwt.api_jws.encode(json.dumps(facts).encode(), key, algorithm="HS256")
    with pytest.raises(Refused):
        read(engine, event, text, ADA)
