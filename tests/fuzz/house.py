"""What must hold of the whole server in memory, whatever mail or request comes: nothing crashes, and nobody but those
concerned is written to."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import httpx2
from starlette.testclient import TestClient

from invited.admission import request_send
from invited.api.app import create_app
from invited.credentials import attendee_path, event_link, new_key, own_link, unsubscribe_link
from invited.domain.principal import ALL
from invited.engines.embedded.engine import EmbeddedEngine
from invited.entrypoints.worker import work_off
from invited.messages import Attendee, Mail, MailArrived
from invited.settings import Settings
from tests.facts import an_event, an_invitation

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ORGANIZER, GUEST, ENVELOPE = "ann@club.example", "bob@fans.example", "envelope@club.example"
MAILBOXES = ("create", "rsvp", "list", "report")
EVENT = "abcdefghij234567"


class Nobody:
    """Vouches for nobody."""

    def is_authenticated(self, mail, raw, address):
        return False


def _opened(**settings):
    # The folder is never made: the engine is in memory.
    given = Settings(
        domain="invites.example", data_dir="/nonexistent", inbound_auth="trust", _env_file=None, **settings
    )
    return EmbeddedEngine(given, is_memory=True, now=lambda: NOW, verifier=Nobody())


def _work(engine):
    for _ in range(200):
        if not work_off(engine.ports, engine.queue):
            break
    else:
        raise AssertionError("there is no end to it")
    dead = engine.ports.dead_letters.page()
    assert not dead, dead[0].error


def a_mail_in(raw):
    """Any mail to any mailbox of a server with an event: no dead letter, and what became an event can be sent."""
    with _opened() as engine:
        store = engine.ports.store
        event = an_event(id=EVENT, domain="invites.example", organizer=ORGANIZER)
        store.add_event(event, 10)
        store.admit(EVENT, [an_invitation(EVENT, "t0k3nt0k3nt0k3nt", address=GUEST)], 10)
        for mailbox in MAILBOXES:
            mail = Mail("", mailbox, f"{mailbox}@invites.example", "invites.example", ENVELOPE, NOW)
            key = engine.archive.put(raw, [mail])
            engine.queue.publish([MailArrived(replace(mail, key=key))])
        _work(engine)
        for found in store.events(limit=50):
            if not found.is_cancelled:
                request_send(engine.ports, found, [Attendee("cid@fans.example", "Cid")], "api")
        _work(engine)
        for mail in engine.lab.mails(limit=200):
            _must_be_clean(engine.lab.raw(mail.id))


def _must_be_clean(raw):
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert head.isascii()
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert len(names) == len(set(names)), names


class World:
    """A server that is asked over and over; made anew now and then, as what is asked changes it."""

    LIFE = 500

    def __init__(self):
        self.engine = _opened(public_pressure=10)
        ports = self.engine.ports
        event = an_event(id=EVENT, domain="invites.example", organizer=ORGANIZER)
        ports.store.add_event(event, 10)
        ports.store.admit(EVENT, [an_invitation(EVENT, "t0k3nt0k3nt0k3nt", address=GUEST)], 10)
        key, self.key = new_key(True, None, NOW, scopes=ALL)
        ports.store.add_key(key)
        links = (
            attendee_path(ports, EVENT, "t0k3nt0k3nt0k3nt"),
            unsubscribe_link(ports, EVENT, "t0k3nt0k3nt0k3nt"),
            event_link(ports, EVENT),
            own_link(ports, EVENT, GUEST),
        )
        self.links = [re.sub(r"^https?://[^/]+", "", link) for link in links]
        self.asked = 0
        app = create_app(ports, lab=self.engine.lab, mail_in=lambda *_: None)
        self.client = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=True)


_worlds = []


def world():
    """The present one."""
    if not _worlds or _worlds[0].asked >= World.LIFE:
        if _worlds:
            _worlds.pop().engine.close()
        _worlds.append(World())
    _worlds[0].asked += 1
    return _worlds[0]


def a_request(raw):
    """Any request, with an admin's key or without, is answered, and never by an error of the server.

    The first line is the method and the path, where $0 to $3 stand for links that open something; the body follows an
    empty line, the headers stand between.
    """
    head, _, body = raw.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, path = first.partition(" ")
    here = world()
    for number, link in enumerate(here.links):
        path = path.replace(f"${number}", link)
    path = "/" + "".join(c for c in path if "!" <= c <= "~" and c != "#").lstrip("/")
    headers = {"Authorization": f"Bearer {here.key}"} if method.islower() else {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon and re.fullmatch(r"[A-Za-z0-9-]+", name) and value.isprintable() and name.lower() not in FRAMING:
            headers[name] = value.strip()
    if "live" in unquote(path):
        return  # such a stream ends after a quarter of an hour
    here.client.cookies.clear()
    try:
        answer = here.client.request(
            method.upper() or "GET", path, content=body, headers=headers, follow_redirects=False
        )
    except (httpx2.InvalidURL, UnicodeError):
        return
    assert answer.status_code < 500, answer.text
    for name, value in answer.headers.items():
        assert "\r" not in name + value
        assert "\n" not in name + value


FRAMING = {"host", "content-length", "transfer-encoding", "connection"}
