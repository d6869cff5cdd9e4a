"""Two servers that invite each other, refuse each other and write to each other: it ends, and soon."""

from dataclasses import replace

import pytest

from invited.admission import request_send
from invited.domain.mailboxes import Foreign, NoMailbox, mailbox
from invited.engines import open_engine
from invited.entrypoints.worker import work_off
from invited.imip import clients
from invited.imip.clients import Client
from invited.messages import Attendee, Mail, MailArrived
from invited.ports import Sent
from invited.settings import Settings
from tests.entrypoints.test_serve import START
from tests.facts import Clock

MAILBOXES = ("create", "rsvp", "list", "report")
ENOUGH = 100
"""Mails between the two, far more than any of these stories has reason for."""


class Pair:
    """Two servers in memory, each the other's world: what one sends to the other's domain comes in there."""

    def __init__(self, folder, auth):
        self.clock, self.engines, self.travelled = Clock(), {}, []
        for domain in ("one.test", "two.test"):
            settings = Settings(domain=domain, data_dir=folder, inbound_auth=auth, digest_hour=-1, _env_file=None)
            engine = open_engine(settings, memory=True, now=self.clock)
            self.engines[domain] = engine, replace(engine.ports, outbox=self)

    def close(self):
        for engine, _ in self.engines.values():
            engine.close()

    def send(self, letters):
        for letter in letters:
            self.deliver(letter.envelope_from, letter.to, letter.raw)
        return [Sent() for _ in letters]

    def deliver(self, sender, to, raw):
        """To whichever of them takes it; what neither takes is somebody else's."""
        for domain, (engine, ports) in self.engines.items():
            try:
                found = mailbox(to, (domain,))
            except (Foreign, NoMailbox):
                continue
            self.travelled.append((sender, to))
            assert len(self.travelled) < ENOUGH, self.travelled[-10:]
            mail = Mail("", found.name, to, domain, sender, self.clock())
            key = ports.archive.put(raw, [mail])
            engine.queue.publish([MailArrived(replace(mail, key=key))])

    def drain(self):
        while any(work_off(ports, engine.queue) for engine, ports in self.engines.values()):
            pass
        for _, ports in self.engines.values():
            assert ports.dead_letters.page() == []

    def events(self, domain):
        return self.engines[domain][1].store.events(limit=100)

    def invite(self, domain, *addresses):
        """Every event of one of them, to these."""
        _, ports = self.engines[domain]
        for event in self.events(domain):
            if not event.is_cancelled:
                request_send(ports, event, [Attendee(address) for address in addresses], "api")
        self.drain()

    def organize(self, sequence, method="REQUEST"):
        raw = clients.request(
            Client.GOOGLE,
            organizer="ann@club.test",
            organizer_name="Ann",
            to="create@one.test",
            uid="uid-1",
            summary="Game",
            start=START,
            end=START,
            sequence=sequence,
            now=self.clock(),
            method=method,
        )
        self.deliver("ann@club.test", "create@one.test", raw)
        self.drain()


@pytest.fixture(params=["trust", "confirm"])
def pair(request, tmp_path):
    pair = Pair(tmp_path, request.param)
    yield pair
    pair.close()


def test_servers_that_invite_each_other_come_to_rest(pair):
    pair.organize(0)
    for _ in range(3):
        pair.invite("one.test", *(f"{name}@two.test" for name in MAILBOXES))
        pair.invite("two.test", *(f"{name}@one.test" for name in MAILBOXES))
    pair.organize(1)
    pair.organize(2, method="CANCEL")
    before = len(pair.travelled)
    pair.clock.advance(86_400)
    pair.drain()
    assert len(pair.travelled) == before


@pytest.mark.parametrize("box", MAILBOXES)
@pytest.mark.parametrize("sender", ["rsvp@one.test", "create@one.test", "list@one.test", "nobody@one.test", ""])
def test_a_letter_in_the_name_of_the_other_server_is_not_thrown_to_and_fro(pair, sender, box):
    pair.organize(0)
    pair.invite("one.test", "create@two.test", "rsvp@two.test")
    before = len(pair.travelled)
    raw = f"From: {sender or 'x@one.test'}\r\nTo: {box}@two.test\r\nSubject: Hello\r\n\r\nAre you there?\r\n"
    pair.deliver(sender, f"{box}@two.test", raw.encode())
    pair.drain()
    assert len(pair.travelled) - before <= 3


def test_an_answer_in_words_to_the_other_server_comes_to_rest(tmp_path):
    """The organizer of the copy is the other server, to whose mailbox the words of its guests go on."""
    pair = Pair(tmp_path, "trust")
    pair.organize(0)
    pair.invite("one.test", "create@two.test")
    pair.invite("two.test", "bob@fans.test", "create@one.test")
    assert {event.organizer for event in pair.events("two.test")} == {"rsvp@one.test"}
    assert {event.organizer for event in pair.events("one.test")} == {"ann@club.test", "rsvp@two.test"}
    for domain in pair.engines:
        for event in pair.events(domain):
            for invitation in pair.engines[domain][1].store.invitations(event.id):
                before = len(pair.travelled)
                pair.deliver(invitation.address, f"rsvp@{domain}", letter(event, invitation, domain))
                pair.drain()
                assert len(pair.travelled) - before <= 3
    pair.close()


def letter(event, invitation, domain):
    return (
        f"From: {invitation.address}\r\nTo: rsvp@{domain}\r\nSubject: Re: Game\r\n"
        f"In-Reply-To: <{event.id}-{invitation.token}.0.0@{domain}>\r\n\r\nMay I bring my dog?\r\n"
    ).encode()


def test_nobody_is_told_of_mail_whose_sender_may_be_made_up(pair):
    """Backscatter: the null sender, automatic mail and lists are never answered, whatever is wrong with them."""
    for head in ("Auto-Submitted: auto-replied", "List-Id: <x.y>", "Precedence: bulk"):
        raw = f"From: victim@two.test\r\nSubject: x\r\n{head}\r\n\r\nNo invite.\r\n"
        for box in MAILBOXES:
            pair.deliver("victim@two.test", f"{box}@one.test", raw.encode())
    for box in MAILBOXES:
        pair.deliver("", f"{box}@one.test", b"From: create@two.test\r\nSubject: x\r\n\r\nNo invite.\r\n")
    before = len(pair.travelled)
    pair.drain()
    assert len(pair.travelled) == before
