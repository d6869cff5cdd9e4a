"""Conversations as plain text: who mails what, and what the server then says, sends and counts.

One step a line, `#` begins a comment. People are addresses; events are called by their "Title".

    ann@club.test creates "Game" 2026-12-05 19:00-22:00 Europe/Paris [weekly 5] [as outlook] [late] [with plan.pdf 900]
    ann@club.test moves "Game" to 2026-12-06 19:00-22:00 Europe/Paris
    ann@club.test moves "Game" of 2026-12-12 to 2026-12-13 20:00-23:00 Europe/Paris
    ann@club.test renames "Game" to "Derby"        ann@club.test repeats "Game"
    ann@club.test cancels "Game"                   ann@club.test cancels "Game" of 2026-12-12
    ann@club.test cancels "Game" saying "Rained out" by API
    (each of these may end with `by API`, for what a program of the organizer's asks for)
    send "Game" to bob@fan.test, cid@fan.test
    (as google, outlook, apple; or as winmail, where all stands in Outlook's winmail.dat)
    bob@fan.test accepts "Game" [of 2026-12-12] [as google] [from robert@fan.test] [late] [saying "See you"]
    eve@other.test accepts the "Game" of bob@fan.test        (accepts | declines | may come)
    the invite of bob@fan.test to "Game" comes back as qmail: 550 5.1.1 No such user      (as any NOTIFICATIONS)
    the copy of bob@fan.test of "Game" is bounced            bob@fan.test may [not] be mailed
    ann@club.test mails a list for "Game" (csv | txt | xlsx) [naming it in the subject]:
        name;email
        Bob;bob@fan.test
    ann@club.test uploads a list for "Game":                         (by API, with the origin `mail-list`)
        name;email
    ann@club.test asks for the report of "Game" [naming it in the subject | by API]
    the mail to ann@club.test says: Added 1
    the mail to ann@club.test has attached: dan@fan.test          (or: has attached a line: dan@fan.test,)
    ann@club.test confirms
    the server mails bob@fan.test: REQUEST 0 Invitation: Game      (METHOD SEQUENCE, or a notice's subject alone)
    bob@fan.test unsubscribes by "Game" [from everything]
    ann@club.test takes "Game" back from bob@fan.test        ann@club.test reminds bob@fan.test of "Game"      (by API)
    bob@fan.test says yes to "Game" on the web [of 2026-12-12] [saying "See you"]      (by the link in the invite)
    somebody says no to "Game" by the invite of bob@fan.test            (the same: the link was passed on)
    bob@fan.test says yes to "Game" on their own page           (by the newest link mailed to bob alone)
    bob@fan.test asks for their own page of "Game"          bob@fan.test stops the mail on their own page
    bob@fan.test proposes 2026-12-05 20:00-23:00 Europe/Paris for "Game" [as google] [of bob@fan.test] [saying "Later"]
    bob@fan.test delegates "Game" to eve@other.test        bob@fan.test asks for "Game" again
    bob@fan.test writes about "Game": "May I bring my dog?" [with Auto-Submitted: auto-replied]
    "Game" accepts | asks about | refuses strangers
    bob@fan.test asks on the page of "Game" [by link:mailchimp] [as "Bob"]        the page says: Look into your inbox
    bob@fan.test says yes | no to the question      (by the link in his last mail)
    "Game" is closed to the public | open to the public | asking everybody first
    ann@club.test lets eve@other.test come | ann@club.test turns eve@other.test away      (by the link in her last mail)
    an admin suspends ann@club.test: Many guests complained.        an admin readmits ann@club.test
    an admin allows ann@club.test: event_limit 1, invitation_limit 1, may_send_lists no
    it is 07:00
    it says "text"        it does not say "text"        (the mail that was told of last)
    proposals for "Game": bob@fan.test 2026-12-05T19:00:00Z
    mails about "Game" are late (or: in time)          the late mail arrives
    the server mails nobody
    counts of "Game": invitations 2, accepted 1
    of "Game" was accepted, now: accepted 1, silent 2
    dates of "Game": 2026-12-12 accepted 1          (answers to single occurrences)
    answers of bob@fan.test to "Game": yes (web) See you        (each with its grade and note)
    dead letters: 0
    a webhook of ann@club.test hears all (or kinds of facts, by commas; of "the domain")
    the webhook was told: invitation.added 2, invitation.sent 2      (facts of each kind, in order, since last asked)

A change that waits is decided on by the newest link in its organizer's mails, or by an older one:

    ann@club.test approves | quiets | discards "Game" [by link 1]
    the change of "Game" is pending | applied | quiet | discarded | expired | superseded [for link 1]
    72 hours pass

A first line such as `settings: approval_threshold 2` sets what the server does otherwise.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

import icalendar
from starlette.testclient import TestClient

from invited.admission import request_send
from invited.api.app import create_app
from invited.credentials import approval_named, confirmed, new_key, stranger_of
from invited.domain.addresses import token
from invited.domain.approval import Choice
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.domain.principal import Scope
from invited.entrypoints.worker import work_off
from invited.hooks import new_hook
from invited.imip import clients
from invited.imip.clients import Client
from invited.imip.itip import recurrence_id
from invited.messages import ApprovalGiven, Attendee, Mail, MailArrived, StrangerAccepted, StrangerRefused
from invited.wording import ANSWER_NAMES
from tests.conversations import attendees
from tests.conversations.receiver import Receiver
from tests.conversations.returned_mails import NOTIFICATIONS
from tests.imip import winmail_mails

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
    files: list[tuple[str, str]] = field(default_factory=list)
    is_late: bool = False


@dataclass
class Conversation:
    engine: object
    clock: object
    plans: dict[str, Plan] = field(default_factory=dict)
    mailboxes: dict[str, list[bytes]] = field(default_factory=dict)
    unread: list[tuple[str, bytes]] = field(default_factory=list)
    delayed: list[tuple[str, bytes, str]] = field(default_factory=list)
    last: bytes = b""
    receiver: Receiver | None = None
    page: str = ""
    status: int = 0

    def run(self, text: str) -> None:
        for number, step in steps(text):
            try:
                self.step(step)
            except AssertionError as wrong:
                raise AssertionError(f"line {number}: {step}\n{wrong}") from wrong
        assert not self.unread, f"mails that nobody expected: {[self.described(*m) for m in self.unread]}"

    def step(self, step: str) -> None:
        self.clock.tick()
        for pattern, method in STEPS:
            found = re.fullmatch(pattern, step, re.DOTALL)
            if found:
                getattr(self, method)(*found.groups())
                return
        raise AssertionError("no such step")

    # What people do.

    def creates(self, organizer, title, day, begin, end, zone, count, client, late, files, by_api):
        rrule = f"FREQ=WEEKLY;COUNT={count}" if count else ""
        start, finish = moments(day, begin, end, zone)
        client = "winmail" if client == "winmail" else Client(client or "google")
        plan = Plan(f"{title}-{organizer}-origin", organizer, client, title, start, finish, rrule)
        plan.files = [tuple(file.split()) for file in (files or "").split(", ") if file]
        plan.is_late = bool(late)
        self.plans[title] = plan
        if by_api:
            rules = {"recurrence": {"rules": [rrule]}} if rrule else {}
            named = {"uid": plan.uid, "organizer": {"name": "Ann Organizer"}}
            self.asks_api(organizer, "POST", "events", spoken(plan) | rules | named)
        else:
            self.request(plan)

    def moves(self, organizer, title, occurrence, day, begin, end, zone, by_api):
        plan = self.plans[title]
        if by_api:
            plan.start, plan.end = moments(day, begin, end, zone)
            self.asks_api(organizer, "PATCH", f"events/{self.event(title).id}", spoken(plan))
            return
        plan.sequence += 1
        start, finish = moments(day, begin, end, zone)
        if occurrence:
            original = Moment(datetime.fromisoformat(f"{occurrence}T{plan.start.wall:%H:%M}"), plan.start.zone)
            self.request(plan, by=organizer, start=start, end=finish, rrule="", recurrence_id=original)
        else:
            plan.start, plan.end = start, finish
            self.request(plan, by=organizer)

    def renames(self, organizer, title, summary, by_api):
        plan = self.plans[summary] = self.plans[title]
        plan.summary = summary
        if by_api:
            self.asks_api(organizer, "PATCH", f"events/{self.event(title).id}", {"subject": summary})
        else:
            self.request(plan, by=organizer)

    def repeats(self, organizer, title):
        self.arrive(organizer, "create", self.plans[title].last)

    def cancels(self, organizer, title, occurrence, note, by_api):
        plan = self.plans[title]
        if by_api:
            of = {"recurrence_id": f"{occurrence}T{plan.start.wall:%H:%M}"} if occurrence else {}
            body = of | {"comment": note or ""}
            self.asks_api(organizer, "POST", f"events/{self.event(title).id}/cancel", body)
            return
        plan.sequence += 1
        which = {}
        if occurrence:
            original = Moment(datetime.fromisoformat(f"{occurrence}T{plan.start.wall:%H:%M}"), plan.start.zone)
            which = {"start": original, "end": original, "rrule": "", "recurrence_id": original}
        self.request(plan, by=organizer, method="CANCEL", **which)

    def asks_api(self, organizer, method, path, body=None, **sent):
        key, text = new_key(False, organizer, self.clock(), scopes=frozenset(Scope))
        self.engine.ports.store.add_key(key)
        header = {"Authorization": f"Bearer {text}"}
        answer = self.browser.request(
            method, f"/api/v1/{path}", headers=header, **sent | ({"json": body} if body else {})
        )
        assert answer.status_code in (200, 201, 202), answer.text
        self.work()

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
        values |= changes
        if plan.client == "winmail":
            plan.last = winmail_mails.request(**values)
        else:
            plan.last = clients.request(plan.client, **values)
        plan.last = with_files(plan.last, plan.files)
        if plan.is_late:
            self.delayed.append((by or plan.organizer, plan.last, "create"))
        else:
            self.arrive(by or plan.organizer, "create", plan.last)

    def mails_text(self, sender, text, mailbox, head):
        extra = f"{head}\r\n" if head else ""
        raw = f"From: {sender}\r\nTo: {mailbox}@invites.test\r\nSubject: {text}\r\n{extra}\r\n{text}\r\n".encode()
        self.arrive(sender, mailbox, raw)

    def mails_list(self, sender, title, kind, by_subject, rows):
        event = self.event(title)
        message = EmailMessage(policy=policy.SMTP)
        message["From"], message["To"] = sender, "list@invites.test"
        message["Subject"] = f"Our guests, {event.id.upper()}" if by_subject else "Our guests"
        message.set_content("Here is the list.")
        content = b"PK\x03\x04" if kind == "xlsx" else rows.encode()
        maintype, subtype = ("text", "csv") if kind == "csv" else ("application", "octet-stream")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=f"guests.{kind}")
        self.arrive(sender, "list" if by_subject else f"list.{event.id}", message.as_bytes())

    def uploads_list(self, organizer, title, rows):
        path = f"events/{self.event(title).id}/lists"
        self.asks_api(organizer, "POST", path, params={"origin": "mail-list"}, content=rows.encode())

    def asks_for_report(self, sender, title, by_subject, by_api):
        event_id = self.event(title).id
        if by_api:
            self.asks_api(sender, "POST", f"events/{event_id}/report")
            return
        subject, mailbox = (f"Report of {event_id}", "report") if by_subject else ("Please", f"report.{event_id}")
        raw = f"From: {sender}\r\nTo: report@invites.test\r\nSubject: {subject}\r\n\r\nPlease send it.\r\n".encode()
        self.arrive(sender, mailbox, raw)

    def confirms(self, address):
        _, link = self.newest(address).split("/confirm/")
        mail, _ = confirmed(self.engine.ports, link.split()[0])
        self.engine.ports.queue.publish([MailArrived(mail)])
        self.work()

    def mail_says(self, address, words):
        text = " ".join(self.newest(address).split())
        assert words in text, text

    def has_attached(self, address, words):
        (part,) = message_from_bytes(self.mailboxes[address][-1], policy=policy.default).iter_attachments()
        assert " ".join(part.get_content().split()) == words, part.get_content()

    def has_attached_line(self, address, beginning):
        (part,) = message_from_bytes(self.mailboxes[address][-1], policy=policy.default).iter_attachments()
        assert any(line.startswith(beginning) for line in part.get_content().splitlines()), part.get_content()

    def newest(self, address):
        message = message_from_bytes(self.mailboxes[address][-1], policy=policy.default)
        return message.get_body(("plain",)).get_content()

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
        if given.get("as") == "winmail":
            self.arrive(attendee, "rsvp", self.in_winmail(invite, attendee, ANSWERS[answer]))
            return
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

    def unsubscribes(self, attendee, title, everything):
        """One click in the mail program, as RFC 8058 has it done."""
        mail = message_from_bytes(self.held(attendee, title), policy=policy.default)
        path = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
        client = TestClient(create_app(self.engine.ports, lab=None, mail_in=None))
        assert client.get(path).status_code == 200
        self.work()
        self.mails_nobody()
        form = {"what": "everything"} if everything else {"List-Unsubscribe": "One-Click"}
        assert client.post(path, data=form).status_code == 200
        self.work()

    def takes_back(self, organizer, title, guest):
        self.orders(organizer, title, guest, "withdraw")

    def reminds(self, organizer, guest, title):
        self.orders(organizer, title, guest, "remind")

    def orders(self, organizer, title, guest, order):
        event = self.event(title)
        named = token(self.engine.ports.secret, event.id, guest)
        self.asks_api(organizer, "POST", f"events/{event.id}/attendees/{named}/{order}")

    def says_on_web(self, guest, answer, title, options):
        """By the link in the body of the invite; looking at it first changes nothing."""
        words = shlex.split(options or "")
        given = dict(zip(words[::2], words[1::2], strict=True))
        (path,) = {urlsplit(link).path for link in re.findall(r"http\S+/a/\S+", body(self.held(guest, title)))}
        assert self.browser.get(f"{path}?answer={answer}").status_code == 200
        self.work()
        form = {"answer": answer, "comment": given.get("saying", "")}
        form["of"] = self.occurrence(title, given["of"]) if "of" in given else ""
        self.last = self.posted(path, form)

    def somebody_says(self, answer, title, guest):
        self.says_on_web(guest, answer, title, "")

    def says_on_own_page(self, guest, answer, title):
        path = self.own_page(guest)
        assert self.browser.get(path).status_code == 200
        self.posted(path, {"answer": answer, "event": self.event(title).id})

    def asks_for_own_page(self, guest, title):
        (path,) = {urlsplit(link).path for link in re.findall(r"http\S+/a/\S+", body(self.held(guest, title)))}
        self.posted(f"{path}/mine", {})

    def stops_on_own_page(self, guest):
        self.posted(f"{self.own_page(guest)}/stop", {"what": "organizer"})

    def posted(self, path, form):
        answer = self.browser.post(path, data=form)
        assert answer.status_code in (200, 409), answer.text
        self.work()
        return answer

    def own_page(self, guest):
        links = [link for raw in self.mailboxes[guest] for link in re.findall(r"http\S+/mine/\S+", body(raw))]
        return urlsplit(links[-1]).path

    @property
    def browser(self):
        return TestClient(create_app(self.engine.ports, lab=None, mail_in=None))

    def asks_on_page(self, attendee, title, origin, name):
        """By the link in a newsletter: looking does nothing, the button asks."""
        query = {"email": attendee, "origin": origin or "", "name": name or ""}
        self.browse(f"/e/{self.event(title).id}/invite", query)
        if self.status < 400:
            self.browse(f"/e/{self.event(title).id}/invite", query, is_form=True)

    def says_to_question(self, attendee, said):
        (signed,) = re.findall(r"/opt-in/(\S+)", self.newest(attendee))
        self.browse(f"/opt-in/{signed}")
        self.browse(f"/opt-in/{signed}", {"said": said}, is_form=True)

    def browse(self, path, values=None, *, is_form=False):
        client = TestClient(create_app(self.engine.ports, lab=None, mail_in=None), headers={"Accept": "text/html"})
        answer = client.post(path, data=values) if is_form else client.get(path, params=values)
        self.page, self.status = answer.text, answer.status_code
        if not is_form:
            published = len(self.unread)
            self.work()
            assert len(self.unread) == published, "a look changed something"
        self.work()

    def is_told(self, words):
        assert words in " ".join(self.page.split()), self.page

    def door(self, title, state):
        choices = {
            "closed to the public": {"public": False},
            "open to the public": {"public": None, "public_double_opt_in": None},
            "asking everybody first": {"public_double_opt_in": True},
        }
        self.engine.ports.store.set_choices(self.event(title).id, choices[state])

    def in_winmail(self, invite, attendee, partstat):
        held = calendar(invite).walk("VEVENT")[0]
        return winmail_mails.reply(
            attendee=attendee,
            uid=str(held["UID"]),
            partstat=partstat,
            sequence=int(held.get("SEQUENCE", 0)),
            start=held["DTSTART"].dt.astimezone(UTC),
            end=held["DTEND"].dt.astimezone(UTC),
            now=self.clock(),
        )

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

    def comes_back(self, guest, title, kind, reason):
        """To the return path of the invite, from the null sender."""
        raw = self.held(guest, title)
        (back,) = {m.envelope_from for m in self.engine.lab.mails(limit=1000) if self.engine.lab.raw(m.id) == raw}
        self.arrive("<>", "rsvp", NOTIFICATIONS[kind](guest, reason, raw.decode()).encode(), back)

    def decides(self, organizer, verb, title, number):
        approval_id = self.approval_of(organizer, title, number)
        choice = {"approves": Choice.APPROVE, "quiets": Choice.QUIET, "discards": Choice.DISCARD}[verb]
        self.engine.ports.queue.publish([ApprovalGiven(self.event(title).id, approval_id, choice)])
        self.work()

    def hours_pass(self, hours):
        self.clock.time += timedelta(hours=int(hours))
        self.work()

    def proposes(self, sender, day, begin, end, zone, title, options):
        words = shlex.split(options or "")
        given = dict(zip(words[::2], words[1::2], strict=False))
        invite = self.held(given.get("of", sender), title, "REQUEST")
        client = Client(given.get("as", "google"))
        start, finish = (moment.instant() for moment in moments(day, begin, end, zone))
        _, _, raw = clients.proposal(
            invite, client, start, finish, now=self.clock(), comment=given.get("saying", ""), attendee=sender
        )
        self.arrive(sender, "rsvp", raw)

    def delegates(self, sender, title, delegate):
        self.arrive(sender, "rsvp", attendees.delegation(self.held(sender, title), sender, delegate, self.clock()))

    def asks_again(self, sender, title, guest):
        self.arrive(sender, "rsvp", attendees.refresh(self.held(guest or sender, title), sender, self.clock()))

    def writes(self, sender, title, text, guest, head):
        self.arrive(sender, "rsvp", attendees.letter(self.held(guest or sender, title), sender, text, head or ""))

    def chooses(self, title, verb):
        policy = {"accepts": "accept", "asks about": "ask", "refuses": "refuse"}[verb]
        self.engine.ports.store.set_choices(self.event(title).id, {"strangers": policy})

    def suspends(self, organizer, reason):
        self.engine.ports.store.set_terms(organizer, {"suspended": self.clock(), "reason": reason})

    def readmits(self, organizer):
        self.engine.ports.store.set_terms(organizer, {"suspended": None, "reason": ""})

    def allows(self, organizer, told):
        pairs = dict(pair.split() for pair in told.split(","))
        terms = {name: value == "yes" if value in ("yes", "no") else int(value) for name, value in pairs.items()}
        self.engine.ports.store.set_terms(organizer, terms)

    def judges(self, organizer, verb, address):
        text = body(self.mailboxes[organizer][-1])
        links = [stranger_of(self.engine.ports, signed) for signed in re.findall(r"/strangers/(\S+)", text)]
        (event_id,) = {event_id for event_id, who in links if who == address}
        fact = StrangerAccepted if verb == "lets" else StrangerRefused
        self.engine.ports.queue.publish([fact(event_id, address)])
        self.work()

    def is_hour(self, hour):
        self.clock.turn_to(int(hour))
        self.work()

    # What the server does.

    def change_is(self, title, state, number):
        approval_id = self.approval_of(self.plans[title].organizer, title, number)
        approval = self.engine.ports.store.approval(approval_id)
        assert approval.state == state, approval.state

    def mails(self, address, expected):
        for index, mail in enumerate(self.unread):
            if self.described(*mail) == f"{address}: {expected}":
                del self.unread[index]
                self.last = mail[1]
                return
        raise AssertionError(f"no such mail; unread: {[self.described(*m) for m in self.unread]}")

    def says(self, negation, text):
        found = body(self.last)
        assert (text in found) != bool(negation), found

    def proposals(self, title, expected):
        found = self.engine.ports.store.proposals(self.event(title).id)
        assert ", ".join(f"{p.address} {p.start.to_text()}" for p in found) == expected

    def mails_nobody(self):
        assert not self.unread, [self.described(*m) for m in self.unread]

    def counts(self, title, expected):
        event = self.event(title)
        figures = self.engine.ports.store.statistics(event.id)
        for pair in expected.split(","):
            name, _, number = pair.strip().rpartition(" ")
            actual = event.updates if name == "updates" else getattr(figures, name)
            assert actual == int(number), f"{name} is {actual}; {figures}"

    def carries(self, address, expected):
        message = message_from_bytes(self.mailboxes[address][-1], policy=policy.default)
        carried = [part.get_filename() for part in message.walk() if part.get_filename()]
        assert carried == ([] if expected == "no files" else expected.split(", ")), carried

    def copy_is(self, guest, title, state):
        event = self.event(title)
        (found,) = (i for i in self.engine.ports.store.invitations(event.id) if i.address == guest)
        assert found.state == state, found

    def may_be_mailed(self, address, negated):
        assert bool(self.engine.ports.store.suppressed([address], "")) is bool(negated)

    def answers_again(self, title, was, expected):
        event = self.event(title)
        now = self.engine.ports.store.reconfirmation(event.id, event.asked).was[was]
        for pair in expected.split(","):
            name, _, number = pair.strip().rpartition(" ")
            assert now[name] == int(number), now

    def answers_graded(self, guest, title, expected):
        """Each present answer as `yes (web)`; that to the whole first, then by date."""
        event = self.event(title)
        (found,) = (i for i in self.engine.ports.store.invitations(event.id) if i.address == guest)
        receipts = sorted(self.engine.ports.store.receipts(event.id, [found.token]), key=lambda r: r.recurrence_id)
        told = [f"{ANSWER_NAMES[r.partstat]} ({r.grade}){' ' * bool(r.comment)}{r.comment}" for r in receipts]
        assert ", ".join(told) == expected, told

    def events_of(self, organizer, number):
        assert len(self.engine.ports.store.events(organizer=organizer)) == int(number)

    def event_is(self, title, status, sequence):
        event = self.event(title)
        assert (event.is_cancelled, event.sequence) == (status == "cancelled", int(sequence)), event

    def listens(self, owner, kinds):
        self.receiver = Receiver()
        self.engine.ports = replace(self.engine.ports, courier=self.receiver)
        wanted = [] if kinds == "all" else kinds.split(", ")
        whose = "" if owner == "the domain" else owner
        hook = new_hook(self.engine.ports, "https://receiver.test/", whose, kinds=wanted)
        self.engine.ports.store.add_hook(hook, 5)

    def was_told(self, expected):
        told = self.receiver.told()
        assert told == expected, told

    def dead_letters(self, number):
        dead = self.engine.ports.dead_letters.page()
        assert len(dead) == int(number), [letter.error for letter in dead]

    # How it is done.

    def nothing(self):
        """A line that was read before the conversation began."""

    def arrive(self, sender, mailbox, raw, address=None):
        address = address or f"{mailbox}@invites.test"
        mail = Mail(
            "", mailbox.partition(".")[0], address, "invites.test", "" if sender == "<>" else sender, self.clock()
        )
        key = self.engine.ports.archive.put(raw, [mail])
        self.engine.ports.queue.publish([MailArrived(replace(mail, key=key))])
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

    def approval_of(self, organizer, title, number):
        """What the link in the organizer's latest mail, or n-th mail, about this event leads to."""
        event_id, named = self.event(title).id, []
        for raw in self.mailboxes.get(organizer, []):
            text = message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()
            if link := re.search(r"/approvals/([^?\s]+)", text):
                approval_id = approval_named(self.engine.ports, link[1])
                if self.engine.ports.store.approval(approval_id).event_id == event_id:
                    named.append(approval_id)
        assert named, f"{organizer} was asked nothing"
        return named[int(number) - 1 if number else -1]

    def held(self, guest, title, method=""):
        event = self.event(title)
        mails = [raw for raw in self.mailboxes.get(guest, []) if event.id in str(calendar(raw))]
        mails = [raw for raw in mails if method in ("", calendar(raw)["METHOD"])]
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


def steps(text):
    """Each step with the number of its line; lines that are set in belong to the step above."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].rstrip()
        if words.startswith("    ") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{words.strip()}")
        elif words:
            found.append((number, words))
    return found


def calendar(raw):
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            icalendar.use_zoneinfo()
            return icalendar.Calendar.from_ical(part.get_payload(decode=True))
    return None


def body(raw):
    message = message_from_bytes(raw, policy=policy.default)
    return f"{message}\n{message.get_body(('plain',)).get_content()}"


def spoken(plan):
    """A plan as the API is told it."""
    times = {name: moment.wall.isoformat() for name, moment in (("start", plan.start), ("end", plan.end))}
    return {"subject": plan.summary, "time_zone": plan.start.zone} | times


def with_files(raw, files):
    if not files:
        return raw
    message = message_from_bytes(raw, policy=policy.SMTP)
    for name, size in files:
        message.add_attachment(bytes(int(size)), maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def moments(day, begin, end, zone):
    start = datetime.fromisoformat(f"{day}T{begin}")
    finish = datetime.fromisoformat(f"{day}T{end}")
    return Moment(start, zone), Moment(finish + timedelta(days=finish < start), zone)


def settings_of(text):
    """The settings that a line such as `settings: approval_threshold 2, digest_hour -1` asks for."""
    found = re.search(r"^(?:# )?settings: (.+)$", text, re.MULTILINE)
    return dict(pair.split() for pair in found[1].split(",")) if found else {}


class Clock:
    """A minute passes with every step."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 9, tzinfo=UTC)

    def tick(self) -> None:
        self.time += timedelta(minutes=1)

    def turn_to(self, hour: int) -> None:
        """The next time that it is so late."""
        then = self.time.replace(hour=hour, minute=0)
        self.time = then if then > self.time else then + timedelta(days=1)

    def __call__(self) -> datetime:
        return self.time


ADDRESS, TITLE = r"(\S+@\S+)", r'"([^"]+)"'
OPTIONS = r"((?: (?:as \w+|from \S+|of \d\S+|saying \"[^\"]*\"|late))*)"
STEPS = [
    (
        rf"{ADDRESS} creates {TITLE} {TIMES}(?: weekly (\d+))?(?: as (\w+))?( late)?(?: with (.+?))?( by API)?",
        "creates",
    ),
    (rf"{ADDRESS} moves {TITLE}(?: of (\S+))? to {TIMES}( by API)?", "moves"),
    (rf"{ADDRESS} renames {TITLE} to {TITLE}( by API)?", "renames"),
    (rf"{ADDRESS} repeats {TITLE}", "repeats"),
    (rf"{ADDRESS} cancels {TITLE}(?: of (\S+))?(?: saying {TITLE})?( by API)?", "cancels"),
    (rf"(\S+) mails {TITLE} to (\w+)@(?: with (.+))?", "mails_text"),
    (rf"{ADDRESS} mails a list for {TITLE} \((\w+)\)( naming it in the subject)?:\n(.*)", "mails_list"),
    (rf"{ADDRESS} uploads a list for {TITLE}:\n(.*)", "uploads_list"),
    (rf"{ADDRESS} asks for the report of {TITLE}( naming it in the subject)?( by API)?", "asks_for_report"),
    (rf"{ADDRESS} confirms", "confirms"),
    (rf"the mail to {ADDRESS} says: (.+)", "mail_says"),
    (rf"the mail to {ADDRESS} has attached: (.+)", "has_attached"),
    (rf"the mail to {ADDRESS} has attached a line: (.+)", "has_attached_line"),
    (rf"send {TITLE} to (.+)", "sends"),
    (rf"{ADDRESS} (accepts|declines|may come) {TITLE}{OPTIONS}", "answers"),
    (rf"{ADDRESS} (accepts|declines|may come) the {TITLE} of {ADDRESS}{OPTIONS}", "answers_for"),
    (rf"{ADDRESS} unsubscribes by {TITLE}( from everything)?", "unsubscribes"),
    (rf"{ADDRESS} takes {TITLE} back from {ADDRESS}", "takes_back"),
    (rf"{ADDRESS} reminds {ADDRESS} of {TITLE}", "reminds"),
    (rf"{ADDRESS} says (\w+) to {TITLE} on the web{OPTIONS}", "says_on_web"),
    (rf"somebody says (\w+) to {TITLE} by the invite of {ADDRESS}", "somebody_says"),
    (rf"{ADDRESS} says (\w+) to {TITLE} on their own page", "says_on_own_page"),
    (rf"{ADDRESS} asks for their own page of {TITLE}", "asks_for_own_page"),
    (rf"{ADDRESS} stops the mail on their own page", "stops_on_own_page"),
    (rf"answers of {ADDRESS} to {TITLE}: (.+)", "answers_graded"),
    (rf"the invite of {ADDRESS} to {TITLE} comes back as (\w+): (.+)", "comes_back"),
    (rf"the last mail to {ADDRESS} carries (.+)", "carries"),
    (rf"the copy of {ADDRESS} of {TITLE} is (\w+)", "copy_is"),
    (rf"{ADDRESS} may( not)? be mailed", "may_be_mailed"),
    (
        rf'{ADDRESS} proposes {TIMES} for {TITLE}((?: (?:as \w+|of \S+|saying "[^"]*"))*)',
        "proposes",
    ),
    (rf"{ADDRESS} delegates {TITLE} to {ADDRESS}", "delegates"),
    (rf"{ADDRESS} asks for {TITLE} again(?: by the copy of {ADDRESS})?", "asks_again"),
    (rf"{ADDRESS} writes about {TITLE}: {TITLE}(?: on the copy of {ADDRESS})?(?: with (.+))?", "writes"),
    (rf"{TITLE} (accepts|asks about|refuses) strangers", "chooses"),
    (rf"an admin suspends {ADDRESS}: (.+)", "suspends"),
    (rf"an admin readmits {ADDRESS}", "readmits"),
    (rf"an admin allows {ADDRESS}: (.+)", "allows"),
    (rf"{ADDRESS} asks on the page of {TITLE}(?: by (\S+))?(?: as {TITLE})?", "asks_on_page"),
    (rf"{ADDRESS} says (yes|no) to the question", "says_to_question"),
    (r"the page says: (.+)", "is_told"),
    (rf"{TITLE} is (closed to the public|open to the public|asking everybody first)", "door"),
    (rf"{ADDRESS} (lets) {ADDRESS} come", "judges"),
    (rf"{ADDRESS} (turns) {ADDRESS} away", "judges"),
    (r"it is (\d\d):00", "is_hour"),
    (rf"it (does not )?says? {TITLE}", "says"),
    (rf"proposals for {TITLE}: ?(.*)", "proposals"),
    (r"the late (?:answer|mail) arrives", "late_arrives"),
    (rf"mails about {TITLE} are (?:late|in time()).*", "held_up"),
    (rf"the server mails {ADDRESS}: (.+)", "mails"),
    (r"the server mails nobody", "mails_nobody"),
    (rf"counts of {TITLE}: (.+)", "counts"),
    (rf"dates of {TITLE}: (.+)", "dates"),
    (rf"{ADDRESS} has (\d+) events?", "events_of"),
    (rf"{TITLE} is (confirmed|cancelled) at sequence (\d+)", "event_is"),
    (r"dead letters: (\d+)", "dead_letters"),
    (r"a webhook of (the domain|\S+@\S+) hears (.+)", "listens"),
    (r"the webhook was told: (.+)", "was_told"),
    (rf"{ADDRESS} (approves|quiets|discards) {TITLE}(?: by link (\d+))?", "decides"),
    (rf"the change of {TITLE} is (\w+)(?: for link (\d+))?", "change_is"),
    (r"(\d+) hours pass", "hours_pass"),
    (rf"of {TITLE} was (\w+), now: (.+)", "answers_again"),
    (r"settings: .+", "nothing"),
]
