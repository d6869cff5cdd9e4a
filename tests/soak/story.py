"""A server's whole life under kills without warning: create, send, answer, move, call off; and the books at the end.

Three things are kept beside the server and held against it: which mails it accepted (250), what reached the relay, and
which processes were killed when. Everything is drawn from one seed; only the machine's own timing is not.
"""

import base64
import math
import os
import random
import re
import signal
import smtplib
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.engines import open_engine
from invited.entrypoints.replay import every_event, replay, told
from invited.imip import clients
from invited.imip.clients import Client
from invited.settings import Settings
from tests.entrypoints.server import Server
from tests.entrypoints.test_serve import children
from tests.sink import Sink

ANN = "ann@club.test"
START = Moment(datetime(2027, 1, 9, 19), "Europe/Paris")
ANSWERS = (Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE)

WORKERS = 2
CONNECTIONS = 4
"""To the relay, of each worker process."""

NAMED, ADDRESSED = "t0k3n-of-the-guest", "somebody@fan.test"
"""What stands in the pattern of an answer for the UID and for the guest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail that reached the relay: `kills` counts those until then, `opened` those until its connection was made."""

    to: str
    uid: str
    method: str
    sequence: int
    message_id: str
    kills: int
    opened: int


class Wire(Sink):
    """The relay. It keeps of each invite what tells it from others, and not the mail; and it answers no more invites
    than `allow` says, so that there is always something on its way when somebody is killed.
    """

    def __init__(self):
        super().__init__(extensions=["PIPELINING", "8BITMIME", "SMTPUTF8"])
        self.kills = 0
        self.seen = []
        self.mails = _Reader(self)
        self._taken, self._allowed = set(), math.inf
        self._more = threading.Condition()
        self.here = threading.local()
        """Of the connection whose thread asks."""

    def joined(self, connection):
        """A client came."""
        self.here.opened = self.kills
        super().joined(connection)

    @property
    def open(self):
        """Connections at this moment."""
        with self._lock:
            return len(self._open)

    def allow(self, count):
        """Answer so many more, repeats aside; inf for all that come."""
        with self._more:
            self._allowed = len(self._taken) + count
            self._more.notify_all()

    @property
    def is_full(self):
        """Whether all that is allowed was taken."""
        with self._more:
            return len(self._taken) >= self._allowed

    def answer(self, verb, text, usual):
        if verb == "." and "@fan" in text:
            with self._more:
                self._more.wait_for(lambda: len(self._taken) < self._allowed)
        return super().answer(verb, text, usual)

    def took(self, seen):
        """Remember it."""
        with self._more:
            self._taken.add((seen.uid, seen.method, seen.sequence))
            self.seen.append(seen)


class _Reader:
    """In the place of a list of mails."""

    def __init__(self, wire):
        self._wire = wire

    def append(self, mail):
        if not mail.sender:
            return
        calendar = base64.b64decode(
            mail.raw.partition(b"text/calendar")[2].partition(b"\r\n\r\n")[2].partition(b"--")[0]
        )
        calendar = calendar.replace(b"\r\n ", b"").decode()
        found = {name: _first(rf"^{name}:(.*?)\r?$", calendar) for name in ("METHOD", "UID", "SEQUENCE")}
        message_id = _first(r"^Message-ID:\s*(\S+)", mail.raw.partition(b"\r\n\r\n")[0].decode())
        sequence = int(found["SEQUENCE"] or 0)
        when = self._wire.kills, self._wire.here.opened
        seen = Seen(mail.to[0], found["UID"], found["METHOD"], sequence, message_id, *when)
        self._wire.took(seen)


def _first(pattern, text):
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


class Story:
    """`guests` in all, `kills` in all, spread over what happens; `say` is told how it goes."""

    def __init__(self, folder: Path, wire: Wire, *, guests: int, kills: int, seed: int, say=lambda _: None):
        self.chance = random.Random(seed)
        self.wire, self.say = wire, say
        self.guests = [f"g{n}@fan{n % 7}.test" for n in range(guests)]
        self.quota = kills
        self.folder = folder
        self.server = Server(
            folder,
            relay=wire.url,
            public_url="https://invites.test",
            relay_connections=str(CONNECTIONS),
            approval_threshold="1000000",
            update_audience="responders",
            retry_seconds="0.1",
            digest_hour="-1",
            pause_bounce_rate="0",
        )
        self.killed = Counter()
        self.on_the_wire = []
        self.accepted = Counter()
        self.answered = {}
        self.copies = {}
        self.read = 0

    # The story.

    def play(self):
        """All of it; raises AssertionError where something is lost, doubled or counted wrongly."""
        self.start()
        self.server.key = self.server.command("keys", "create", "--admin").stdout.strip()
        share = self.quota // 10
        try:
            self.say("create")
            others = 5 + self.quota // 4
            self.under_kills(share, lambda: len(self.events()), others, lambda: self.create(others))
            event = next(found for found in self.events() if found["subject"] == "Event 0")
            self.say("send")
            everybody = len(self.guests)
            sent = lambda: self.reached("REQUEST", 0)  # noqa: E731
            self.under_kills(4 * share, sent, everybody, lambda: self.invite(event), is_held=True)
            self.until(lambda: self.count(event, "sent") == everybody, "all to be remembered")
            self.say("answer")
            answering = self.guests[: len(self.guests) // 10]
            self.under_kills(3 * share, self.answers_given, len(answering), lambda: self.answer(answering, 0))
            self.until(lambda: self.is_counted(event), "the answers to be counted")
            self.say("move")
            moved = lambda: self.reached("REQUEST", 1)  # noqa: E731
            self.under_kills(share, moved, len(self.answered), lambda: self.change(1), is_held=True)
            self.answered.clear()
            again = answering[::2]
            self.under_kills(0, self.answers_given, len(again), lambda: self.answer(again, 1))
            self.say("call off")
            gone = lambda: self.reached("CANCEL", 2)  # noqa: E731
            rest = self.quota - sum(self.killed.values())
            self.under_kills(rest, gone, len(answering), lambda: self.change(2, method="CANCEL"), is_held=True)
            self.until(lambda: self.is_done(event), "the last mails to be remembered")
        finally:
            self.server.process.poll() is None and self.server.stop()
        return self.books()

    def create(self, count):
        for number in range(count):
            self.mail(ANN, "create", self.invitation(number, 0))

    def invite(self, event):
        rows = "\n".join(["email", *self.guests])
        self.ask(f"/api/v1/events/{event['id']}/lists", rows.encode(), {"Idempotency-Key": "the-list"})

    def answer(self, guests, sequence):
        """Some change their mind, twice; a later answer has a later DTSTAMP."""
        order = [*guests, *self.chance.sample(guests, len(guests) // 3), *self.chance.sample(guests, len(guests) // 5)]
        raw = self.pattern(sequence)
        for number, guest in enumerate(order):
            uid = self.until(lambda guest=guest: self.copy(guest), f"the invite of {guest}")
            partstat = self.chance.choice(ANSWERS)
            stamp = (datetime(2026, 12, 1, tzinfo=UTC) + timedelta(seconds=number)).strftime("%Y%m%dT%H%M%SZ")
            mail = raw.replace(NAMED, uid).replace(ADDRESSED, guest).replace("ACCEPTED", partstat.value)
            mail = re.sub(r"DTSTAMP:\w+", f"DTSTAMP:{stamp}", mail)
            self.mail(guest, "rsvp", mail.encode())
            self.answered[guest] = partstat

    def change(self, sequence, method="REQUEST"):
        self.mail(ANN, "create", self.invitation(0, sequence, method))

    # What it needs.

    def invitation(self, number, sequence, method="REQUEST"):
        start = START.plus(timedelta(days=sequence))
        return clients.request(
            Client.GOOGLE,
            organizer=ANN,
            organizer_name="Ann",
            to="create@invites.test",
            uid=f"uid-{number}",
            summary=f"Event {number}",
            start=start,
            end=start.plus(timedelta(hours=3)),
            sequence=sequence,
            now=datetime.now(UTC),
            method=method,
        )

    def pattern(self, sequence):
        """An answer as Apple's calendar writes it; plain text, so that it can be filled in."""
        return (
            f"From: {ADDRESSED}\r\nTo: rsvp@invites.test\r\nSubject: Answer\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n"
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//macOS 15.0//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
            f"UID:{NAMED}\r\nSEQUENCE:{sequence}\r\nDTSTAMP:20261201T000000Z\r\nDTSTART:20270109T180000Z\r\n"
            f"ORGANIZER:mailto:rsvp@invites.test\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{ADDRESSED}\r\n"
            "END:VEVENT\r\nEND:VCALENDAR\r\n"
        )

    def mail(self, sender, mailbox, raw):
        """Until it is accepted, as mail servers do."""

        def is_taken():
            try:
                self.server.mail(sender, mailbox, raw)
            except (OSError, smtplib.SMTPException):
                return False
            return True

        self.until(is_taken, "the door")
        self.accepted[mailbox] += 1

    def ask(self, path, body, headers):
        """Until it is answered, as programs do: the same request with the same key."""

        def is_answered():
            asked = {"Authorization": f"Bearer {self.server.key}", "Content-Type": "text/csv", **headers}
            request = urllib.request.Request(self.server.url + path, data=body, headers=asked, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=30):
                    return True
            except urllib.error.HTTPError as error:
                assert error.code in (409, 503), error.read()
            except OSError:
                pass
            return False

        self.until(is_answered, path)

    def events(self):
        with suppress(OSError):
            return self.server.get("/api/v1/domain/events?limit=200")["events"]
        return []

    def count(self, event, what):
        with suppress(OSError):
            return self.server.get(f"/api/v1/events/{event['id']}/statistics")[what]
        return 0

    def is_counted(self, event):
        expected = Counter(partstat.value.lower() for partstat in self.answered.values())
        with suppress(OSError):
            found = self.server.get(f"/api/v1/events/{event['id']}/statistics")["receipts"]
            return all(found[name] == expected[name] for name in ("accepted", "declined", "tentative"))
        return False

    def is_done(self, event):
        with suppress(OSError):
            return self.server.get(f"/api/v1/events/{event['id']}/statistics")["queued"] == 0
        return False

    def answers_given(self):
        return len(self.answered)

    def copy(self, guest):
        """The UID in this guest's invite, once it is out."""
        for seen in self.wire.seen[self.read :]:
            self.copies.setdefault(seen.to, seen.uid)
            self.read += 1
        return self.copies.get(guest)

    def reached(self, method, sequence):
        return len({seen.to for seen in list(self.wire.seen) if (seen.method, seen.sequence) == (method, sequence)})

    def until(self, look, what):
        return self.server.until(look, what)

    # Kills.

    def under_kills(self, kills, progress, goal, work, *, is_held=False):
        """Do `work` in a thread, until `progress` reaches `goal`; kill each time that some more of it is done.

        `is_held`: the relay answers no more invites than are due until the next kill, while more are on their way.
        """
        faults = []

        def worked():
            try:
                work()
            except BaseException as fault:  # noqa: BLE001 - told below
                faults.append(fault)

        worker = threading.Thread(target=worked)
        worker.start()
        for left in range(kills, 0, -1):
            now = progress()
            mark = now + self.chance.randrange(max(1, 2 * (goal - now) // (left + 1)))
            if is_held:
                self.wire.allow(max(1, mark - now))
            self.watch(lambda mark=mark: goal if faults else self.nudged(progress, mark), mark)
            self.kill()
        self.wire.allow(math.inf)
        self.watch(lambda: goal if faults else progress(), goal)
        worker.join()
        if faults:
            raise faults[0]

    def watch(self, progress, goal):
        """Until it is there; something must go on all the time."""
        now = progress()
        while now < goal:
            before = now
            self.until(lambda before=before: progress() > before, f"more than {before} of {goal}")
            now = progress()

    def nudged(self, progress, mark):
        """How far it is; where the relay took something else meanwhile, it takes one more."""
        now = progress()
        if now < mark and self.wire.is_full:
            self.wire.allow(1)
        return now

    def kill(self):
        """One process, or all of them at once."""
        whom = self.chance.choices(["a worker", "the server", "all"], [6, 1, 1])[0]
        workers = [int(pid) for pid in children(self.server.process.pid)]
        self.wire.kills += 1
        self.on_the_wire.append(self.wire.open)
        self.killed[whom] += 1
        self.say(f"  kill {self.wire.kills}: {whom}")
        if whom == "a worker":
            if workers:
                _end(self.chance.choice(sorted(workers)))
            return
        self.server.process.kill()
        # Its workers finish what they have in hand before another server may begin.
        self.wire.allow(math.inf)
        if whom == "all":
            for pid in workers:
                _end(pid)
        self.server.process.wait()
        self.start()

    def start(self):
        """The workers of a server that was killed hold its folder until what they have in hand is done."""

        def is_started():
            with suppress(AssertionError):
                self.server.start("--workers", str(WORKERS))
                return True
            return False

        self.until(is_started, "the folder")

    # The books.

    def books(self):
        """Hold everything against everything; the figures."""
        settings = Settings(domain="invites.test", data_dir=self.folder, _env_file=None)
        with open_engine(settings) as engine:
            ports = engine.ports
            assert ports.dead_letters.page() == []
            for comparison in replay(ports, list(every_event(ports.store)), self.say, is_applied=False):
                assert comparison.is_same, list(told(comparison))
            events = list(every_event(ports.store))
            assert len({event.origin_uid for event in events}) == len(events) == 5 + self.quota // 4
            (event,) = (event for event in events if event.head.summary == "Event 0")
            assert event.is_cancelled
            self.hold_rows(ports.store, event)
        return self.hold_wire(event)

    def hold_rows(self, store, event):
        """The kept counters are what the rows say, and the last answer that was accepted from each is there."""
        figures = store.statistics(event.id)
        rows, after = [], ""
        while page := store.invitations(event.id, after=after, limit=1000):
            after = page[-1].token
            rows += page
        assert sorted(row.address for row in rows) == sorted(self.guests)
        states = Counter(row.state.value for row in rows)
        assert states == Counter(sent=len(self.guests)), states
        assert (figures.invitations, figures.sent, figures.queued) == (len(rows), len(rows), 0)
        answers = {}
        for start in range(0, len(rows), 500):
            part = rows[start : start + 500]
            for receipt in store.receipts(event.id, [row.token for row in part]):
                answers[receipt.address] = receipt
        found = {guest: answers[guest].partstat for guest in self.answered}
        assert found == self.answered
        counted = Counter(receipt.partstat for receipt in answers.values())
        assert (figures.accepted, figures.declined, figures.tentative) == tuple(counted[one] for one in ANSWERS)

    def hold_wire(self, event):
        """Everybody got it, nobody another's, and what came twice was on its way at a kill."""
        seen = [mail for mail in self.wire.seen if mail.uid.startswith(event.id)]
        uids = {}
        for mail in seen:
            assert uids.setdefault(mail.to, mail.uid) == mail.uid
        assert len(set(uids.values())) == len(uids)
        assert {mail.to for mail in seen if (mail.method, mail.sequence) == ("REQUEST", 0)} == set(self.guests)
        copies = {}
        for mail in seen:
            copies.setdefault((mail.uid, mail.method, mail.sequence), []).append(mail)
        for sent in copies.values():
            assert len({mail.message_id for mail in sent}) == 1, "a repeat is the same mail"
        repeats = Counter(mail.kills for sent in copies.values() for mail in sent[1:])
        pairs = [(earlier, later) for sent in copies.values() for earlier, later in pairwise(sent)]
        assert all(later.kills > earlier.opened for earlier, later in pairs), "a repeat without a kill"
        return {
            "kills": dict(self.killed),
            "accepted mails": dict(self.accepted),
            "mails on the wire": len(seen),
            "repeats": sum(repeats.values()),
            "most connections at a kill": max(self.on_the_wire),
            "kills that made repeats": len(repeats),
            "most repeats of one kill": max(repeats.values(), default=0),
        }


def _end(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
