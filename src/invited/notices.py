"""The mails that people read: notices to organizers, and the words around an invite; rendered from `templates/mail`.

See `mails.templates` for the templates, and `mails.words` for how a domain has its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from invited.branding import Logo, branding, logo
from invited.credentials import (
    REPORT_AGE,
    approval_link,
    attendee_base,
    confirmation_link,
    event_link,
    invite_link,
    opt_in_link,
    own_link,
    public_link,
    report_link,
    stranger_link,
)
from invited.domain.addresses import token
from invited.domain.approval import Approval
from invited.domain.errors import Aside, Temporary
from invited.domain.event import Component, Event
from invited.domain.hook import Hook
from invited.domain.invitation import Invitation
from invited.domain.job import Job
from invited.domain.newcomer import Newcomer
from invited.enclosures import enclosed
from invited.imip.compose import Words
from invited.imip.recurrence import original
from invited.mails import values as mail_values
from invited.mails.samples import sample
from invited.mails.values import about
from invited.mails.words import LOGO, filled
from invited.messages import (
    ConfirmationNeeded,
    EventCreated,
    HookDisabled,
    InviteRefused,
    LimitMet,
    OptInNeeded,
    OwnPageWanted,
    WebAnswered,
)
from invited.news import News
from invited.ports import Engine, Letter
from invited.sessions import LINK_AGE
from invited.wording import ANSWER_NAMES, ANSWER_WORDS, span_words

INVITE = "invite"
"""The mail that every guest gets."""

HOUR = 3600.0
"""Seconds in which `settings.notice_limit` mails may go to one address."""

MAX_REST = 2_000_000
"""Octets of an attached list of those who were not invited."""


def created(engine: Engine, event: Event, message: EventCreated) -> Letter:
    """The event stands: links to its page, its button, its list sending and its report."""
    refused = enclosed(engine, message.mail).refused if message.mail else ()
    links = {"link": event_link(engine, event.id), "invite": invite_link(engine.settings, event.id, "button")}
    told = {"refused": refused, "assumed_zone": message.assumed_zone}
    words = _words(engine, event.domain, "created", about(event) | told | links)
    return _letter(engine, event.organizer, event.domain, words, f"created {event.id} {message.mail}")


def refused(engine: Engine, message: InviteRefused) -> Letter:
    """The fault and the remedy."""
    words = _words(engine, message.mail.domain, "refused", {"message": message})
    return _letter(engine, message.to, message.mail.domain, words, f"refused {message.mail.key} {message.reason}")


def limit_met(engine: Engine, message: LimitMet) -> Letter:
    """Which limit, and what to do."""
    rest, named = _rest(engine, message.job)
    words = _words(engine, message.domain, "limit", mail_values.limit(message, named))
    identity = f"limit {message.what} {message.event_id} {message.subject} {message.over} {message.job}"
    return _letter(engine, message.owner, message.domain, words, identity, table=rest, name="not-invited.csv")


def _rest(engine: Engine, job_id: str) -> tuple[bytes, int]:
    """Whom the job could not invite any more, as CSV of MAX_REST octets at most, and how many those are."""
    job = engine.store.job(job_id) if job_id else None
    named = bytearray()
    for key in job.reading.rest if job else ():
        named += engine.archive.get(key)
        if len(named) > MAX_REST:
            del named[named.rindex(b"\r\n", 0, MAX_REST) + 2 :]
            break
    return b"email,name\r\n" + named if named else b"", named.count(b"\r\n")


def list_read(engine: Engine, event: Event, job: Job) -> Letter:
    """What became of the rows of a list, and the link to follow the rest."""
    words = _words(engine, event.domain, "list", mail_values.list_read(event, job, event_link(engine, event.id)))
    return _letter(engine, event.organizer, event.domain, words, f"list {job.id}")


def job_halted(engine: Engine, event: Event, job: Job, to: str) -> Letter:
    """A bulk send paused by itself: its figures, and what to do; to its organizer or to an admin."""
    link = event_link(engine, event.id) if to == event.organizer else ""
    words = _words(engine, event.domain, "halted", about(event) | {"job": job, "link": link})
    return _letter(engine, to, event.domain, words, f"halted {job.id} {job.paused} {to}")


def confirmation(engine: Engine, message: ConfirmationNeeded) -> Letter:
    """Is this yours? With the link that says so."""
    link = confirmation_link(engine, message.mail, message.summary)
    words = _words(engine, message.mail.domain, "confirm", {"message": message, "link": link})
    return _letter(engine, message.owner, message.mail.domain, words, f"confirm {message.mail.key}")


def sign_in(engine: Engine, address: str, link: str) -> Letter:
    """The link that opens a session, once."""
    told = {"address": address, "link": link, "minutes": int(LINK_AGE.total_seconds() / 60)}
    words = _words(engine, engine.settings.domain[0], "sign_in", told)
    return _letter(engine, address, engine.settings.domain[0], words, f"sign in {link}")


def approval_needed(engine: Engine, approval: Approval) -> Letter:
    """What would change, for how many, and the links to approve it, to send it quietly or to drop it."""
    return _about(engine, approval, "approval", approval_link(engine, approval.id))


def approval_expired(engine: Engine, approval: Approval) -> Letter:
    """Nobody decided in time: the event stands as it was."""
    return _about(engine, approval, "expired", event_link(engine, approval.event_id))


def _about(engine: Engine, approval: Approval, name: str, link: str) -> Letter:
    before = approval.before
    words = _words(engine, before.domain, name, mail_values.change(approval, link, is_dropped=name == "expired"))
    return _letter(engine, before.organizer, before.domain, words, f"{name} {approval.id}")


def attendee_report(engine: Engine, event: Event, table: bytes, asked: datetime) -> Letter:
    """All attendees and their answers: as `table` (CSV), or where that is empty by a link."""
    figures = engine.store.statistics(event.id)
    links = {"link": event_link(engine, event.id), "report": "" if table else report_link(engine, event.id)}
    told = {"figures": figures, "days": REPORT_AGE.days}
    words = _words(engine, event.domain, "report", about(event) | told | links)
    identity = f"report {event.id} {asked.isoformat()}"
    name = f"report-{event.id}.csv"
    return _letter(engine, event.organizer, event.domain, words, identity, table=table, name=name)


def invite_words(engine: Engine, event: Event, parts: Sequence[Component], kind: str) -> Words:
    """What stands around the calendar part: `kind` as in `invites.template`."""
    page, marker = public_link(engine.settings, event.id), _marker(engine, event)
    answer = attendee_base(engine.settings, event.id) + marker
    values = mail_values.invite(event, parts, kind, page, answer)
    return replace(guest_words(engine, event, INVITE, values), marker=marker)


def _marker(engine: Engine, event: Event) -> str:
    """Stands for `credentials.attendee_path`, and is as long. Nobody can guess it: an organizer who wrote it into their
    text would be sent each guest's code by whoever follows the link around it.
    """
    return "/".join(token(engine.secret, f"marker {half}", event.id) for half in ("one", "two"))


def answered(engine: Engine, event: Event, invitation: Invitation, message: WebAnswered) -> Letter:
    """What was answered by the link in the guest's invite, and how to put it right if it was not they."""
    date = span_words(original(event, message.recurrence_id), None) if message.recurrence_id else ""
    link = own_link(engine, event.id, invitation.address)
    said = ANSWER_WORDS[message.partstat]
    told = {"said": said, "date": date, "link": link}
    words = _words(engine, event.domain, "answered", about(event) | told)
    return _letter(engine, invitation.address, event.domain, words, f"answered {message.mail}")


def own_page(engine: Engine, event: Event, invitation: Invitation, message: OwnPageWanted) -> Letter:
    """The link to the guest's own page, as they asked for."""
    link = own_link(engine, event.id, invitation.address)
    if message.partstat:
        link += f"?answer={ANSWER_NAMES[message.partstat]}"
    said = ANSWER_WORDS[message.partstat] if message.partstat else ""
    words = _words(engine, event.domain, "own_page", about(event) | {"said": said, "link": link})
    identity = f"own page {invitation.token} {event.id} {message.asked.isoformat()}"
    return _letter(engine, invitation.address, event.domain, words, identity)


def stranger_asks(engine: Engine, event: Event, newcomer: Newcomer) -> Letter:
    """Somebody answered a forwarded invite: may they come?"""
    link = stranger_link(engine, event.id, newcomer.address)
    words = _words(engine, event.domain, "stranger", about(event) | {"newcomer": newcomer, "link": link})
    return _letter(engine, event.organizer, event.domain, words, f"stranger {event.id} {newcomer.address}")


def opt_in(engine: Engine, event: Event, message: OptInNeeded) -> Letter:
    """Was it you who asked for an invite? From the invites' own sender, which thereby becomes a known one."""
    told = {"message": message, "link": opt_in_link(engine, message)}
    words = _words(engine, event.domain, "opt_in", about(event) | told)
    sender = Address(event.organizer_name, addr_spec=engine.settings.address("rsvp", event.domain))
    identity = f"opt-in {event.id} {message.address} {message.asked.isoformat()}"
    return _letter(engine, message.address, event.domain, words, identity, sender=sender)


def digest(engine: Engine, event: Event, news: News, due: datetime) -> Letter:
    """What is new since the last one."""
    figures, link = engine.store.statistics(event.id), event_link(engine, event.id)
    values = mail_values.digest(event, news, figures, link, lambda who: stranger_link(engine, event.id, who.address))
    words = _words(engine, event.domain, "digest", values)
    return _letter(engine, event.organizer, event.domain, words, f"digest {event.id} {due.isoformat()}")


def hook_disabled(engine: Engine, hook: Hook, message: HookDisabled) -> Letter:
    """A webhook is called no more: why, and how to have it called again."""
    words = _words(engine, engine.settings.domain[0], "webhook", {"hook": hook, "reason": message.reason})
    identity = f"webhook {hook.id} {hook.version} {message.to}"
    return _letter(engine, message.to, engine.settings.domain[0], words, identity)


def example(engine: Engine, domain: str, name: str, to: str, kind: str = "invitation") -> Letter:
    """The mail `name` with an example's values, to see what it looks like; `kind` is that of an invite."""
    words = _words(engine, domain, name, sample(name, engine.settings.url, domain, kind))
    identity = f"example {name} {to} {engine.now().isoformat()}"
    return _letter(engine, to, domain, replace(words, subject=f"Test: {words.subject}"), identity)


def dispatch(engine: Engine, letter: Letter, *, is_limited: bool = False) -> None:
    """Send a notice; raises Temporary to be tried again, Aside where it cannot or may not go."""
    if is_limited and engine.store.hit(f"notice:{letter.to}", HOUR, engine.now()) > engine.settings.notice_limit:
        raise Aside(f"more than {engine.settings.notice_limit} mails to this address in an hour")
    (sent,) = engine.outbox.send([letter])
    if sent.is_temporary:
        raise Temporary(sent.reason)
    if sent.is_permanent:
        raise Aside(f"refused by the relay: {sent.reason}")


def guest_words(engine: Engine, event: Event, name: str, values: dict[str, Any]) -> Words:
    """A mail around a calendar part, filled in: without a picture, so that it stays small and as calendars want it."""
    made = filled(engine, event.domain, name, values)
    return Words(subject=made.subject, text=made.text, html=made.html)


def _words(engine: Engine, domain: str, name: str, values: dict[str, Any]) -> Words:
    made = filled(engine, domain, name, values, logo_at=LOGO if _logo(engine, domain) else "")
    return Words(subject=made.subject, text=made.text, html=made.html)


def _logo(engine: Engine, domain: str) -> Logo | None:
    """The logo, if mail programs show its like."""
    found = logo(engine, branding(engine, domain))
    return found if found and found.media_type != "image/svg+xml" else None


def _letter(
    engine: Engine,
    to: str,
    domain: str,
    words: Words,
    identity: str,
    *,
    table: bytes = b"",
    name: str = "",
    sender: Address | None = None,
) -> Letter:
    """A notice: automatic, from `create@` or `sender`, with the null sender so that nothing can bounce or answer in
    circles.

    `table` is CSV in UTF-8, to be attached as `name`.
    """
    message = EmailMessage(policy=SMTP.clone(max_line_length=998, utf8=not to.isascii()))
    name_of_ours = branding(engine, domain).name or "Calendar invites"
    message["From"] = sender or Address(name_of_ours, addr_spec=engine.settings.address("create", domain))
    message["To"] = to
    message["Subject"] = " ".join(words.subject.split())
    message["Date"] = format_datetime(engine.now())
    message["Message-ID"] = f"<{hashlib.sha256(identity.encode()).hexdigest()[:32]}@{domain}>"
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(words.text, cte="base64")
    message.add_alternative(words.html, subtype="html", cte="base64")
    picture = _logo(engine, domain)
    if picture and LOGO in words.html:
        _show(message, picture)
    if table:
        message.add_attachment(table, maintype="text", subtype="csv", filename=name)
    return Letter("", to, message.as_bytes())


def _show(message: EmailMessage, picture: Logo) -> None:
    """Bring the logo with the HTML (RFC 2387): nothing is loaded from elsewhere to read the mail."""
    html = message.get_body(("html",))
    kind = picture.media_type.removeprefix("image/")
    if isinstance(html, EmailMessage):
        html.add_related(picture.content, "image", kind, cid="<logo>", disposition="inline", filename=f"logo.{kind}")
