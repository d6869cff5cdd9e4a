"""An event as the pages show it, for everybody and for its organizer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import nh3
from markupsafe import Markup

from invited.credentials import public_link
from invited.domain.event import Component, Event, Status
from invited.domain.statistics import Statistics
from invited.imip.recurrence import original
from invited.settings import Settings
from invited.wording import repeats, when

MAX_CHANGES = 30
"""Changed occurrences that a page lists."""


MAX_ANSWERED = 200
"""Occurrences whose answers a page lists."""


class Change(NamedTuple):
    """A changed occurrence: what was planned, and what is now."""

    planned: str
    now: str


@dataclass(frozen=True, slots=True)
class EventView:
    """What the templates may use of an event. `html` stands in where there is no `body`."""

    id: str
    subject: str
    when: str
    repeats: str
    where: str
    body: str
    html: Markup
    organizer: str
    organizer_name: str
    is_cancelled: bool
    changes: tuple[Change, ...]
    public_url: str
    files: tuple[str, ...] = ()


def view(event: Event, settings: Settings) -> EventView:
    """`event` in words."""
    head = event.head
    changed = (component for component in event.components if component.recurrence_id and component is not head)
    return EventView(
        id=event.id,
        subject=head.summary or "(no subject)",
        when=when(head),
        repeats=repeats(head),
        where=head.location,
        body=head.description.strip(),
        html=Markup(nh3.clean(head.html)),  # noqa: S704 - sanitised here once more, whoever stored it
        organizer=event.organizer,
        organizer_name=event.organizer_name,
        is_cancelled=event.is_cancelled,
        changes=tuple(_change(component) for component in islice(changed, MAX_CHANGES)),
        public_url=public_link(settings, event.id),
        files=tuple(file.name for file in event.files),
    )


def _change(component: Component) -> Change:
    original = component.recurrence_id or component.start
    is_off = component.status is Status.CANCELLED
    planned = replace(component, start=original, end=original, duration=None)
    return Change(when(planned), "cancelled" if is_off else when(component))


class Answers(NamedTuple):
    """The answers to one occurrence of a series, beside those to the whole."""

    when: str
    yes: int
    maybe: int
    no: int


def answers(event: Event, figures: Statistics) -> tuple[Answers, ...]:
    """The occurrences that were answered by themselves, in order, at most MAX_ANSWERED."""
    told = islice(figures.by_occurrence.items(), MAX_ANSWERED)
    return tuple(
        Answers(when(_at(event, name)), n.get("accepted", 0), n.get("tentative", 0), n.get("declined", 0))
        for name, n in told
    )


def _at(event: Event, name: str) -> Component:
    start = original(event, name)
    return replace(event.head, start=start, end=start, duration=None)


class Embedding(NamedTuple):
    """What an organizer copies into another tool, and into which."""

    tool: str
    code: str


_MERGED = (
    ("Mailchimp", "mailchimp", "*|EMAIL|*", "*|FNAME|*"),
    ("Klaviyo", "klaviyo", "{{ email|urlencode }}", "{{ first_name|default:''|urlencode }}"),
    ("SendGrid", "sendgrid", "{{email}}", "{{first_name}}"),
    ("HubSpot", "hubspot", "{{ contact.email|urlencode }}", "{{ contact.firstname|urlencode }}"),
)
"""Marketing tools, the names of their links, and their merge tags for address and first name (docs/embed.md)."""


def embed(event: EventView) -> str:
    """HTML for anybody's site that leads to where the invite is asked for; it needs no script."""
    return str(Markup('<a href="{}">Add “{}” to your calendar</a>').format(_link(event, "button"), event.subject))


def embeddings(event: EventView) -> tuple[Embedding, ...]:
    """The link for each marketing tool's own link field: it fills in whose mail it stands in."""
    return tuple(
        Embedding(tool, f"{_link(event, f'link:{name}')}&email={email}&name={first}")
        for tool, name, email, first in _MERGED
    )


def _link(event: EventView, origin: str) -> str:
    return f"{event.public_url}/invite?origin={origin}"


class Share(NamedTuple):
    """One part of the bar of answers; `x` and `width` in percent."""

    name: str
    title: str
    people: int
    x: float
    width: float


def shares(figures: Statistics) -> tuple[Share, ...]:
    """Yes, maybe, no and no answer as parts of one bar."""
    counts = {
        "yes": ("Yes", figures.accepted),
        "maybe": ("Maybe", figures.tentative),
        "no": ("No", figures.declined),
        "none": ("No answer", figures.none),
    }
    found, x = [], 0.0
    for name, (title, count) in counts.items():
        width = 100 * count / figures.invitations if figures.invitations else 0.0
        found.append(Share(name, title, count, round(x, 3), round(width, 3)))
        x += width
    return tuple(found)
