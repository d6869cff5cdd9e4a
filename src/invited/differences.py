"""What changes between two versions of an event, old → new in words, for mails and pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import islice
from typing import NamedTuple

from invited.domain.event import Component, Event, Status
from invited.domain.moment import Moment
from invited.wording import repeats, when

MAX_DIFFERENCES = 30
"""Differences that are told."""

MAX_LINES = 400
"""Lines of a text that are compared, which bounds the time it takes."""

SHOWN_LINES = 12
SHOWN_CHARACTERS = 200
"""How much of a changed text is shown: so many lines of so many characters."""

SHOWN_DATES = 10


class Difference(NamedTuple):
    """One thing that changes. `old` or `new` is "" where there is nothing; of a text they are its changed lines."""

    what: str
    old: str
    new: str


def differences(before: Event, after: Event) -> tuple[Difference, ...]:
    """What an attendee would see change; the event itself first, then single dates by original start."""
    found = list(islice(_all(before, after), MAX_DIFFERENCES + 1))
    if len(found) > MAX_DIFFERENCES:
        found[MAX_DIFFERENCES:] = [Difference("More", "", "further dates change, too")]
    return tuple(found)


def _all(before: Event, after: Event) -> Iterator[Difference]:
    old, new = ({c.key(): c for c in event.components} for event in (before, after))
    for key, component in new.items():
        known = old.get(key) or _planned(component, before)
        if component != known:
            yield from _of_one(known, component)
    for key in old.keys() - new.keys():
        yield Difference(_label(old[key]), when(old[key]), "as in the series")


def _planned(component: Component, event: Event) -> Component | None:
    """What the series had planned for this date; None where it is known by nothing else."""
    master = event.component(None)
    if master is None or component.recurrence_id is None:
        return None
    length = master.ends().instant() - master.start.instant()
    start = component.recurrence_id
    return replace(master, start=start, recurrence_id=start, end=None, duration=length, rules=(), rdates=(), exdates=())


def _of_one(old: Component | None, new: Component) -> Iterator[Difference]:
    label = _label(new)
    if old is None:
        yield Difference(label or "Event", "", f"{when(new)}, {new.summary}")
        return
    rows = (
        ("Status", _status(old), _status(new)),
        ("Title", old.summary, new.summary),
        ("When", when(old), when(new)),
        ("Repeats", _repeats(old), _repeats(new)),
        ("Further dates", *_apart([p.start for p in old.rdates], [p.start for p in new.rdates])),
        ("Dates left out", *_apart(old.exdates, new.exdates)),
        ("Where", old.location, new.location),
        ("Text", *_lines(old.description, new.description)),
        ("Layout of the text", "", "changes" if _is_relaid(old, new) else ""),
        ("Other details", *_extra(old, new)),
    )
    for what, was, will in rows:
        if was != will:
            yield Difference(f"{label}: {what}" if label else what, was, will)


def _label(component: Component) -> str:
    original = component.recurrence_id
    return _date(original) if original else ""


def _status(component: Component) -> str:
    names = {Status.CANCELLED: "cancelled", Status.TENTATIVE: "tentative", Status.CONFIRMED: "takes place"}
    return names[component.status]


def _repeats(component: Component) -> str:
    """In words, and the rule itself where words do not tell it all."""
    words = repeats(component) or "once"
    return f"{words} ({'; '.join(component.rules)})" if words == "on several dates" and component.rules else words


def _apart(old: Sequence[Moment], new: Sequence[Moment]) -> tuple[str, str]:
    """The dates that only one of the two has."""
    was, will = ({moment.instant(): moment for moment in moments} for moments in (old, new))
    return _dates(was[i] for i in sorted(was.keys() - will.keys())), _dates(will[i] for i in sorted(will.keys() - was))


def _dates(moments: Iterator[Moment]) -> str:
    shown = [_date(moment) for moment in islice(moments, SHOWN_DATES + 1)]
    return ", ".join(shown[:SHOWN_DATES]) + (" and more" if len(shown) > SHOWN_DATES else "")


def _date(moment: Moment) -> str:
    return f"{moment.wall:%a} {moment.wall.day} {moment.wall:%B %Y}"


def _lines(old: str, new: str) -> tuple[str, str]:
    """The lines that only one of the two texts has, in their order."""
    was, will = (text.splitlines()[:MAX_LINES] for text in (old, new))
    steps = [step for step in SequenceMatcher(None, was, will, autojunk=False).get_opcodes() if step[0] != "equal"]
    gone = [line for _, start, end, _, _ in steps for line in was[start:end]]
    come = [line for _, _, _, start, end in steps for line in will[start:end]]
    if old != new and not gone and not come:
        return "", "changes further down"
    return _shown(gone), _shown(come)


def _shown(lines: list[str]) -> str:
    shown = [line if len(line) <= SHOWN_CHARACTERS else f"{line[:SHOWN_CHARACTERS]}…" for line in lines[:SHOWN_LINES]]
    return "\n".join([*shown, "…"] if len(lines) > SHOWN_LINES else shown)


def _is_relaid(old: Component, new: Component) -> bool:
    return old.html != new.html and old.description == new.description


def _extra(old: Component, new: Component) -> tuple[str, str]:
    """The names of the properties that come, go or change."""
    names = sorted({p.name for p in set(old.extra) ^ set(new.extra)})
    return "", ", ".join(names[:SHOWN_DATES]) + (" change" if names else "")
