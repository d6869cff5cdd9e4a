"""Preflight: what Gmail, Outlook, Apple and the others will make of an invite, ours or anybody's.

`lint` opens any bytes as a mail or a calendar file and holds them against one table of rules (`RULES`), each a small
pure function with its severity, clients, remedy and source. `document` is that table as a page.
"""

from __future__ import annotations

from invited.imip.lint.rule import Finding, Rule, Severity
from invited.imip.lint.sample import opened
from invited.imip.lint.table import RULES, document

__all__ = ["RULES", "Finding", "Rule", "Severity", "document", "lint"]

_WORST_FIRST = tuple(Severity)


def lint(data: bytes) -> tuple[Finding, ...]:
    """All findings about an .ics or .eml, worst first and then in the order of the table; none if all is well.

    Never raises and takes bounded time on any bytes: of what is too large or too tangled a part is read, and the rules
    `size` and `mail-unreadable` say so.
    """
    sample = opened(data)
    findings = [finding for rule in RULES for finding in rule.findings(sample)]
    return tuple(sorted(findings, key=lambda finding: _WORST_FIRST.index(finding.severity)))
