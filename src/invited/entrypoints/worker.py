"""Where messages are worked off: take some, let their pipeline handle each, and settle what became of it."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import structlog

from invited.domain.errors import Aside, Temporary
from invited.engines.correlation import correlated
from invited.messages import TYPES, DeliveryDue, HookDue, Message
from invited.pipelines import GIVE_UP, PIPELINES
from invited.ports import Engine
from invited.settings import Settings

VISIBILITY = 600.0
"""Seconds after which a taken message that nobody settled is given to somebody else."""

BATCH = 10
"""Messages taken at a time by one thread."""

IDLE = 0.5
"""Seconds after which an idle thread looks for messages of other processes; those of its own wake it."""

LONGEST_WAIT = 3600.0
"""Seconds that a retry waits at most."""


class Taken(Protocol):
    """A message in hand: `receives` counts how often it was taken, `handle` fences its settling, and `correlation` is
    the id under which all that comes of one mail is logged.
    """

    @property
    def message(self) -> Message: ...
    @property
    def receives(self) -> int: ...
    @property
    def handle(self) -> str: ...
    @property
    def correlation(self) -> str: ...


class WorkQueue(Protocol):
    """The taking side of an engine's queue."""

    def take(self, count: int, visibility: float, kinds: Collection[str] | None) -> Sequence[Taken]: ...
    def ack(self, handles: Sequence[str]) -> object: ...
    def retry(self, handle: str, delay: float, error: str) -> object: ...
    def bury(self, handle: str, error: str) -> object: ...
    def wait(self, timeout: float, kinds: Collection[str] | None) -> object: ...


log = structlog.get_logger()


CALLS = frozenset({HookDue.__name__})
"""What waits for other people's servers, and must hold up nobody else: threads of its own do it, one by one."""

ALL_BUT_CALLS = frozenset(TYPES) - CALLS

ALL_BUT_BULK = ALL_BUT_CALLS - {DeliveryDue.__name__}
"""What one thread keeps free for, so that answers are counted while a million invites go out."""


def work(engine: Engine, queue: WorkQueue, stop: threading.Event, kinds: Collection[str] | None = None) -> None:
    """Work messages of these types, or of all, off until `stop`; what is in hand by then is finished."""
    _until(stop, lambda: work_off(engine, queue, kinds), lambda: queue.wait(IDLE, kinds))


def call(engine: Engine, queue: WorkQueue, stop: threading.Event) -> None:
    """Call webhooks until `stop`. What is published does not wake this: mails must not pay for it."""
    _until(stop, lambda: work_off(engine, queue, CALLS, 1), lambda: stop.wait(IDLE))


def _until(stop: threading.Event, work_some: Callable[[], int], idle: Callable[[], object]) -> None:
    while not stop.is_set():
        try:
            if not work_some():
                idle()
        except Exception as trouble:  # noqa: BLE001 - a thread that ended would be missed by nobody
            _complain(trouble)
            stop.wait(IDLE)


def _complain(trouble: Exception) -> None:
    """The text of an error that nobody foresaw may hold an address, which is not for the log."""
    why = str(trouble) if isinstance(trouble, Temporary) else type(trouble).__name__
    log.error("the queue is in trouble", why=why)


def work_off(engine: Engine, queue: WorkQueue, kinds: Collection[str] | None = None, count: int = BATCH) -> int:
    """Handle one batch of `count` messages at most; how many there were."""
    batch = queue.take(count, VISIBILITY, kinds)
    done = [taken.handle for taken in batch if _is_settled(engine, queue, taken)]
    if done:
        queue.ack(done)
    return len(batch)


def _is_settled(engine: Engine, queue: WorkQueue, taken: Taken) -> bool:
    with correlated(taken.correlation):
        return _is_settled_well(engine, queue, taken)


def _is_settled_well(engine: Engine, queue: WorkQueue, taken: Taken) -> bool:
    """Handle one message; False where it was put off or buried instead."""
    name = type(taken.message).__name__
    began = time.perf_counter()
    try:
        PIPELINES[type(taken.message)](taken.message, engine)
    except Aside as reason:
        log.info("set aside", message=name, why=str(reason), **ids(taken.message))
    except Temporary as trouble:
        _put_off(engine, queue, taken, str(trouble))
        return False
    except Exception as fault:  # noqa: BLE001 - whatever a pipeline did not foresee becomes a dead letter
        # The traceback goes into the dead letter, where it may name an address, and not into the log.
        log.error("buried", message=name, why=type(fault).__name__, **ids(taken.message))  # noqa: TRY400
        _bury(engine, queue, taken, "".join(traceback.format_exception(fault)), "an error of this server")
        return False
    else:
        took = round(time.perf_counter() - began, 6)
        log.info("handled", message=name, took=took, **ids(taken.message))
    return True


def _put_off(engine: Engine, queue: WorkQueue, taken: Taken, trouble: str) -> None:
    name = type(taken.message).__name__
    if taken.receives >= engine.settings.max_attempts:
        log.error("buried", message=name, why=trouble, **ids(taken.message))
        _bury(engine, queue, taken, trouble, trouble)
        return
    delay = wait_after(taken.receives, engine.settings)
    log.warning("put off", message=name, why=trouble, seconds=delay, **ids(taken.message))
    queue.retry(taken.handle, delay, trouble)


def _bury(engine: Engine, queue: WorkQueue, taken: Taken, error: str, why: str) -> None:
    """Make it a dead letter with its error; whoever waited for it is told `why` first, if they can be."""
    give_up = GIVE_UP.get(type(taken.message))
    try:
        if give_up:
            give_up(taken.message, engine, f"given up: {why}")
    except Temporary:
        raise
    except Exception as fault:  # noqa: BLE001 - what cannot be handled can often not be told of, either
        error = f"{error}\nand when it was given up:\n{''.join(traceback.format_exception(fault))}"
    queue.bury(taken.handle, error)


def wait_after(receives: int, settings: Settings) -> float:
    """Seconds that a message waits which has failed so many times."""
    return float(min(settings.retry_seconds * 2 ** (receives - 1), LONGEST_WAIT))


def ids(message: Message) -> dict[str, str]:
    """What identifies a message in a log line: ids and archive keys, never bodies or addresses."""
    mail = getattr(message, "mail", "")
    found = {
        "event_id": getattr(message, "event_id", ""),
        "job": getattr(message, "job", ""),
        "webhook": getattr(message, "hook_id", ""),
        "mail": mail if isinstance(mail, str) else mail.key,
    }
    return {name: value for name, value in found.items() if value}
