"""Authentication-Results, RFC 8601: what the mail server in front of us found out about a mail's sender."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PART = re.compile(rf'(?P<comment>\()|(?P<end>;)|{_QUOTED}|[^()";]+')
_IN_COMMENT = re.compile(r"\\.|[()]")
# A sender chooses what stands in a value: it ends at a space only, lest `=` or `"` in a local part forge a domain.
_PAIR = re.compile(rf'(?P<key>[^\s"=]+)\s*=\s*(?P<value>(?:[^\s"]|{_QUOTED})+)(?:\s+|\Z)')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Result:
    """One verdict: `method` such as "dkim" found `verdict` such as "pass", about `properties` such as "header.d"."""

    method: str
    verdict: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """All that one server says; `server` is its authserv-id. Everything is in lower case."""

    server: str
    results: tuple[Result, ...]


def read(value: str) -> AuthenticationResults:
    """Reads an unfolded field; comments tell nothing. Raises ValueError where anything in it is malformed.

    Lenient only as far as servers need it: SES puts `client-ip=…` and the like where verdicts belong.
    """
    first, *clauses = (clause.strip() for clause in _clauses(value.lower()))
    server, _, version = first.partition(" ")
    if not server or "=" in server or version.strip() not in ("", "1"):
        raise ValueError("it does not begin with an authserv-id of version 1")
    return AuthenticationResults(_unquoted(server), tuple(_result(c) for c in clauses if c not in ("", "none")))


def _clauses(value: str) -> list[str]:
    """What stands between semicolons, without comments."""
    clauses = [""]
    at = 0
    while at < len(value):
        found = _PART.match(value, at)
        if found is None:
            raise ValueError("a quote or parenthesis does not match")
        at = _after_comment(value, found.end()) if found["comment"] else found.end()
        if found["end"]:
            clauses.append("")
        else:
            clauses[-1] += " " if found["comment"] else found[0]
    return clauses


def _after_comment(value: str, at: int) -> int:
    depth = 1
    for found in _IN_COMMENT.finditer(value, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    raise ValueError("a comment does not end")


def _result(clause: str) -> Result:
    pairs: list[tuple[str, str]] = []
    at = 0
    while at < len(clause):
        found = _PAIR.match(clause, at)
        if found is None:
            raise ValueError("a verdict is not made of key=value")
        pairs.append((found["key"], _unquoted(found["value"])))
        at = found.end()
    (method, verdict), *properties = pairs
    if len(dict(properties)) < len(properties):
        raise ValueError("a property is told twice")
    return Result(method.partition("/")[0], verdict, dict(properties))


def _unquoted(word: str) -> str:
    """A value that is one quoted string, without its quotes; in an address they stay."""
    return _ESCAPED.sub(r"\1", word[1:-1]) if re.fullmatch(_QUOTED, word) else word
