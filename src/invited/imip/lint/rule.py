"""What a rule is and what it finds: one row of the table, and one finding per place where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from invited.imip.lint.sample import Mail, Sample
from invited.imip.lint.scan import Calendar, Component

MAX_PER_RULE = 10
"""Findings of one rule that are listed; the last of them counts the others."""

Hit = tuple[str, str]
"""Where a rule is broken, and how: place and message."""

Hits = Iterator[Hit]


class Severity(StrEnum):
    """How bad it is, worst first."""

    ERROR = "error"
    """A standard is broken or a named client fails: the invite is not shown, not answerable or wrong."""
    WARNING = "warning"
    """A named client shows less than was meant, or another sender has been bitten by it."""
    NOTE = "note"
    """Allowed and common; better done otherwise."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule at one place: `place` is a header, a part or "line 12: DTSTART" (with the part before it, in a
    mail), `clients` who minds, `source` where it is written.
    """

    rule: str
    severity: Severity
    clients: tuple[str, ...]
    place: str
    message: str
    remedy: str
    source: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `says` is what is wrong when it is broken; `check` gives each place where it is."""

    id: str
    severity: Severity
    clients: tuple[str, ...]
    says: str
    remedy: str
    source: str
    check: Callable[[Sample], Hits]

    def findings(self, sample: Sample) -> Iterator[Finding]:
        """What it finds in `sample`: at most MAX_PER_RULE findings, the last of which counts the rest."""
        hits = list(self.check(sample))
        rest = len(hits) - MAX_PER_RULE
        for number, (place, message) in enumerate(hits[:MAX_PER_RULE], 1):
            text = f"{message} (and {rest} more like it)" if rest > 0 and number == MAX_PER_RULE else message
            yield Finding(self.id, self.severity, self.clients, place, text, self.remedy, self.source)


def for_sample(
    severity: Severity, clients: str, *, source: str, remedy: str
) -> Callable[[Callable[[Sample], Hits]], Rule]:
    """Make a rule of a function over all that is linted: its name is the id, its docstring what it says."""

    def make(check: Callable[[Sample], Hits]) -> Rule:
        return _rule(check, check, severity, clients, source=source, remedy=remedy)

    return make


def for_mail(severity: Severity, clients: str, *, source: str, remedy: str) -> Callable[[Callable[[Mail], Hits]], Rule]:
    """Likewise of a function over a mail that could be read."""

    def make(check: Callable[[Mail], Hits]) -> Rule:
        def run(sample: Sample) -> Hits:
            if sample.mail and not sample.mail.problem:
                yield from check(sample.mail)

        return _rule(check, run, severity, clients, source=source, remedy=remedy)

    return make


def for_invite(
    severity: Severity, clients: str, *, source: str, remedy: str
) -> Callable[[Callable[[Mail, Calendar], Hits]], Rule]:
    """Likewise of a function over a mail and the first calendar object in it."""

    def make(check: Callable[[Mail, Calendar], Hits]) -> Rule:
        def run(sample: Sample) -> Hits:
            if sample.mail and sample.calendars:
                yield from check(sample.mail, sample.calendars[0])

        return _rule(check, run, severity, clients, source=source, remedy=remedy)

    return make


def for_calendar(
    severity: Severity, clients: str, *, source: str, remedy: str
) -> Callable[[Callable[[Calendar], Hits]], Rule]:
    """Likewise of a function over each calendar object."""

    def make(check: Callable[[Calendar], Hits]) -> Rule:
        def run(sample: Sample) -> Hits:
            for calendar in sample.calendars:
                yield from check(calendar)

        return _rule(check, run, severity, clients, source=source, remedy=remedy)

    return make


def for_event(
    severity: Severity, clients: str, *, source: str, remedy: str
) -> Callable[[Callable[[Calendar, Component], Hits]], Rule]:
    """Likewise of a function over each VEVENT of each calendar object."""

    def make(check: Callable[[Calendar, Component], Hits]) -> Rule:
        def run(sample: Sample) -> Hits:
            for calendar in sample.calendars:
                for event in calendar.events:
                    yield from check(calendar, event)

        return _rule(check, run, severity, clients, source=source, remedy=remedy)

    return make


def _rule(
    named: Callable[..., Hits],
    check: Callable[[Sample], Hits],
    severity: Severity,
    clients: str,
    *,
    source: str,
    remedy: str,
) -> Rule:
    says = " ".join((named.__doc__ or "").split())
    return Rule(named.__name__.replace("_", "-"), severity, tuple(clients.split()), says, remedy, source, check)


def shown(text: str) -> str:
    """A piece of a stranger's text fit for a message: one line, printable, short."""
    line = "".join(c if c.isprintable() else "�" for c in text[:61])
    return line if len(text) <= 60 else line[:60] + "…"
