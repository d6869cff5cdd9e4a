"""The arguments of MAIL and RCPT, RFC 5321 §4.1.2: strict where a parser could be led astray, else lenient."""

from __future__ import annotations

import re
from dataclasses import dataclass

from invited.domain.addresses import MAX_ADDRESS

# Real senders have dots in odd places, so a local part is whatever cannot end it.
_ATOM = r'[^\s<>()\[\],;:\\"@\x00-\x1f\x7f]+'
_LOCAL = rf'(?:{_ATOM}|"(?:[^"\\\x00-\x1f\x7f]|\\[ -~])*")'
_DOMAIN = r"(?:\w(?:[\w.-]*\w)?|\[[0-9A-Za-z:.]+\])"
_PATH = re.compile(rf"\s*<(?P<route>@[^:<>\s]+:)?(?P<address>{_LOCAL}@{_DOMAIN})?>")
_PARAMETER = re.compile(r"(?P<key>[A-Z0-9][A-Z0-9-]*)(?:=(?P<value>[!-<>-~]+))?", re.IGNORECASE)


class BadSyntax(Exception):
    """The argument is not what RFC 5321 says."""


@dataclass(frozen=True, slots=True)
class Path:
    """`address` is "" for the null path; `is_routed`: it named hops on the way (a source route)."""

    address: str
    is_routed: bool
    parameters: dict[str, str]


def path(keyword: str, argument: str | None) -> Path:
    """Reads `FROM:<address> KEY=VALUE …`, `keyword` being FROM or TO; raises BadSyntax."""
    if argument is None or argument[: len(keyword) + 1].upper() != keyword + ":":
        raise BadSyntax
    rest = argument[len(keyword) + 1 :]
    found = _PATH.match(rest)
    if found is None or rest[found.end() :][:1] not in ("", " "):
        raise BadSyntax
    address = found["address"] or ""
    if _octets(address) > MAX_ADDRESS:
        raise BadSyntax
    return Path(address, bool(found["route"]), _parameters(rest[found.end() :]))


def _octets(address: str) -> int:
    try:
        return len(address.encode())
    except UnicodeEncodeError:  # it was not UTF-8
        raise BadSyntax from None


def _parameters(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for word in text.split():
        found = _PARAMETER.fullmatch(word)
        if found is None or found["key"].upper() in parameters:
            raise BadSyntax
        parameters[found["key"].upper()] = found["value"] or ""
    return parameters
