"""The API on the real engine in memory; only the queue is a list, to see what was published."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app, run_on
from invited.credentials import new_key
from invited.domain.addresses import token
from invited.domain.event import Component, Event, Stamp
from invited.domain.invitation import Delivery, Invitation, State
from invited.domain.moment import Moment
from invited.domain.principal import USUAL
from invited.engines.embedded.engine import EmbeddedEngine
from invited.settings import Settings
from tests.api.given import NOW, OWNER, SECRET
from tests.facts import Clock


class Published(list):
    """A queue that only remembers."""

    def publish(self, messages, delay=0):
        self.extend(messages)


@pytest.fixture
def settings():
    return Settings(domain="invites.example", invitation_limit=50, public_pressure=1000, _env_file=None)


@pytest.fixture
def embedded(settings):
    with EmbeddedEngine(settings, is_memory=True, now=lambda: NOW, verifier=None) as embedded:
        yield embedded


@pytest.fixture
def clock():
    """What time it is; stands still unless it is moved."""
    return Clock(NOW)


@pytest.fixture
def engine(embedded, clock):
    """What the API runs on."""
    return replace(embedded.ports, secret=SECRET, queue=Published(), now=clock)


@pytest.fixture
def lab(embedded):
    return embedded.lab


@pytest.fixture
def make_event(engine):
    """Stores an event: whatever its master should be, and what its changed occurrences differ in."""

    def make(event_id="event1", organizer=OWNER, changed=(), files=(), **component):
        component = {"start": Moment(datetime(2027, 1, 14, 18, 30), "Europe/Paris"), "summary": "Opener"} | component
        component = {"duration": timedelta(minutes=90), "stamp": Stamp(0, NOW, NOW)} | component
        master = Component(**component)
        event = Event(
            id=event_id,
            domain="invites.example",
            organizer=organizer,
            organizer_name="Ticket office",
            origin_uid=f"{event_id}@origin",
            created=NOW,
            changed=NOW,
            components=(master, *(replace(master, rules=(), rdates=(), exdates=(), **c) for c in changed)),
            files=files,
        )
        assert engine.store.add_event(event, 1000)
        return event

    return make


@pytest.fixture
def event(make_event):
    return make_event()


@pytest.fixture
def invited(engine):
    """Stores invitations of `addresses` whose mail came as far as `state`."""

    def invite(event, *addresses, name="", job="before", state=State.SENT, reason=""):
        invitations = [
            Invitation(event.id, token(SECRET, event.id, address), address, name, "api", job, NOW)
            for address in addresses
        ]
        engine.store.admit(event.id, invitations, 10_000)
        engine.store.mark(event.id, [Delivery(i.token, 0, 0, state, NOW, reason) for i in invitations])
        return invitations[0]

    return invite


@pytest.fixture
def mailed():
    """What the lab mailed to the server's own port."""
    return []


@pytest.fixture(scope="session")
def apps():
    """The applications made so far, by the limit of a list's size."""
    return {}


@pytest.fixture
def client(engine, lab, mailed, apps):
    """A browser on this machine."""
    given = {"lab": lab, "mail_in": lambda *mail: mailed.append(mail)}
    size = engine.settings.list_max_bytes
    if size not in apps:
        apps[size] = create_app(engine, **given)
    app = apps[size]
    run_on(app, engine, **given)
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.fixture
def header(engine):
    """Makes the Authorization header of a new key."""

    def make(*, is_admin=False, organizer=None, scopes=USUAL):
        key, text = new_key(is_admin, organizer, NOW, scopes=scopes)
        engine.store.add_key(key)
        return {"Authorization": f"Bearer {text}"}

    return make


@pytest.fixture
def admin(header):
    return header(is_admin=True)


@pytest.fixture
def owner(header):
    return header(organizer=OWNER)
