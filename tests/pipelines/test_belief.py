"""Who is believed: a link before anything happens, no machine answered, nobody flooded."""

import re
from email import message_from_bytes, policy

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app
from invited.engines import open_engine
from invited.entrypoints.inject import inject
from invited.entrypoints.worker import work_off
from invited.settings import Settings
from tests.conversations.script import Clock
from tests.entrypoints.test_serve import ANN, invite


class Nobody:
    """Vouches for no sender."""

    def is_authenticated(self, mail, raw, address):
        return False


class Everybody(Nobody):
    def is_authenticated(self, mail, raw, address):
        return True


@pytest.fixture
def start(tmp_path):
    opened = []

    def start(auth, verifier):
        settings = Settings(domain="invites.test", data_dir=tmp_path, inbound_auth=auth, notice_limit=3)
        opened.append(open_engine(settings, memory=True, now=Clock(), verifier=verifier()))
        return opened[-1]

    yield start
    for engine in opened:
        engine.close()


def take(engine, raw, mailbox="create"):
    inject(engine.ports, raw, mailbox)
    drain(engine)


def drain(engine):
    while work_off(engine.ports, engine.queue):
        pass


def subjects(engine, to=ANN):
    return [mail.subject for mail in engine.lab.mails(to=to)]


def path_in(engine):
    raw = engine.lab.raw(engine.lab.mails(to=ANN)[0].id)
    text = message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()
    return re.search(r"http://\S+?(/confirm/\S+)", text)[1]


@pytest.mark.parametrize("auth", ["confirm", "dmarc"])
def test_nothing_happens_before_the_organizer_says_so(start, auth):
    engine = start(auth, Nobody)
    take(engine, invite())
    assert [subject.partition(":")[0] for subject in subjects(engine)] == ["Please confirm"]
    assert engine.ports.store.events() == []
    browser = TestClient(create_app(engine.ports, lab=None, mail_in=None))
    path = path_in(engine)
    assert browser.get(path).status_code == 200
    drain(engine)
    assert engine.ports.store.events() == []
    assert browser.post(path.replace("/confirm/", "/confirm/x")).status_code == 403
    assert browser.post(path).status_code == 200
    drain(engine)
    (event,) = engine.ports.store.events()
    assert event.organizer == ANN
    assert subjects(engine)[0] == "Ready to send: Game night"
    browser.post(path)
    drain(engine)
    assert len(engine.ports.store.events()) == 1


def test_an_unproven_cancel_waits_for_the_organizer(start):
    engine = start("confirm", Nobody)
    take(engine, invite())
    browser = TestClient(create_app(engine.ports, lab=None, mail_in=None))
    browser.post(path_in(engine))
    drain(engine)
    take(engine, invite(method="CANCEL", sequence=1))
    assert not engine.ports.store.events()[0].is_cancelled
    browser.post(path_in(engine))
    drain(engine)
    assert engine.ports.store.events()[0].is_cancelled


def test_a_proven_sender_is_not_asked(start):
    engine = start("dmarc", Everybody)
    take(engine, invite())
    assert subjects(engine) == ["Ready to send: Game night"]


def test_one_address_gets_only_so_many_refusals(start):
    engine = start("trust", Nobody)
    for number in range(6):
        take(engine, f"From: {ANN}\r\nSubject: Hello {number}\r\n\r\nHi\r\n".encode())
    assert len(subjects(engine)) == 3
    take(engine, b"From: bob@fan.test\r\nSubject: Hello\r\n\r\nHi\r\n")
    assert subjects(engine, "bob@fan.test") == ["Not done: Hello"]


def test_mail_that_goes_round_in_circles_is_not_answered(start):
    engine = start("trust", Nobody)
    take(engine, b"Received: from here\r\n" * 101 + b"From: ann@club.test\r\nSubject: Hello\r\n\r\nHi\r\n")
    assert subjects(engine) == []


def test_our_own_invite_is_no_submission(start):
    engine = start("trust", Nobody)
    ours = f"{'a' * 16}-{'b' * 16}@invites.test"
    take(engine, invite(uid=ours))
    assert [subject.partition(":")[0] for subject in subjects(engine)] == ["Not done"]
    assert engine.ports.store.events() == []
