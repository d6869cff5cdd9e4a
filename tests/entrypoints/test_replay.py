"""Every conversation worked out anew from its mails ends in the same answers and figures; what is spoilt is mended."""

from dataclasses import replace
from pathlib import Path

import pytest

from invited.domain.invitation import Partstat
from invited.domain.receipt import Grade
from invited.engines import open_engine
from invited.entrypoints.replay import OVERLAP, every_event, replay, told
from invited.messages import Mail, MailArrived
from invited.settings import Settings
from tests.conversations.script import Clock, Conversation, settings_of
from tests.facts import a_receipt

CONVERSATIONS = Path(__file__).parent.parent / "conversations"

ALL_KINDS = """
ann@club.test creates "Game" 2026-12-05 19:00-22:00 Europe/Paris
the server mails ann@club.test: Ready to send: Game
send "Game" to bob@fan.test, cid@fan.test, dan@fan.test
the server mails bob@fan.test: REQUEST 0 Invitation: Game
the server mails cid@fan.test: REQUEST 0 Invitation: Game
the server mails dan@fan.test: REQUEST 0 Invitation: Game
bob@fan.test accepts "Game" late
bob@fan.test declines "Game" as outlook saying "Sorry"
the late answer arrives
cid@fan.test accepts "Game" as apple
eve@other.test accepts the "Game" of bob@fan.test as outlook
ann@club.test moves "Game" to 2026-12-07 19:00-22:00 Europe/Paris
the server mails bob@fan.test: REQUEST 1 Updated: Game
the server mails cid@fan.test: REQUEST 1 Updated: Game
cid@fan.test may come "Game" as google
counts of "Game": accepted 0, declined 1, tentative 1, none 1, strangers 1
"""


class Trusting:
    """Whom DNS vouched for when the mail came."""

    def is_authenticated(self, mail, raw, address):
        return address.endswith("@fan.test")


@pytest.fixture
def told_to(tmp_path):
    """A conversation on an engine of its own, `told_to(text)`."""
    engines = []

    def start(text, inbound_auth="trust"):
        clock = Clock()
        values = {"event_limit": 3, "invitation_limit": 5, "inbound_auth": inbound_auth} | settings_of(text)
        settings = Settings(domain="invites.test", data_dir=tmp_path, **values)
        engines.append(open_engine(settings, memory=True, now=clock, verifier=Trusting()))
        conversation = Conversation(engines[-1], clock)
        conversation.run(text)
        return conversation

    yield start
    for engine in engines:
        engine.close()


def run(conversation, **options):
    warned = []
    ports = conversation.engine.ports
    found = replay(ports, list(every_event(ports.store)), warned.append, **{"is_applied": False, **options})
    assert not warned
    return found


def kept(conversation):
    """All that answers left in the store."""
    store = conversation.engine.ports.store
    whole = []
    for event in every_event(store):
        invitations = store.invitations(event.id)
        receipts = store.receipts(event.id, [i.token for i in invitations])
        jobs = [store.job(i.job) for i in invitations]
        whole.append((invitations, receipts, store.strangers(event.id), store.statistics(event.id), jobs))
    return whole


@pytest.mark.parametrize("name", sorted(path.stem for path in CONVERSATIONS.glob("*.txt")))
def test_a_conversation_replayed_counts_the_same(told_to, name):
    conversation = told_to((CONVERSATIONS / f"{name}.txt").read_text())
    before = kept(conversation)
    for comparison in run(conversation):
        assert comparison.is_same, list(told(comparison))
    # Also when nothing is believed of what is stored.
    store = conversation.engine.ports.store
    for event in every_event(store):
        store.replace_answers(event.id, [])
    run(conversation, is_applied=True)
    assert kept(conversation) == before


def test_a_replay_remembers_who_was_authenticated(told_to):
    conversation = told_to(ALL_KINDS.replace("ann@club.test", "ann@fan.test"), inbound_auth="dmarc")
    (comparison,) = run(conversation)
    assert comparison.is_same
    event = conversation.event("Game")
    receipts = conversation.engine.ports.store.receipts(
        event.id, [i.token for i in conversation.engine.ports.store.invitations(event.id)]
    )
    assert [r.grade for r in receipts] == [Grade.AUTHENTICATED] * 2


def test_what_is_spoilt_is_told_and_mended(told_to):
    conversation = told_to(ALL_KINDS)
    before, store, event = kept(conversation), conversation.engine.ports.store, conversation.event("Game")
    dan = next(i for i in store.invitations(event.id) if i.address == "dan@fan.test")
    store.record([a_receipt(event.id, dan.token, mail="from nowhere")])
    store.record([a_receipt(event.id, address="zoe@other.test", grade=Grade.FORWARDED)])
    (comparison,) = run(conversation)
    lines = list(told(comparison))
    assert lines[0].endswith("accepted 0, declined 1, tentative 1, strangers 1: DIFFERENT")
    assert "    accepted: 1 → 0" in lines
    assert "    strangers: 2 → 1" in lines
    assert lines[-1] == "    answers that differ: 2"
    assert kept(conversation) != before
    run(conversation, is_applied=True)
    assert kept(conversation) == before
    assert run(conversation)[0].is_same


def test_what_comes_meanwhile_is_not_lost(told_to):
    conversation = told_to(ALL_KINDS)
    ports, event = conversation.engine.ports, conversation.event("Game")
    ports.store.replace_answers(event.id, [])
    conversation.clock.time += 2 * OVERLAP

    class Interrupted:
        """A store in which an answer is collected just before the exchange."""

        def __getattr__(self, name):
            return getattr(ports.store, name)

        def replace_answers(self, event_id, receipts):
            conversation.run('dan@fan.test accepts "Game"\nthe server mails dan@fan.test: REQUEST 1 Updated: Game')
            ports.store.replace_answers(event_id, receipts)

    replay(replace(ports, store=Interrupted()), [event], pytest.fail, is_applied=True)
    figures = ports.store.statistics(event.id)
    assert (figures.accepted, figures.declined, figures.tentative, figures.strangers) == (1, 1, 1, 1)
    assert run(conversation)[0].is_same


def test_only_the_event_that_is_named_is_touched(told_to):
    other = ALL_KINDS.partition("\nbob@")[0].replace("Game", "Ball") + '\nbob@fan.test accepts "Ball"'
    conversation = told_to(ALL_KINDS + other)
    store, ball = conversation.engine.ports.store, conversation.event("Ball")
    for event in (conversation.event("Game"), ball):
        store.replace_answers(event.id, [])
    found = replay(conversation.engine.ports, [ball], pytest.fail, is_applied=True)
    assert [c.after["accepted"] for c in found] == [1]
    assert store.statistics(conversation.event("Game").id).declined == 0


def test_a_mail_that_cannot_be_handled_is_told_and_passed_over(told_to, monkeypatch):
    conversation = told_to(ALL_KINDS)
    ports, warned = conversation.engine.ports, []
    key = ports.archive.put(b"broken", [Mail("", "rsvp", "rsvp@invites.test", "invites.test", "", ports.now())])
    get = type(ports.archive).get
    monkeypatch.setattr(type(ports.archive), "get", lambda self, k: 1 / 0 if k == key else get(self, k))
    (comparison,) = replay(ports, [conversation.event("Game")], warned.append, is_applied=False)
    assert comparison.is_same
    assert warned == [f"mail {key} cannot be handled: ZeroDivisionError('division by zero')"]


def test_an_answer_that_was_never_collected_is_found(told_to):
    conversation = told_to(ALL_KINDS)
    ports = conversation.engine.ports
    collected = conversation.work
    conversation.work = lambda: None
    conversation.run('dan@fan.test accepts "Game"')
    (comparison,) = run(conversation)
    assert (comparison.before.get("accepted"), comparison.after["accepted"]) == (None, 1)
    conversation.work = collected
    conversation.work()
    assert ports.store.statistics(conversation.event("Game").id).accepted == 1
    assert run(conversation)[0].is_same
    assert Partstat.ACCEPTED in {i.partstat for i in ports.store.invitations(conversation.event("Game").id)}


def test_a_mail_handled_twice_counts_once(told_to):
    conversation = told_to(ALL_KINDS)
    ports = conversation.engine.ports
    ports.queue.publish([MailArrived(mail) for mail in ports.archive.mails(limit=1000) if mail.mailbox == "rsvp"])
    conversation.work()
    assert run(conversation)[0].is_same
