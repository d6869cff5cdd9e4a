"""The people in a piece of free text: addresses, `Name <address>`, names beside addresses, parted by , ; or blanks."""

from __future__ import annotations

import re
from typing import NamedTuple

# Possessive: takes time in proportion to the text, whatever that is.
_PIECE = re.compile(r'(?:"[^"]*"|[^,;\t"]++|")++')
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")
_NAME = re.compile(r"[^\d<>@]*[^\W\d_][^\d<>@]*")
_QUOTED = re.compile(r'[^"]*"[^"]*"@\S+')
_AROUND = "()[]{}<>'"

NO_ADDRESS = "there is no @ in it, so it is no address"


class Person(NamedTuple):
    """Somebody, or with a `fault` nobody: then `email` is the text that was no address."""

    email: str
    name: str = ""
    fault: str = ""


def entries(text: str) -> list[Person]:
    """Everybody named in `text`, one line or cell, in their order."""
    text = text.strip()
    if "@" in text and text.isascii() and not any(c in text for c in ' \t,;<"'):
        return [Person(text)]
    pieces = [piece.strip() for piece in _PIECE.findall(text)]
    pieces = [piece for piece in pieces if piece]
    if sum("@" in piece for piece in pieces) == 1:
        return _one(pieces)
    return _several(pieces)


def _one(pieces: list[str]) -> list[Person]:
    """A line with one address: what else stands there and may be a name, is."""
    names, rest, people = [], [], []
    for piece in pieces:
        if "@" in piece:
            people = _people(piece)
        elif _NAME.fullmatch(piece):
            names.append(piece.strip('"'))
        elif not piece.isdigit():
            rest.append(Person(piece, fault=NO_ADDRESS))
    if len(people) == 1 and names:
        # Outlook writes `Bell, Bob <bob@example.com>`.
        name = ", ".join([*names, people[0].name]) if people[0].name else " ".join(names)
        people = [people[0]._replace(name=name)]
    return rest + people


def _several(pieces: list[str]) -> list[Person]:
    people: list[Person] = []
    waiting: list[str] = []
    for piece in pieces:
        if "@" not in piece:
            waiting.append(piece)
            continue
        found = _people(piece)
        if len(waiting) == 1 and len(found) == 1 and found[0].name and _NAME.fullmatch(waiting[0]):
            found, waiting = [found[0]._replace(name=f"{waiting[0]}, {found[0].name}")], []
        people += [Person(text, fault=NO_ADDRESS) for text in waiting]
        people += found
        waiting = []
    return people + [Person(text, fault=NO_ADDRESS) for text in waiting]


def _people(piece: str) -> list[Person]:
    """Those in a piece with an @ that no comma or semicolon parts."""
    named = _NAMED.fullmatch(piece)
    if named:
        return [Person(named["email"].strip(), named["name"].strip().strip('"'))]
    words = piece.split()
    if len(words) == 1 or "<" in piece or _QUOTED.fullmatch(piece):
        return [Person(piece)]
    addresses = [word.strip(_AROUND) for word in words if "@" in word]
    if len(addresses) > 1:
        return [Person(address) for address in addresses]
    name = " ".join(word for word in words if "@" not in word)
    return [Person(addresses[0], name.strip(_AROUND).strip('"'))]
