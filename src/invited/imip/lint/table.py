"""The table of all rules, in the order of a mail: structure, headers, the calendar object and its
lines, time, recurrence, participants.

Each group is a module, each rule a function in it; the order of the functions is the order of the table.
"""

from __future__ import annotations

from types import ModuleType

from invited.imip.lint import headers, lines, objects, participants, recurrence, structure, times
from invited.imip.lint.rule import Rule

GROUPS: dict[str, ModuleType] = {
    "Mail structure": structure,
    "Headers": headers,
    "Lines of the calendar object": lines,
    "Calendar object": objects,
    "Time": times,
    "Recurrence": recurrence,
    "Participants": participants,
}


def rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """The rules that a group's module defines, in their order."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


RULES: tuple[Rule, ...] = tuple(rule for module in GROUPS.values() for rule in rules_of(module))

_HEAD = f"""# Preflight: what `invited lint` checks

`invited lint FILE` and `POST /api/v1/lint` take any `.ics` or `.eml`, ours or anybody's, and say what calendar clients
will make of it: {len(RULES)} rules. Each finding names the rule, how bad it is, which clients mind, the place, the
remedy and the source. An **error** breaks a standard, or a named client fails; a **warning** costs something in a named
client; a **note** is allowed and common, but better done otherwise. “Inferred” marks what nobody has documented.

This page is made from the rules themselves: `invited lint --rules > docs/lint.md`.
"""


def document() -> str:
    """The table as Markdown: the text of docs/lint.md."""
    return _HEAD + "".join(_section(title, rules_of(module)) for title, module in GROUPS.items())


def _section(title: str, rules: tuple[Rule, ...]) -> str:
    head = (
        f"\n## {title}\n\n| rule | severity | what is wrong | clients | remedy | source |\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(_row(rule) for rule in rules)


def _row(rule: Rule) -> str:
    cells = (f"`{rule.id}`", rule.severity, rule.says, ", ".join(rule.clients), rule.remedy, rule.source)
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
