"""What is wrong with an operator's own mail templates, told before the server starts: in which file, in which line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError

from invited.branding import brand
from invited.domain.branding import Branding
from invited.mails import markup, templates
from invited.mails.markup import Unreadable
from invited.mails.samples import sample
from invited.mails.templates import PARTS
from invited.mails.values import common


def faults(folder: Path) -> list[str]:
    """Each fault as `file: line n: reason`; `folder` is TEMPLATES_DIR. First each file by itself, then all together."""
    found = [fault for file in sorted((folder / "mail").glob("*")) for fault in _file_faults(file)]
    return found or [fault for name in templates.names() if (fault := _mail_fault(folder, name))]


def _mail_fault(folder: Path, name: str) -> str:
    """What keeps a mail from being made with an example's values."""
    url = "https://invites.example"
    values = common(brand(Branding(), ""), url) | sample(name, url, "invites.example")
    try:
        templates.fill(folder, templates.source(folder, name), templates.phrases(folder, name), {}, values)
    except Unreadable as fault:
        return f"{folder / 'mail' / name}: {fault}"
    except Exception as fault:  # noqa: BLE001 - whatever a template may raise
        return f"{folder / 'mail' / name}: line {_line(fault)}: {fault}"
    return ""


def _line(fault: BaseException) -> int:
    """The line of the template in which it was raised."""
    trace, line = fault.__traceback__, 0
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _file_faults(file: Path) -> Iterator[str]:
    """Of one file by itself."""
    known = {f"{name}.{kind}" for name in templates.names() for kind in ("txt", "mjml", "html")} | {
        "words.toml",
        "letter.txt",
    }
    if file.name not in known | {f"{part}.mjml" for part in PARTS}:
        yield f"{file}: no mail has a template of this name; `invited templates list` names all"
        return
    written = file.read_text(encoding="utf-8", errors="replace")
    try:
        if file.name == "words.toml":
            yield from _strange_words(file, tomllib.loads(written))
            return
        if file.suffix == ".mjml":
            markup.check(written)
        templates.parse(written)
    except TemplateSyntaxError as fault:
        yield f"{file}: line {fault.lineno}: {fault.message}"
    except (Unreadable, tomllib.TOMLDecodeError) as fault:
        yield f"{file}: {fault}"


def _strange_words(file: Path, written: Mapping[str, Any]) -> Iterator[str]:
    for name, own in written.items():
        usual = templates.usual_phrases().get(name, {})
        for key in own if isinstance(own, dict) else [""]:
            if key not in usual or not isinstance(own[key], str):
                yield f"{file}: there is no phrase [{name}] {key}"
