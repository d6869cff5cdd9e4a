"""Conversations as plain text: who mails what, and what the server then says, sends and counts.

One step a line, `#` begins a comment. People are addresses; events are called by their "Title".

    ann@club.test creates "Game" 2026-12-05 19:00-22:00 Europe/Paris [weekly 5] [as outlook] [late]
    ann@club.test moves "Game" to 2026-12-06 19:00-22:00 Europe/Paris
    ann@club.test moves "Game" of 2026-12-12 to 2026-12-13 20:00-23:00 Europe/Paris
    ann@club.test renames "Game" to "Derby"        ann@club.test repeats "Game"
    ann@club.test cancels "Game"                   ann@club.test cancels "Game" of 2026-12-12
    send "Game" to bob@fan.test, cid@fan.test
    bob@fan.test accepts "Game" [of 2026-12-12] [as google] [from robert@fan.test] [late] [saying "See you"]
    eve@other.test accepts the "Game" of bob@fan.test        (accepts | declines | may come)
    the server mails bob@fan.test: REQUEST 0 Invitation: Game      (METHOD SEQUENCE, or a notice's subject alone)
    mails about "Game" are late (or: in time)          the late mail arrives
    the server mails nobody
    counts of "Game": invitations 2, accepted 1
    dates of "Game": 2026-12-12 accepted 1          (answers to single occurrences)
    dead letters: 0
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import icalendar

from invited.admission import request_send
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.entrypoints.worker import work_off
from invited.imip import clients
from invited.imip.clients import Client
from invited.imip.itip import recurrence_id
from invited.messages import Attendee, Mail, MailArrived

ANSWERS = {"accepts": Partstat.ACCEPTED, "declines": Partstat.DECLINED, "may come": Partstat.TENTATIVE}
TIMES = r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)-(\d\d:\d\d) (\S+)"


@dataclass
class Plan:
    """An event in its organizer's own calendar."""

    uid: str
    organizer: str
    client: Client
    summary: str
    start: Moment
    end: Moment
    rrule: str
    sequence: int = 0
    last: bytes = b""
    is_late: bool = False


@dataclass
class Conversation:
    engine: object
    clock: object
    plans: dict[str, Plan] = field(default_factory=dict)
    mailboxes: dict[str, list[bytes]] = field(default_factory=dict)
    unread: list[tuple[str, bytes]] = field(default_factory=list)
    delayed: list[tuple[str, bytes, str]] = field(default_factory=list)

    def run(self, text: str) -> None:
        for number, line in enumerate(text.splitlines(), 1):
            step = line.partition("#")[0].strip()
            if step:
                try:
                    self.step(step)
                except AssertionError as wrong:
                    raise AssertionError(f"line {number}: {step}\n{wrong}") from wrong
        assert not self.unread, f"mails that nobody expected: {[self.described(*m) for m in self.unread]}"

    def step(self, step: str) -> None:
        self.clock.tick()
        for pattern, method in STEPS:
            found = re.fullmatch(pattern, step)
            if found:
                getattr(self, method)(*found.groups())
                return
        raise AssertionError("no such step")

    # What people do.

    def creates(self, organizer, title, day, begin, end, zone, count, client, late):
        rrule = f"FREQ=WEEKLY;COUNT={count}" if count else ""
        start, finish = moments(day, begin, end, zone)
        client = Client(client or "google")
        plan = Plan(f"{title}-{organizer}-origin", organizer, client, title, start, finish, rrule)
        plan.is_late = bool(late)
        self.plans[title] = plan
        self.request(plan)

    def moves(self, organizer, title, occurrence, day, begin, end, zone):
        plan = self.plans[title]
        plan.sequence += 1
        start, finish = moments(day, begin, end, zone)
        if occurrence:
            original = Moment(datetime.fromisoformat(f"{occurrence}T{plan.start.wall:%H:%M}"), plan.start.zone)
            self.request(plan, by=organizer, start=start, end=finish, rrule="", recurrence_id=original)
        else:
            plan.start, plan.end = start, finish
            self.request(plan, by=organizer)

    def renames(self, organizer, title, summary):
        plan = self.plans[summary] = self.plans[title]
        plan.summary = summary
        self.request(plan, by=organizer)

    def repeats(self, organizer, title):
        self.arrive(organizer, "create", self.plans[title].last)

    def cancels(self, organizer, title, occurrence):
        plan = self.plans[title]
        plan.sequence += 1
        which = {}
        if occurrence:
            original = Moment(datetime.fromisoformat(f"{occurrence}T{plan.start.wall:%H:%M}"), plan.start.zone)
            which = {"start": original, "end": original, "rrule": "", "recurrence_id": original}
        self.request(plan, by=organizer, method="CANCEL", **which)

    def request(self, plan, by=None, **changes):
        values = {
            "organizer": by or plan.organizer,
            "organizer_name": "Ann Organizer",
            "to": "create@invites.test",
            "uid": plan.uid,
            "summary": plan.summary,
            "start": plan.start,
            "end": plan.end,
            "rrule": plan.rrule,
            "sequence": plan.sequence,
            "now": self.clock(),
        }
        plan.last = clients.request(plan.client, **{**values, **changes})
        if plan.is_late:
            self.delayed.append((by or plan.organizer, plan.last, "create"))
        else:
            self.arrive(by or plan.organizer, "create", plan.last)

    def mails_text(self, sender, text, mailbox, head):
        extra = f"{head}\r\n" if head else ""
        raw = f"From: {sender}\r\nTo: {mailbox}@invites.test\r\nSubject: {text}\r\n{extra}\r\n{text}\r\n".encode()
        self.arrive(sender, mailbox, raw)

    def sends(self, title, addresses):
        event = self.event(title)
        request_send(self.engine.ports, event, [Attendee(a.strip()) for a in addresses.split(",")], "api")
        self.work()

    def answers(self, attendee, answer, title, options):
        self.reply(attendee, attendee, answer, title, options)

    def answers_for(self, stranger, answer, title, guest, options):
        self.reply(stranger, guest, answer, title, options)

    def reply(self, sender, guest, answer, title, options):
        words = shlex.split(options or "")
        given = dict(zip(words[::2], words[1::2], strict=False)) if "late" not in words else {}
        invite = self.held(guest, title)
        attendee = given.get("from", sender)
        _, to, raw = clients.reply(
            invite,
            Client(given.get("as", "google")),
            ANSWERS[answer],
            now=self.clock(),
            comment=given.get("saying", ""),
            attendee=attendee if attendee != guest else None,
            recurrence_id=self.occurrence(title, given["of"]) if "of" in given else None,
        )
        assert to == "rsvp@invites.test"
        if "late" in words:
            self.delayed.append((sender, raw, "rsvp"))
        else:
            self.arrive(attendee, "rsvp", raw)

    def occurrence(self, title, day):
        """The RECURRENCE-ID of the occurrence that was to start on a day."""
        start = self.event(title).head.start
        return recurrence_id(Moment(datetime.fromisoformat(f"{day}T{start.wall:%H:%M}"), start.zone))

    def dates(self, title, expected):
        event = self.event(title)
        figures = self.engine.ports.store.statistics(event.id).by_occurrence
        told = []
        for name, counts in figures.items():
            told += [f"{name[:4]}-{name[4:6]}-{name[6:8]} {what} {n}" for what, n in sorted(counts.items())]
        assert ", ".join(told) == expected

    def late_arrives(self):
        sender, raw, mailbox = self.delayed.pop(0)
        self.arrive(sender, mailbox, raw)

    def held_up(self, title, until):
        self.plans[title].is_late = until is None

    # What the server does.

    def mails(self, address, expected):
        for index, (to, raw) in enumerate(self.unread):
            if to == address:
                del self.unread[index]
                assert self.described(to, raw) == f"{address}: {expected}"
                return
        raise AssertionError(f"no mail to {address}; unread: {[self.described(*m) for m in self.unread]}")

    def mails_nobody(self):
        assert not self.unread, [self.described(*m) for m in self.unread]

    def counts(self, title, expected):
        event = self.event(title)
        figures = self.engine.ports.store.statistics(event.id)
        for pair in expected.split(","):
            name, _, number = pair.strip().rpartition(" ")
            actual = event.updates if name == "updates" else getattr(figures, name)
            assert actual == int(number), f"{name} is {actual}; {figures}"

    def events_of(self, organizer, number):
        assert len(self.engine.ports.store.events(organizer=organizer)) == int(number)

    def event_is(self, title, status, sequence):
        event = self.event(title)
        assert (event.is_cancelled, event.sequence) == (status == "cancelled", int(sequence)), event

    def dead_letters(self, number):
        dead = self.engine.queue.dead()
        assert len(dead) == int(number), [letter.error for letter in dead]

    # How it is done.

    def arrive(self, sender, mailbox, raw):
        key = self.engine.ports.archive.put(raw)
        address = f"{mailbox}@invites.test"
        mail = Mail(key, mailbox, address, "invites.test", "" if sender == "<>" else sender, self.clock())
        self.engine.ports.queue.publish([MailArrived(mail)])
        self.work()

    def work(self):
        before = {mail.id for mail in self.engine.lab.mails(limit=1000)}
        while work_off(self.engine.ports, self.engine.queue):
            pass
        fresh = [mail for mail in reversed(self.engine.lab.mails(limit=1000)) if mail.id not in before]
        for mail in fresh:
            raw = self.engine.lab.raw(mail.id)
            self.unread.append((mail.to, raw))
            self.mailboxes.setdefault(mail.to, []).append(raw)

    def event(self, title):
        plan = self.plans[title]
        event = self.engine.ports.store.event_by_origin(plan.organizer, plan.uid)
        assert event is not None, f"no event {title}"
        return event

    def held(self, guest, title):
        event = self.event(title)
        mails = [raw for raw in self.mailboxes.get(guest, []) if event.id in str(calendar(raw))]
        assert mails, f"{guest} has no invite to {title}"
        return mails[-1]

    def described(self, to, raw):
        message = message_from_bytes(raw, policy=policy.default)
        found = calendar(raw)
        if found is None:
            return f"{to}: {message['Subject']}"
        part = found.walk("VEVENT")[0]
        partstat = part["ATTENDEE"].params.get("PARTSTAT", "NEEDS-ACTION")
        asks = "" if partstat == "NEEDS-ACTION" else f" {partstat}"
        return f"{to}: {found['METHOD']} {part.get('SEQUENCE', 0)}{asks} {message['Subject']}"


def calendar(raw):
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            icalendar.use_zoneinfo()
            return icalendar.Calendar.from_ical(part.get_payload(decode=True))
    return None


def moments(day, begin, end, zone):
    start = datetime.fromisoformat(f"{day}T{begin}")
    finish = datetime.fromisoformat(f"{day}T{end}")
    return Moment(start, zone), Moment(finish + timedelta(days=finish < start), zone)


class Clock:
    """A minute passes with every step."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 9, tzinfo=UTC)

    def tick(self) -> None:
        self.time += timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.time


ADDRESS, TITLE = r"(\S+@\S+)", r'"([^"]+)"'
OPTIONS = r"((?: (?:as \w+|from \S+|of \d\S+|saying \"[^\"]*\"|late))*)"
STEPS = [
    (rf"{ADDRESS} creates {TITLE} {TIMES}(?: weekly (\d+))?(?: as (\w+))?( late)?", "creates"),
    (rf"{ADDRESS} moves {TITLE}(?: of (\S+))? to {TIMES}", "moves"),
    (rf"{ADDRESS} renames {TITLE} to {TITLE}", "renames"),
    (rf"{ADDRESS} repeats {TITLE}", "repeats"),
    (rf"{ADDRESS} cancels {TITLE}(?: of (\S+))?", "cancels"),
    (rf"(\S+) mails {TITLE} to (\w+)@(?: with (.+))?", "mails_text"),
    (rf"send {TITLE} to (.+)", "sends"),
    (rf"{ADDRESS} (accepts|declines|may come) {TITLE}{OPTIONS}", "answers"),
    (rf"{ADDRESS} (accepts|declines|may come) the {TITLE} of {ADDRESS}{OPTIONS}", "answers_for"),
    (r"the late (?:answer|mail) arrives", "late_arrives"),
    (rf"mails about {TITLE} are (?:late|in time()).*", "held_up"),
    (rf"the server mails {ADDRESS}: (.+)", "mails"),
    (r"the server mails nobody", "mails_nobody"),
    (rf"counts of {TITLE}: (.+)", "counts"),
    (rf"dates of {TITLE}: (.+)", "dates"),
    (rf"{ADDRESS} has (\d+) events?", "events_of"),
    (rf"{TITLE} is (confirmed|cancelled) at sequence (\d+)", "event_is"),
    (r"dead letters: (\d+)", "dead_letters"),
]
