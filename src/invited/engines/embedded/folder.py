"""The data folder: made where it is not there yet, for its owner alone."""

from __future__ import annotations

from pathlib import Path

from invited.domain.errors import Refused


def made(folder: Path) -> Path:
    """`folder`, which is there now; raises Refused."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"The data folder {folder} cannot be made: {error.strerror}.", "Set INVITED_DATA_DIR to one that can."
        ) from None
    return folder
