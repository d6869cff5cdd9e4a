"""The files that go with an event: found in the organizer's archived mail, and read from there when they are sent."""

from __future__ import annotations

from collections.abc import Sequence

from invited.domain.event import File
from invited.imip.attachments import Sifted, sift
from invited.imip.mail import read
from invited.ports import Engine


def enclosed(engine: Engine, key: str) -> Sifted:
    """What is attached to the archived mail at `key`, and which of it goes on."""
    return sift(read(engine.archive.get(key)), key, engine.settings.attachment_bytes)


def contents(engine: Engine, files: Sequence[File]) -> list[tuple[File, bytes]]:
    """Each file with its content; every mail is read once."""
    mails = {key: read(engine.archive.get(key)) for key in {file.mail for file in files}}
    return [(file, mails[file.mail].attachments[file.number].content) for file in files]
