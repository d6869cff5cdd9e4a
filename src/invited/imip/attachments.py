"""Which of an organizer's attachments go on to the attendees: documents, pictures and sound, never what can run.

A list of what is welcome, by file name, for nobody can list all that is dangerous. The type that is sent on is that of
the list, not what the mail claims.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from invited.domain.event import File
from invited.imip.mail import InboundMail

MAX_FILES = 20
"""Attachments of one event."""

MAX_NAME = 120
"""Characters kept of a file's name."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
WELCOME = {
    "pdf": "application/pdf", "txt": "text/plain", "csv": "text/csv", "rtf": "application/rtf",
    "docx": f"{_OFFICE}.wordprocessingml.document", "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": f"{_OPEN}.text", "ods": f"{_OPEN}.spreadsheet", "odp": f"{_OPEN}.presentation",
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "mp3": "audio/mpeg", "m4a": "audio/mp4", "mp4": "video/mp4", "epub": "application/epub+zip",
    "gpx": "application/gpx+xml",
}  # fmt: skip
"""File name extension → the type under which such a file is sent on."""

# Signatures and what other mail programs leave: nothing that the organizer attached.
_PASSED_OVER = re.compile(r"winmail\.dat|win\.dat|smime\.p7[ms]|.*\.asc|.*\.p7s|att\d+\.(?:txt|html?)|", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sifted:
    """`files` go on; `refused` are the names of those that do not."""

    files: tuple[File, ...]
    refused: tuple[str, ...]


def sift(mail: InboundMail, key: str, room: int) -> Sifted:
    """What of the attachments of `mail`, archived at `key`, goes on: with each invite while there is `room` (octets in
    all), behind a link beyond that.
    """
    files: list[File] = []
    refused: list[str] = []
    for number, found in enumerate(mail.attachments):
        name = found.name[-MAX_NAME:]
        if found.is_inline or _PASSED_OVER.fullmatch(name) or not found.content:
            continue
        kind = WELCOME.get(name.rpartition(".")[2].lower())
        if kind is None or len(files) >= MAX_FILES:
            refused.append(name)
            continue
        size = len(found.content)
        files.append(File(name, kind, size, key, number, is_linked=size > room))
        room -= 0 if size > room else size
    return Sifted(tuple(files), tuple(refused[:MAX_FILES]))
