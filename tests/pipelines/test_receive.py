"""Who an answer is taken to come from."""

from dataclasses import replace

import pytest

from invited.engines.embedded.engine import EmbeddedEngine
from invited.messages import CounterArrived, LetterArrived, MailArrived, RefreshArrived, ReplyArrived
from invited.pipelines import receive
from invited.settings import Settings
from tests.facts import NOW, a_mail
from tests.imip.inbound_mails import calendar, event, mail

EVENT, TOKEN = "abcdefghijklmnop", "qrstuvwxyz234567"


class Published(list):
    def publish(self, messages, delay=0):
        self.extend(messages)


@pytest.fixture
def received():
    """What a mail to rsvp@ is taken to be."""
    with EmbeddedEngine(Settings(_env_file=None), is_memory=True, now=lambda: NOW, verifier=None) as embedded:

        def receive_it(raw):
            engine = replace(embedded.ports, queue=Published(), verifier=Nobody())
            arrived = a_mail(key=engine.archive.put(raw), mailbox="rsvp", envelope_from="bob@fan.test")
            receive.handle(MailArrived(arrived), engine)
            return engine.queue

        yield receive_it


class Nobody:
    def is_authenticated(self, _mail, _raw, _address):
        return False


def itip(method, *lines):
    return mail(calendar(event(*lines), method=method), sender="desk@fan.test", method=method)


def test_sent_by_is_no_proof_of_who_sent_it(received):
    (reply,) = received(itip("REPLY", 'ATTENDEE;PARTSTAT=ACCEPTED;SENT-BY="mailto:bob@fan.test":mailto:eve@fan.test'))
    assert isinstance(reply, ReplyArrived)
    assert (reply.attendee, reply.sender) == ("eve@fan.test", "desk@fan.test")


def test_each_method_is_a_fact_of_its_own(received):
    attendee = "ATTENDEE;PARTSTAT=TENTATIVE:mailto:bob@fan.test"
    assert [type(fact) for fact in received(itip("COUNTER", attendee))] == [CounterArrived]
    assert [type(fact) for fact in received(itip("REFRESH", attendee))] == [RefreshArrived]
    new = 'ATTENDEE;PARTSTAT=TENTATIVE;TO-ALL-PROPOSED-NEW-TIME="DTSTART:20261202T080000Z":mailto:bob@fan.test'
    answer, proposal = received(itip("REPLY", new))
    assert (type(answer), type(proposal), proposal.is_beside_answer) == (ReplyArrived, CounterArrived, True)


def test_a_letter_names_the_invite_that_it_answers(received):
    head = f"From: bob@fan.test\nReferences: <x@y> <{EVENT}-{TOKEN}.3.0@invites.localhost>\nSubject: Re\n\nHi\n"
    (letter,) = received(head.encode())
    assert (type(letter), letter.event_id, letter.token) == (LetterArrived, EVENT, TOKEN)
