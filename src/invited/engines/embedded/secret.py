"""The installation's secret: 32 random bytes in a file that only its owner may read, made once."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from invited.domain.errors import Refused
from invited.engines.embedded.durable import sync_folder

LENGTH = 32


def kept(path: Path) -> bytes:
    """The secret in `path`, made there durably if there is none; of several processes at once one makes it.

    Raises Refused where it is not as it was made.
    """
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) != LENGTH:
        raise Refused(
            f"The secret in {path} has {len(secret)} bytes instead of {LENGTH}.",
            "Restore it from a copy: the invites that are out depend on it.",
        )
    return secret


def _make(path: Path) -> None:
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, leaves a secret alone that another process has made meanwhile.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    sync_folder(path.parent)
