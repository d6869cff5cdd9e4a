"""One server per data folder: the lock that the running one holds, let go even by a kill."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from invited.domain.errors import Refused
from invited.engines.embedded.folder import made


@contextmanager
def hold(data_dir: Path) -> Iterator[int]:
    """Be the server of `data_dir`, which is made if need be, for as long as the block runs.

    Gives the descriptor of the lock: a child that inherits it holds the lock too, for as long as it lives. Raises
    Refused, naming the other server's process.
    """
    # Never removed: a file that one process removes while another opens it would be locked by both.
    try:
        opened = (made(data_dir) / "serve.lock").open("a+", encoding="ascii")
    except OSError as error:
        raise Refused(
            f"The data folder {data_dir} cannot be written to: {error.strerror}.",
            "See to the disk and to the rights of this user, or set INVITED_DATA_DIR to another folder.",
        ) from None
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise Refused(
                f"The data folder {data_dir} is in use by another server, process {pid}.",
                "Stop that one first, or set INVITED_DATA_DIR to another folder.",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def is_held(data_dir: Path) -> bool:
    """Whether a server of `data_dir` runs."""
    try:
        with (data_dir / "serve.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
