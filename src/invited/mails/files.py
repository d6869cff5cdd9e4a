"""Mails and their templates as files, for whoever writes templates."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from invited.mails.templates import BUILT_IN


def export(folder: Path) -> Iterator[Path]:
    """Write all templates below `folder`, but what is there already; each path as it is written."""
    target = folder / "mail"
    target.mkdir(parents=True, exist_ok=True)
    for source in sorted(BUILT_IN.iterdir()):
        file = target / source.name
        if not file.exists():
            file.write_bytes(source.read_bytes())
            yield file


def written(raw: bytes, folder: Path, name: str) -> Iterator[Path]:
    """Write a mail, and its text and HTML by themselves; each path as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    mail: EmailMessage = message_from_bytes(raw, policy=policy.default)
    parts = {"eml": raw} | {
        ending: part.get_content().encode()
        for ending, kind in (("txt", "plain"), ("html", "html"))
        if (part := mail.get_body((kind,)))
    }
    for ending, content in parts.items():
        file = folder / f"{name}.{ending}"
        file.write_bytes(content)
        yield file
