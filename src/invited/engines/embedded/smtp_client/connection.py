"""One session with the relay: the opening and then the dialogue, spoken over a wire."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from invited.engines.embedded.relay import Relay
from invited.engines.embedded.smtp_client.batch import Batch
from invited.engines.embedded.smtp_client.dialogue import Dialogue
from invited.engines.embedded.smtp_client.opening import TLS_STARTED, open_session
from invited.engines.embedded.smtp_client.reply import Broken, Reply, ReplyReader
from invited.engines.embedded.smtp_client.wire import Wire
from invited.ports import Sent

_FINAL_PATIENCE = 4
"""A whole mail's answer may take so many timeouts: who gives up too early sends it twice (RFC 5321 §4.5.3.2.6)."""

_EARLY = "it said more before TLS stood, which may have been anybody"


@dataclass(frozen=True, slots=True)
class Terms:
    """How to talk to the relay; one connection carries `max_letters`."""

    relay: Relay
    max_letters: int
    tls: Callable[[], ssl.SSLContext]


class Connection:
    """Opens itself and carries letters of a batch as its socket becomes ready; raises Broken when it cannot go on."""

    def __init__(self, terms: Terms, batch: Batch) -> None:
        self._terms = terms
        self._batch = batch
        self._dialogue: Dialogue | None = None
        self._reader = ReplyReader()
        self._opening = open_session(terms.relay)
        next(self._opening)
        self._awaits_tls = False
        try:
            self._wire = Wire(terms.relay, terms.tls)
        except OSError as error:
            raise Broken(str(error)) from error
        self.idle_since = datetime.min.replace(tzinfo=UTC)

    def fileno(self) -> int:
        """The descriptor to wait on; it changes while the relay's addresses are tried."""
        return self._wire.fileno()

    @property
    def events(self) -> int:
        """What to wait for, as `selectors` names it."""
        return self._wire.events

    @property
    def is_open(self) -> bool:
        """Whether MAIL may be sent."""
        return self._dialogue is not None

    @property
    def is_idle(self) -> bool:
        """Whether MAIL may be sent and the relay owes no answer."""
        return self._dialogue is not None and self._dialogue.is_idle

    @property
    def is_spent(self) -> bool:
        """Whether it has carried as many letters as it may."""
        return self._dialogue is not None and self._dialogue.is_spent

    @property
    def is_quiet(self) -> bool:
        """Whether the relay has left an idle connection as it was."""
        return self._wire.is_quiet

    @property
    def accomplished(self) -> int:
        """How many letters of this batch its relay decided on it."""
        return self._dialogue.accomplished if self._dialogue else 0

    def serve(self, batch: Batch) -> None:
        """Carry letters of this batch from now on; it must be idle."""
        self._batch = batch
        if self._dialogue:
            self._dialogue.serve(batch)

    def resume(self) -> None:
        """Begin a letter if it is idle and one waits."""
        if self._dialogue and self._dialogue.is_idle:
            self._say(self._dialogue.begin())

    def proceed(self) -> None:
        """Do what the socket is ready for."""
        try:
            data = self._wire.proceed()
            if data:
                self._hear(data)
            elif self._awaits_tls and self._wire.is_up:
                self._awaits_tls = False
                self._say(self._open(TLS_STARTED))
        except OSError as error:
            raise Broken(str(error)) from error

    def check_overdue(self, now: float) -> None:
        """Raise Broken if the relay has let us wait too long, at this monotonic time."""
        patience = self._terms.relay.timeout
        if self._dialogue and self._dialogue.awaits_final:
            patience *= _FINAL_PATIENCE
        if self.is_idle or now - self._wire.touched < patience or self._wire.try_next_address():
            return
        raise Broken(f"it did not answer within {patience:g} seconds")

    def lose(self, why: Sent, *, may_retry: bool) -> None:
        """Hang up, and settle the letters at hand or give them back."""
        if self._dialogue:
            self._dialogue.lose(why, may_retry=may_retry)
        self._wire.close()

    def quit(self) -> None:
        """Take leave when idle; `close` then hangs up."""
        self._wire.write(b"QUIT\r\n")

    def close(self, patience: float = 0) -> None:
        """Hang up, after so many seconds at the most in which the relay may hear that we quit."""
        self._wire.close(patience)

    def _hear(self, data: bytes) -> None:
        # What is to be said on all of these replies goes out in one write.
        answers = [answer for reply in self._reader.feed(data) if (answer := self._answer(reply))]
        if self._awaits_tls:
            self._start_tls()
        elif answers:
            self._say(answers[0] if len(answers) == 1 else b"".join(answers))

    def _answer(self, reply: Reply) -> bytes:
        self._wire.touched = time.monotonic()
        return self._dialogue.receive(reply) if self._dialogue else self._open(reply)

    def _open(self, reply: Reply) -> bytes:
        if self._awaits_tls:
            raise Broken(_EARLY)
        try:
            command = self._opening.send(reply)
        except StopIteration as opened:
            self._dialogue = Dialogue(opened.value, self._terms.max_letters)
            self._dialogue.serve(self._batch)
            return self._dialogue.begin()
        if command is None:
            self._awaits_tls = True
            return b""
        return command

    def _start_tls(self) -> None:
        if not self._reader.is_between:
            raise Broken(_EARLY)
        self._wire.start_tls()

    def _say(self, data: bytes) -> None:
        if data:
            self._wire.write(data)
