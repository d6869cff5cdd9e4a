"""A list of people as it is uploaded: raw, or in a form; on the disk where it is long, and read piece by piece."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import IO, Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from invited.api.problems import Problem

CHUNK = 65_536
"""Octets read at a time."""

IN_MEMORY = 1_000_000
"""Octets above which an upload waits on the disk."""

_TEXT = {"schema": {"type": "string"}, "example": "name,email\nAda,ada@fans.example\n"}
_FORM = {
    "schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string"}}},
    "example": {"file": "guests.csv"},
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One file with a header that names a column of addresses, or with addresses in any form.",
        "content": {"text/csv": _TEXT, "text/plain": _TEXT, "multipart/form-data": _FORM},
    }
}


@asynccontextmanager
async def uploaded(request: Request) -> AsyncIterator[IO[bytes]]:
    """The list in this request, at its beginning; raises the problem `invalid` for a form without a file."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "multipart/form-data":
        async with request.form(max_files=1, max_fields=10) as form:
            upload = next((part for part in form.values() if isinstance(part, UploadFile)), None)
            if upload is None:
                raise Problem("invalid", "The form has no file.", "Please send the list as the form's part `file`.")
            yield upload.file
        return
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as spooled:
        async for chunk in request.stream():
            await run_in_threadpool(spooled.write, chunk)
        spooled.seek(0)
        yield spooled


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """What is left of a file, piece by piece."""
    while chunk := file.read(CHUNK):
        yield chunk
