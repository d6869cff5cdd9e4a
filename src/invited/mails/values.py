"""What the templates of mails are given, from domain objects; nothing that a template should not tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from invited.branding import Brand
from invited.differences import differences
from invited.domain.approval import Approval
from invited.domain.event import Component, Event
from invited.domain.job import Job
from invited.domain.newcomer import Newcomer
from invited.domain.statistics import Statistics
from invited.imip.values import text
from invited.messages import LimitMet
from invited.news import News
from invited.wording import ANSWER_WORDS, repeats, span_words, when

LABELS = {
    "invitation": "Invitation",
    "reminder": "Reminder",
    "updated": "Updated",
    "cancelled": "Cancelled",
    "withdrawn": "Taken back",
    "uninvited": "Taken back",
}
"""How the subject of each kind of invite begins."""


def common(brand: Brand, url: str) -> dict[str, Any]:
    """What every mail is given; `url` is the base of this server's links."""
    return {"brand": brand, "url": url, "when": when, "repeats": repeats}


def about(event: Event) -> dict[str, Any]:
    """The event as a whole; `host` is whom its guests know."""
    return {"event": event, "part": event.head, "host": event.organizer_name or event.organizer}


def change(approval: Approval, link: str, *, is_dropped: bool) -> dict[str, Any]:
    """A change that waits, or waited: the event as it stands, and what would be different."""
    before = approval.before
    people = f"{approval.reach:,} {'person' if approval.reach == 1 else 'people'}"
    found = differences(before, approval.proposed)
    told = {"approval": approval, "people": people, "differences": found, "is_dropped": is_dropped, "link": link}
    return about(before) | told


def limit(message: LimitMet, named: int) -> dict[str, Any]:
    """A limit that was met; `named` people are in the file that goes with the mail."""
    is_event = message.what == "event"
    told = _too_many_events(message) if is_event else _too_many_guests(message, named)
    return {
        "message": message,
        "what": message.what,
        "told": told,
        "setting": "INVITED_EVENT_LIMIT" if is_event else "INVITED_INVITATION_LIMIT",
        "again": "mail the invite" if is_event else "send to them",
    }


def _too_many_events(message: LimitMet) -> str:
    return (
        f"You have {message.limit:,} events, which is as many as an organizer may have here, "
        f"so “{message.subject or 'your event'}” was not created."
    )


def _too_many_guests(message: LimitMet, named: int) -> str:
    whom = "person was" if message.over == 1 else "people were"
    rest = "." if not named else f": the attached file names {'them' if named == message.over else _first(named)}."
    return (
        f"“{message.subject or 'Your event'}” has {message.limit:,} invitations, which is as many as an event may have "
        f"here. {message.over:,} more {whom} not invited{rest}"
    )


def _first(named: int) -> str:
    return f"the first {named:,} of them"


def list_read(event: Event, job: Job, link: str) -> dict[str, Any]:
    """What became of the rows of a list."""
    more = job.reading.invalid - len(job.reading.faults)
    return about(event) | {"job": job, "more_faults": max(0, more), "link": link}


def invite(event: Event, parts: Sequence[Component], kind: str, page: str, answer: str) -> dict[str, Any]:
    """What stands around the calendar part; `page` and `answer` are the event's page and where a guest answers."""
    is_over = kind in ("cancelled", "withdrawn", "uninvited")
    linked = [(number, file) for number, file in enumerate(event.files) if file.is_linked]
    return about(event) | {
        "part": parts[0],
        "parts": parts,
        "kind": kind,
        "label": LABELS[kind],
        "is_over": is_over,
        "note": _note(parts[0]) if kind == "cancelled" else "",
        # Cleaned when it came in, so that it may stand in HTML.
        "html": Markup(parts[0].html),  # noqa: S704
        "files": [{"name": file.name, "link": f"{page}/files/{number}"} for number, file in linked],
        "page": page,
        "answer": answer,
    }


def _note(part: Component) -> str:
    """What the organizer said with the cancel."""
    return next((text(line.value) for line in part.extra if line.name == "COMMENT"), "")


def digest(
    event: Event, news: News, figures: Statistics, link: str, decide: Callable[[Newcomer], str]
) -> dict[str, Any]:
    """What is new about an event; `decide` gives the link by which a newcomer is decided about."""
    return about(event) | {
        "news": news,
        "new_answers": news.counts.total(),
        "figures": figures,
        "span": span_words,
        "answer_words": ANSWER_WORDS,
        "link": link,
        "decide": decide,
    }
