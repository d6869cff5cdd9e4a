"""`invited lint` in words or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from invited.imip.lint import Finding, Severity, document, lint


def rules() -> str:
    """The page of all rules."""
    return document()


def report(files: Mapping[str, bytes], *, strict: bool, as_json: bool) -> tuple[str, bool]:
    """What is found in each file, and whether that fails: an error does, with `strict` a warning, too."""
    found = {name: lint(content) for name, content in files.items()}
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    is_bad = any(finding.severity in failing for findings in found.values() for finding in findings)
    if as_json:
        return json.dumps({name: [asdict(f) for f in findings] for name, findings in found.items()}, indent=2), is_bad
    return "\n".join(_told(name, findings) for name, findings in found.items()), is_bad


def _told(name: str, findings: tuple[Finding, ...]) -> str:
    if not findings:
        return f"{name}: nothing to mind"
    lines = [
        f"{f.severity.upper()} {f.rule} ({', '.join(f.clients)}) at {f.place}\n  {f.message}\n  {f.remedy} [{f.source}]"
        for f in findings
    ]
    return "\n".join([f"{name}:", *lines])
