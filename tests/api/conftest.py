from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app
from invited.credentials import new_key
from invited.domain import statistics
from invited.domain.addresses import token
from invited.domain.event import Component, Event, Stamp
from invited.domain.invitation import Invitation, State
from invited.domain.moment import Moment
from invited.ports import Admitted, Engine
from invited.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef"
OWNER = "owner@club.example"
OTHER = "other@club.example"


class Memory:
    """The part of the store that the API uses, in dictionaries."""

    def __init__(self):
        self._events, self._invitations, self._jobs, self._keys = {}, {}, {}, {}
        self._receipts, self._strangers, self._barred = [], [], {}
        self._counters, self._job_counters = {}, {}

    def add_event(self, event, limit):
        self._events[event.id] = event
        return True

    def event(self, event_id):
        return self._events.get(event_id)

    def events(self, *, domain=None, organizer=None, after="", limit=100):
        found = [e for e in reversed(self._events.values()) if organizer in (None, e.organizer)]
        start = next((i + 1 for i, e in enumerate(found) if e.id == after), 0)
        return found[start : start + limit]

    def admit(self, event_id, invitations, limit):
        kept = self._invitations.setdefault(event_id, {})
        added, already, over = [], [], []
        for invitation in invitations:
            stands = kept.get(invitation.token)
            if stands:
                (added if stands.job == invitation.job else already).append(invitation.token)
            elif len(kept) >= limit:
                over.append(invitation.token)
            else:
                self.put(invitation)
                added.append(invitation.token)
        return Admitted(tuple(added), tuple(already), tuple(over))

    def put(self, invitation):
        """Add an invitation in whatever state it is."""
        self._invitations.setdefault(invitation.event_id, {})[invitation.token] = invitation
        for counters, name in ((self._counters, invitation.event_id), (self._job_counters, invitation.job)):
            counters.setdefault(name, Counter()).update(statistics.of_invitation(invitation))

    def invitations(self, event_id, *, after="", limit=100, job=None):
        found = sorted(self._invitations.get(event_id, {}).values(), key=lambda i: i.token)
        return [i for i in found if i.token > after and job in (None, i.job)][:limit]

    def record(self, receipts):
        for receipt in receipts:
            if receipt.counts:
                invitation = self._invitations[receipt.event_id][receipt.token]
                self._counters[receipt.event_id].update(statistics.of_receipt(invitation, None, receipt))
                self._receipts.append(receipt)
            else:
                self._counters.setdefault(receipt.event_id, Counter()).update(statistics.of_stranger())
                self._strangers.append(receipt)
        return [True] * len(receipts)

    def receipts(self, event_id, tokens):
        return [r for r in self._receipts if r.event_id == event_id and r.token in set(tokens)]

    def strangers(self, event_id, *, after="", limit=100):
        found = sorted((r for r in self._strangers if r.event_id == event_id), key=lambda r: r.address)
        return [r for r in found if r.address > after][:limit]

    def statistics(self, event_id):
        return statistics.read(self._counters.get(event_id, {}))

    def open_job(self, job):
        self._jobs.setdefault(job.id, job)

    def job(self, job_id):
        job = self._jobs.get(job_id)
        return job and replace(job, figures=statistics.read(self._job_counters.get(job_id, {})))

    def suppress(self, address, reason, now):
        self._barred[address] = reason

    def suppressed(self, addresses):
        return {a: self._barred[a] for a in addresses if a in self._barred}

    def add_key(self, key):
        self._keys[key.id] = key

    def key(self, key_id):
        return self._keys.get(key_id)


class Published(list):
    """A queue that only remembers."""

    def publish(self, messages, delay=0):
        self.extend(messages)


@dataclass
class LabItem:
    id: str
    to: str
    subject: str
    raw: bytes
    method: str = "REQUEST"
    at: datetime = NOW
    envelope_from: str = "rsvp@invites.example"

    @property
    def size(self):
        return len(self.raw)


@dataclass
class Lab:
    items: list = field(default_factory=list)

    def mails(self, to, after, limit):
        found = [i for i in reversed(self.items) if to in (None, i.to)]
        start = next((n + 1 for n, i in enumerate(found) if i.id == after), 0)
        return found[start : start + limit]

    def raw(self, mail_id):
        return {i.id: i.raw for i in self.items}[mail_id]


@pytest.fixture
def settings():
    return Settings(domain="invites.example", invitation_limit=50, _env_file=None)


@pytest.fixture
def engine(settings):
    """What the API runs on; its queue must remember what was published."""
    return Engine(settings, SECRET, Memory(), None, Published(), None, None, lambda: NOW)


@pytest.fixture
def make_event(engine):
    """Stores an event: `event_id`, its organizer, and whatever its component should be."""

    def make(event_id="event1", organizer=OWNER, **component):
        component = {"start": Moment(datetime(2027, 1, 14, 18, 30), "Europe/Paris"), "summary": "Opener"} | component
        component = {"duration": timedelta(minutes=90), "stamp": Stamp(0, NOW, NOW)} | component
        event = Event(
            id=event_id,
            domain="invites.example",
            organizer=organizer,
            organizer_name="Ticket office",
            origin_uid=f"{event_id}@origin",
            created=NOW,
            changed=NOW,
            components=(Component(**component),),
        )
        engine.store.add_event(event, 1000)
        return event

    return make


@pytest.fixture
def event(make_event):
    return make_event()


@pytest.fixture
def invited(engine):
    """Stores an invitation of `address`, sent."""

    def invite(event, address, name="", **more):
        invitation = Invitation(
            event.id, token(SECRET, event.id, address), address, name, "api", "job1", NOW, State.SENT, sent=NOW
        )
        engine.store.put(replace(invitation, **more))
        return invitation

    return invite


@pytest.fixture
def mailed():
    """What the lab mailed to the server's own port."""
    return []


@pytest.fixture
def lab():
    return Lab()


@pytest.fixture
def app(engine, lab, mailed):
    return create_app(engine, lab=lab, mail_in=lambda *mail: mailed.append(mail))


@pytest.fixture
def client(app):
    """A browser on this machine."""
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.fixture
def header(engine):
    """Makes the Authorization header of a new key."""

    def make(*, is_admin=False, organizer=None):
        key, text = new_key(is_admin, organizer, NOW)
        engine.store.add_key(key)
        return {"Authorization": f"Bearer {text}"}

    return make


@pytest.fixture
def admin(header):
    return header(is_admin=True)


@pytest.fixture
def owner(header):
    return header(organizer=OWNER)
