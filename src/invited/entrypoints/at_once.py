"""What follows from a mail is worked off where it arises: an answer needs no way through the topic to be recorded.

Each way costs a publish, a queue's requests and a Lambda; a mail has one behind it already. What cannot be done at once
takes the way that it would have taken, with its retries and dead letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from invited.domain.errors import Aside
from invited.entrypoints.worker import ids
from invited.messages import MailArrived, Message, ReplyArrived
from invited.pipelines import PIPELINES
from invited.ports import Engine

KINDS = (MailArrived, ReplyArrived)
"""Messages that are quick to handle and send no mail, so that no rate has to be kept."""

log = structlog.get_logger()


class AtOnce:
    """The Queue port of `engine`, save that messages of these kinds are handled before `publish` returns."""

    def __init__(self, engine: Engine) -> None:
        self._queue = engine.queue
        self._engine = replace(engine, queue=self)

    def publish(self, messages: Sequence[Message], delay: float = 0) -> None:
        """See Queue.publish. Whoever repeats it has messages handled twice, as anywhere."""
        quick = [message for message in messages if isinstance(message, KINDS) and not delay]
        if others := [message for message in messages if message not in quick]:
            self._queue.publish(others, delay)
        if left := [message for message in quick if not self._is_handled(message)]:
            self._queue.publish(left)

    def _is_handled(self, message: Message) -> bool:
        name = type(message).__name__
        try:
            PIPELINES[type(message)](message, self._engine)
        except Aside as why:
            log.info("set aside", message=name, why=str(why), **ids(message))
        except Exception as fault:  # noqa: BLE001 - it takes its own way then, and is settled there
            log.warning("put off", message=name, why=type(fault).__name__, **ids(message))
            return False
        else:
            log.info("handled", message=name, **ids(message))
        return True
