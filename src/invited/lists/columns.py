"""How a list is laid out: which character parts its columns, which of them hold the address and the name.

A list either is a table, or free text: addresses, or `Name <address>`, in lines or parted by commas or semicolons.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from invited.domain.errors import Refused
from invited.lists.lines import lines

SAMPLE = 100
"""Lines looked at."""

_DELIMITERS = ("\t", ";", ",", "|")
_HEADER_WITHIN = 10
"""Lines among which a header is looked for: titles may stand above it."""

_HINT = re.compile(r"sep=(.)", re.IGNORECASE)
_NAMED = re.compile(r"<[^<>@\s]+@[^<>\s]+>")


def _plain(title: str) -> str:
    """A column's title without case, accents and anything but letters and digits."""
    bare = unicodedata.normalize("NFKD", title.casefold())
    return "".join(character for character in bare if character.isalnum())


def _titles(words: str) -> frozenset[str]:
    return frozenset(map(_plain, words.split()))


_SURE = _titles(
    "email emails emailaddress emailadresse adresseemail adressemail mail mailadresse mailaddress emailid emailadres "
    "correo correoelectrónico courriel epost epostadresse epostadress sähköposti sähköpostiosoite postaelettronica "
    "indirizzoemail endereçodeemail электроннаяпочта адресэлектроннойпочты почта 邮箱 电子邮件 电子邮箱 "
    "メール メールアドレス 電子メール 이메일"
)
_LIKELY = re.compile("e?mail|courriel|correo|epost|メール|邮")
_UNLIKELY = re.compile("mailing|type|label|status|opt|consent|verified|valid|subscri|count|date|template|subject")
_VAGUE = _titles("address adresse adres dirección indirizzo endereço contact kontakt recipient attendee guest")

_FIRST = _titles("firstname first givenname given vorname prénom nombre voornaam fornavn förnamn nome imię etunimi")
_LAST = _titles(
    "lastname last surname familyname family nachname familienname nomdefamille apellido apellidos achternaam "
    "etternavn efternamn cognome sobrenome nazwisko sukunimi"
)
_WHOLE = _titles(
    "name fullname displayname contactname recipientname attendeename guestname nom nomcomplet nombrecompleto "
    "nomecompleto naam navn namn contact kontakt attendee guest recipient 姓名 名前 氏名 이름 имя фио"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """`delimiter` is "" for free text, which has no columns; `email` and `names` count columns from 0.

    `skipped` lines stand above the first person.
    """

    delimiter: str = ""
    email: int = 0
    names: tuple[int, ...] = ()
    skipped: int = 0


def layout(head: bytes, columns: Sequence[int] = ()) -> Layout:
    """How the list that begins with `head` (UTF-8 or 8-bit, possibly cut anywhere) is laid out.

    `columns` are those that a person chose, the address's and then the name's; raises Refused where the list has none.
    """
    found = _found(head)
    if not columns:
        return found
    if not found.delimiter:
        raise Refused("The list has no columns to choose from.", "Please send it without a choice of columns.")
    return replace(found, email=columns[0], names=tuple(columns[1:]))


def _found(head: bytes) -> Layout:
    found = [line.text for line, _ in zip(lines([head]), range(SAMPLE), strict=False)]
    sample = found[:-1] if len(found) > 1 and not head.endswith((b"\n", b"\r")) and len(found) < SAMPLE else found
    hint = _HINT.fullmatch(sample[0].strip('"')) if sample else None
    delimiters = (hint[1],) if hint else _DELIMITERS
    candidates = [table for d in delimiters if (table := _with_header(sample, d) or _without_header(sample, d))]
    if candidates:
        return max(candidates, key=lambda candidate: candidate[0])[1]
    return Layout(skipped=_title(sample))


def fields(text: str, delimiter: str) -> list[str]:
    """The cells of one record (RFC 4180, leniently)."""
    if '"' not in text:
        return text.split(delimiter)
    return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])


def _with_header(sample: Sequence[str], delimiter: str) -> tuple[tuple[int, int], Layout] | None:
    """The table under a header that names a column of addresses, and how good a table that is."""
    for number, text in enumerate(sample[:_HEADER_WITHIN]):
        header = fields(text, delimiter)
        if "@" in text:
            return None
        if len(header) < 2:
            continue
        words = [_plain(cell) for cell in header]
        scores = [_score(word) for word in words]
        if max(scores) == 0:
            continue
        rows = [fields(line, delimiter) for line in sample[number + 1 :]]
        email = max(range(len(words)), key=lambda c: (_share(rows, c) > 0.5, scores[c], _share(rows, c), -c))
        if rows and not _share(rows, email):
            continue
        return (2, len(header)), Layout(delimiter, email, _names(words, email), number + 1)
    return None


def _without_header(sample: Sequence[str], delimiter: str) -> tuple[tuple[int, int], Layout] | None:
    """The table of lines that are alike and have one address each; its first line may be a header in any language."""
    texts = [text for text in sample if text.strip()]
    rows = [fields(text, delimiter) for text in texts]
    if not rows or sum(bool(_NAMED.search(text)) for text in texts) * 2 > len(rows):
        return None
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count)
    alike = [row for row in rows if len(row) == width]
    if width < 2 or len(alike) * 5 < len(rows) * 4:
        return None
    shares = [_share(alike, column) for column in range(width)]
    if sum(share > 0.2 for share in shares) != 1 or max(shares) < 0.5:
        return None
    email = shares.index(max(shares))
    skipped = int("@" not in texts[0] and len(texts) > 1)
    return (1, width), Layout(delimiter, email, _untitled_names(alike[skipped:], email), skipped)


def _title(sample: Sequence[str]) -> int:
    """How many lines of free text stand above the first address, if one of them is the title of a column."""
    for number, text in enumerate(sample[:_HEADER_WITHIN]):
        if "@" in text:
            return 0
        if _score(_plain(text)) > 0:
            return number + 1
    return 0


def _score(word: str) -> int:
    if word in _SURE:
        return 3
    if _LIKELY.search(word) and not _UNLIKELY.search(word):
        return 2
    return int(word in _VAGUE)


def _names(words: Sequence[str], email: int) -> tuple[int, ...]:
    """The columns that make up a person's name, in the order in which it is written."""

    def column(among: frozenset[str]) -> int | None:
        return next((c for c, word in enumerate(words) if c != email and word in among), None)

    first, last, whole = column(_FIRST), column(_LAST), column(_WHOLE)
    if first is not None and last is None:
        # `Name, Vorname` and `Nom, Prénom`: the word for the whole name stands for the last name.
        last = whole
    if first is None and whole is not None:
        return (whole,)
    return tuple(c for c in (first, last) if c is not None)


def _untitled_names(rows: Sequence[Sequence[str]], email: int) -> tuple[int, ...]:
    """The other columns of a narrow table, where all they hold is letters."""
    width = max((len(row) for row in rows), default=0)
    columns = [c for c in range(width) if c != email]
    if len(columns) > 2 or any(character.isdigit() for row in rows for c in columns for character in row[c]):
        return ()
    return tuple(columns)


def _share(rows: Iterable[Sequence[str]], column: int) -> float:
    """How many of the filled cells of a column hold an address."""
    cells = [row[column] for row in rows if column < len(row) and row[column].strip()]
    return sum("@" in cell for cell in cells) / len(cells) if cells else 0.0
