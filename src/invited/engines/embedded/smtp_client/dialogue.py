"""Letters over an open session, one after the other, pipelined where the server offers it. Pure: replies in, bytes out.

Pipelined (RFC 2920), one write carries the body of a letter and MAIL, RCPT and DATA of the next; the next body waits
for their replies, so a server never owes more than four replies and neither side's buffers can fill up both ways.
What each letter comes to is the same as without pipelining.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from invited.engines.embedded.smtp_client.batch import Batch
from invited.engines.embedded.smtp_client.parcel import Offered, Parcel, parcel
from invited.engines.embedded.smtp_client.reply import Broken, Reply, TurnedAway
from invited.ports import Sent, Trouble

OUR_FAULT = frozenset({503, 530, 534, 535, 538})
"""Refusals that are about our session and not about a letter: bad sequence, login needed (RFC 4954 §6)."""

THROTTLED = 454
"""What relays say, even to a whole mail, to whom they let send no more for now: SES's "Throttling failure"."""

_ACCEPTED = Sent()
_Taker: TypeAlias = Callable[[Reply], bytes]


class Dialogue:
    """One open session. `letters` counts those begun on it, `accomplished` those of its batch that replies settled."""

    def __init__(self, offered: Offered, max_letters: int) -> None:
        self._offered = offered
        self._max_letters = max_letters
        self._batch = Batch(())
        self._envelope_takers: tuple[_Taker, ...] = (self._on_mail, self._on_rcpt, self._on_data)
        self._expected: deque[_Taker] = deque()
        self._unsent: deque[tuple[_Taker, bytes]] = deque()
        self._current: tuple[int, Parcel] | None = None
        self._sent: int | None = None
        self._is_refused = False
        self._must_reset = False
        self.letters = 0
        self.accomplished = 0

    @property
    def is_idle(self) -> bool:
        """Whether the server owes no reply."""
        return not self._expected

    @property
    def is_spent(self) -> bool:
        """Whether this session has carried as many letters as it may."""
        return self.letters >= self._max_letters

    @property
    def awaits_final(self) -> bool:
        """Whether the reply owed next is the one to a whole mail."""
        return self._sent is not None

    def serve(self, batch: Batch) -> None:
        """Take letters from this batch from now on; the session must be idle."""
        self._batch = batch
        self.accomplished = 0

    def begin(self) -> bytes:
        """What to send to begin the next letter; nothing where none waits or the session is spent."""
        self._current = current = None if self.is_spent else self._next()
        self._is_refused = False
        if current is None:
            return b""
        self.letters += 1
        takers, commands = self._envelope_takers, current[1].envelope
        if self._must_reset:
            # A refused transaction may still be open: without RSET the next MAIL would be out of order.
            takers, commands = (self._on_reset, *takers), b"RSET\r\n" + commands
            self._must_reset = False
        if self._offered.pipelining:
            self._expected.extend(takers)
            return commands
        self._unsent = deque(zip(takers, commands.splitlines(keepends=True), strict=True))
        return self._go_on()

    def receive(self, reply: Reply) -> bytes:
        """Take one reply; what to send on it. Raises Broken where the session ends by it: then call `lose`."""
        if reply.code == 421:
            raise TurnedAway(str(reply))
        if not self._expected:
            raise Broken(str(reply))
        return self._expected.popleft()(reply)

    def lose(self, why: Sent, *, may_retry: bool = True) -> None:
        """The session is over, which is `why`. A letter whose body went out without an answer failed for now; one that
        had none goes back, to be tried by another session if it `may_retry`.
        """
        was_reached = self._sent is None
        if self._sent is not None:
            self._batch.settle(self._sent, why)
        if self._current is not None and not self._is_refused:
            place = self._current[0]
            if was_reached and not may_retry:
                self._batch.settle(place, why)
            else:
                self._batch.put_back(place, why, counts=was_reached)
        self._sent = self._current = None
        self._expected.clear()

    def _next(self) -> tuple[int, Parcel] | None:
        while taken := self._batch.take(self):
            place, letter = taken
            ready = parcel(letter, self._offered)
            if isinstance(ready, Parcel):
                return place, ready
            self._batch.settle(place, ready)
        return None

    def _go_on(self) -> bytes:
        """Unpipelined: the next command of the current letter."""
        if not self._unsent:
            return b""
        taker, command = self._unsent.popleft()
        self._expected.append(taker)
        return command

    def _on_reset(self, reply: Reply) -> bytes:
        if reply.code // 100 != 2:
            raise Broken(f"it refused RSET: {reply}")
        return self._go_on()

    def _on_mail(self, reply: Reply) -> bytes:
        # No recipient has been named yet, so this is no guest's fate; save that the mail is too large (RFC 1870 §6.1).
        return self._go_on() if self._is_granted(reply, is_about_us=reply.code != 552) else self._skip()

    def _on_rcpt(self, reply: Reply) -> bytes:
        if self._is_refused:
            return b""
        return self._go_on() if self._is_granted(reply) else self._skip()

    def _on_data(self, reply: Reply) -> bytes:
        kind = reply.code // 100
        if kind == 3:
            return self._end_nothing() if self._is_refused else self._hand_over()
        if kind == 2:
            raise Broken(f"it answered DATA out of order: {reply}")
        if not self._is_refused:
            self._refuse(failure(reply))
        return self.begin()

    def _hand_over(self) -> bytes:
        """DATA is granted: the body, and behind it the next letter's envelope."""
        assert self._current is not None  # noqa: S101 - a reply to DATA belongs to a letter
        self._sent, body = self._current[0], self._current[1].body
        self._current = None
        self._expected.append(self._on_final)
        return body + self.begin() if self._offered.pipelining else body

    def _end_nothing(self) -> bytes:
        """DATA is granted although the letter was refused: end it empty and pass over the answer (RFC 2920 §3.1)."""
        self._expected.append(self._on_nothing)
        self._current = None
        return b".\r\n"

    def _on_nothing(self, _: Reply) -> bytes:
        return self.begin()

    def _on_final(self, reply: Reply) -> bytes:
        kind = reply.code // 100
        if kind == 3:
            raise Broken(f"it answered a mail out of order: {reply}")
        assert self._sent is not None  # noqa: S101 - likewise
        self._batch.settle(self._sent, _ACCEPTED if kind == 2 else failure(reply))
        self._sent = None
        self.accomplished += 1
        return b"" if self._offered.pipelining else self.begin()

    def _is_granted(self, reply: Reply, *, is_about_us: bool = False) -> bool:
        kind = reply.code // 100
        if kind == 3:
            raise Broken(f"it answered out of order: {reply}")
        if kind == 2:
            return True
        self._refuse(refusal(reply) if is_about_us else failure(reply))
        return False

    def _refuse(self, outcome: Sent) -> None:
        """The current letter ends with this, whatever else the server says to it."""
        assert self._current is not None  # noqa: S101 - likewise
        self._batch.settle(self._current[0], outcome)
        self._is_refused = self._must_reset = True
        self.accomplished += 1

    def _skip(self) -> bytes:
        """A command of the current letter was refused: unpipelined, its other commands are not sent."""
        if self._offered.pipelining:
            return b""
        self._unsent.clear()
        return self.begin()


def failure(reply: Reply) -> Sent:
    """A refusal as the letter's outcome."""
    if reply.code in OUR_FAULT or reply.code == THROTTLED:
        return refusal(reply)
    is_permanent = reply.code // 100 == 5
    return Sent(is_temporary=not is_permanent, is_permanent=is_permanent, reason=str(reply))


def refusal(reply: Reply) -> Sent:
    """The outcome of a letter where the relay refuses us, whoever it is for."""
    return Sent(is_temporary=True, reason=str(reply), trouble=Trouble.RELAY)
