"""The mails that people read: notices to organizers, and the words around an invite; rendered from `templates/mail`.

Each has a text template, whose first line is its subject, and an HTML one; operators replace them file by file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from invited.credentials import confirmation_link, event_link
from invited.domain.errors import Aside, Temporary
from invited.domain.event import Component, Event
from invited.imip.compose import Words
from invited.messages import ConfirmationNeeded, EventCreated, InviteRefused, LimitMet
from invited.ports import Engine, Letter
from invited.templating import environment
from invited.wording import repeats, when

HOUR = 3600.0
"""Seconds in which `settings.notice_limit` mails may go to one address."""


def created(engine: Engine, event: Event, message: EventCreated) -> Letter:
    """The event stands: links to its page, its button, its list sending and its report."""
    link, zone = event_link(engine, event.id), message.assumed_zone
    words = _render(engine, "created", event=event, part=event.head, link=link, assumed_zone=zone)
    return _letter(engine, event.organizer, event.domain, words, f"created {event.id} {message.mail}")


def refused(engine: Engine, message: InviteRefused) -> Letter:
    """The fault and the remedy."""
    words = _render(engine, "refused", message=message)
    return _letter(engine, message.to, message.mail.domain, words, f"refused {message.mail.key} {message.reason}")


def limit_met(engine: Engine, message: LimitMet) -> Letter:
    """Which limit, and what to do."""
    words = _render(engine, "limit", message=message)
    identity = f"limit {message.what} {message.event_id} {message.subject} {message.over}"
    return _letter(engine, message.owner, message.domain, words, identity)


def confirmation(engine: Engine, message: ConfirmationNeeded) -> Letter:
    """Is this yours? With the link that says so."""
    link = confirmation_link(engine, message.mail, message.summary)
    words = _render(engine, "confirm", message=message, link=link)
    return _letter(engine, message.owner, message.mail.domain, words, f"confirm {message.mail.key}")


def invite_words(engine: Engine, event: Event, parts: Sequence[Component], method: str, known: int) -> Words:
    """What stands around the calendar part of an invite (`known` -1), an update or a cancel."""
    # A newcomer's second mail, with what differs from the series, changes what the first one said.
    is_first = known < 0 and (parts[0].recurrence_id is None or event.head.recurrence_id is not None)
    kind = "cancelled" if method == "CANCEL" else "invitation" if is_first else "updated"
    return _render(engine, "invite", event=event, parts=parts, part=parts[0], kind=kind)


def dispatch(engine: Engine, letter: Letter, *, is_limited: bool = False) -> None:
    """Send a notice; raises Temporary to be tried again, Aside where it cannot or may not go."""
    if is_limited and engine.store.hit(f"notice:{letter.to}", HOUR, engine.now()) > engine.settings.notice_limit:
        raise Aside(f"more than {engine.settings.notice_limit} mails to this address in an hour")
    (sent,) = engine.outbox.send([letter])
    if sent.is_temporary:
        raise Temporary(sent.reason)
    if sent.is_permanent:
        raise Aside(f"refused by the relay: {sent.reason}")


def _render(engine: Engine, name: str, **values: object) -> Words:
    templates = environment(engine.settings)
    values |= {"settings": engine.settings, "when": when, "repeats": repeats}
    subject, _, text = templates.get_template(f"mail/{name}.txt").render(values).partition("\n")
    html = templates.get_template(f"mail/{name}.html").render({**values, "subject": subject})
    return Words(subject=subject.strip(), text=text.strip() + "\n", html=html)


def _letter(engine: Engine, to: str, domain: str, words: Words, identity: str) -> Letter:
    """A notice: automatic, from `create@`, with the null sender so that nothing can bounce or answer in circles."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=998, utf8=not to.isascii()))
    message["From"] = Address("Calendar invites", addr_spec=engine.settings.address("create", domain))
    message["To"] = to
    message["Subject"] = " ".join(words.subject.split())
    message["Date"] = format_datetime(engine.now())
    message["Message-ID"] = f"<{hashlib.sha256(identity.encode()).hexdigest()[:32]}@{domain}>"
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(words.text, cte="base64")
    message.add_alternative(words.html, subtype="html", cte="base64")
    return Letter("", to, message.as_bytes())
