"""Who takes part: the organizer and the attendees that a winmail.dat names (MS-OXCICAL 2.1.3.1.1.20.2 and .16).

Addresses inside an Exchange organisation are directory names; a person without an SMTP address is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from icalendar import vCalAddress, vText

from invited.domain.addresses import clean_name, normalised
from invited.imip.tnef.stream import APPOINTMENT, Message, Properties

MAX_ATTENDEES = 1_000
"""People taken over from one mail."""

MAX_LISTED = 2_000
"""Entries looked at of each list for people to read."""

_TO, _CC, _RESOURCE = 1, 2, 3
_ORGANIZER_FLAG = 0x2
_TRACKED = {2: "TENTATIVE", 3: "ACCEPTED", 4: "DECLINED"}
# “Name (address)”, as Outlook lists attendees for people to read, with semicolons between.
_LISTED = re.compile(r"([^()]*)\(([^()@\s]+@[^()@\s]+)\)")
# SMTP address; else an address with its type; name.
_REPRESENTED = (0x5D02, 0x0065, 0x0064, 0x0042)
_SENDER = (0x5D01, 0x0C1F, 0x0C1E, 0x0C1A)
_ACCOUNTS = (0x0E29, 0x0E28)


@dataclass(frozen=True, slots=True)
class Person:
    """A name, possibly empty, and an SMTP address as it was written."""

    address: str
    name: str = ""

    def line(self, parameters: Mapping[str, str]) -> vCalAddress:
        """As the value of ORGANIZER or ATTENDEE."""
        value = vCalAddress(f"mailto:{self.address}")
        if self.name and self.name != self.address:
            value.params["CN"] = vText(self.name)
        for name, parameter in parameters.items():
            value.params[name] = vText(parameter)
        return value

    def is_same(self, other: Person | None) -> bool:
        """Whether both are one address."""
        return other is not None and normalised(self.address) == normalised(other.address)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited, with the role and answer that the organizer's calendar noted."""

    person: Person
    role: str
    cutype: str
    partstat: str


def author(properties: Properties, sender: str) -> tuple[Person | None, Person | None]:
    """Who speaks: the organizer of a request, the attendee of an answer; and who sent it for them, if another.

    Outlook on POP and IMAP accounts names nobody; then it is `sender`, the mail's From, else the account it went by.
    """
    represented, actual = _person(properties, *_REPRESENTED), _person(properties, *_SENDER)
    person = represented or actual or _checked(sender, "") or _account(properties)
    return person, actual if person and actual and not actual.is_same(person) else None


def recipient(message: Message) -> Person | None:
    """To whom an answer goes: its organizer, if it has one recipient only."""
    found = [attendee.person for attendee in _table(message.recipients)]
    return found[0] if len(found) == 1 else None


def attendees(message: Message, organizer: Person | None) -> list[Attendee]:
    """Everybody invited but the organizer, each once: of the recipient table, else of the lists for people to read."""
    found = list(_table(message.recipients)) or list(_listed(message.properties))
    unique: dict[str, Attendee] = {}
    for attendee in found:
        unique.setdefault(normalised(attendee.person.address), attendee)
    if organizer:
        unique.pop(normalised(organizer.address), None)
    return list(unique.values())[:MAX_ATTENDEES]


def _table(rows: tuple[Properties, ...]) -> Iterator[Attendee]:
    for row in rows:
        person = _person(row, 0x39FE, 0x3003, 0x3002, 0x3001)
        if person is None or (row.number(0x5FFD) or 0) & _ORGANIZER_FLAG:
            continue
        kind = (row.number(0x0C15) or _TO) & 0xF
        yield _attendee(person, kind, _TRACKED.get(row.number(0x5FFF) or 0, "NEEDS-ACTION"))


def _listed(properties: Properties) -> Iterator[Attendee]:
    for number, kind in ((0x823B, _TO), (0x823C, _CC), (0x8238, _TO)):
        for entry in (properties.text((APPOINTMENT, number)) or "").split(";", MAX_LISTED)[:MAX_LISTED]:
            match = _LISTED.fullmatch(entry.strip())
            if match and (person := _checked(match[2], match[1])):
                yield _attendee(person, kind, "NEEDS-ACTION")


def _attendee(person: Person, kind: int, partstat: str) -> Attendee:
    role = {_CC: "OPT-PARTICIPANT", _RESOURCE: "NON-PARTICIPANT"}.get(kind, "REQ-PARTICIPANT")
    return Attendee(person, role, "RESOURCE" if kind == _RESOURCE else "INDIVIDUAL", partstat)


def _person(properties: Properties, smtp: int, address: int, kind: int, name: int) -> Person | None:
    plain = properties.text(smtp)
    if not plain and (properties.text(kind) or "SMTP").upper() == "SMTP":
        plain = properties.text(address)
    return _checked(plain or "", properties.text(name) or "")


def _account(properties: Properties) -> Person | None:
    """The account that it was to be sent by: Outlook writes its id, name and address with characters 1 between."""
    for key in _ACCOUNTS:
        if person := _checked(properties.parts(key)[-1], ""):
            return person
    return None


def _checked(address: str, name: str) -> Person | None:
    address = address.strip()
    if address[:5].upper() == "SMTP:":
        address = address[5:]
    try:
        normalised(address)
    except ValueError:
        return None
    return Person(address, clean_name(name.strip().strip("'")))
