"""The Outbox port through a relay: connections that are kept and used again, and a result for each letter by itself.

An answer about one letter's recipient or content is that letter's fate; trouble with the relay or between it and us is
temporary, for nobody should lose an invite to it.
"""

from __future__ import annotations

import smtplib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from email_validator import validate_email

from invited.engines.embedded.relay import Relay, connected
from invited.ports import Letter, Sent

IDLE = timedelta(seconds=30)
"""How long a connection may lie unused: servers and firewalls soon forget it, some without a word."""

MAX_BROKEN = 2
"""Connections in a row that break before the rest of a batch is left for later."""

MAX_REASON = 300

_OUR_FAULT = {503, 530, 534, 535, 538}
"""Refusals that are about our session, not about the recipient: bad sequence, login needed (RFC 4954 §6)."""


class _Broken(Exception):
    """The connection is of no more use; what became of the letter is unknown."""


class _Unsendable(Exception):
    """The letter can never go out by this relay."""


class RelayOutbox:
    """At most `connections` at a time; a further sender waits for one of them. `now` is the clock."""

    def __init__(self, relay: Relay, connections: int, now: Callable[[], datetime]) -> None:
        self._relay = relay
        self._now = now
        self._slots = threading.BoundedSemaphore(connections)
        self._idle: deque[tuple[smtplib.SMTP, datetime]] = deque()

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        with self._slots:
            session = _Session(self._relay, self._take())
            try:
                return [session.send(letter) for letter in letters]
            finally:
                if session.smtp is not None:
                    self._idle.append((session.smtp, self._now()))

    def close(self) -> None:
        """Take leave of the relay; to be called once nobody sends any more."""
        while self._idle:
            _quit(self._idle.pop()[0])

    def _take(self) -> smtplib.SMTP | None:
        with suppress(IndexError):
            while True:
                smtp, since = self._idle.pop()
                if self._now() - since < IDLE:
                    return smtp
                smtp.close()
        return None


class _Session:
    """The connection of one batch: opened when needed, and anew where it broke."""

    def __init__(self, relay: Relay, smtp: smtplib.SMTP | None) -> None:
        self.smtp = smtp
        self._relay = relay
        self._broken = 0
        self._trouble = ""

    def send(self, letter: Letter) -> Sent:
        if self._trouble:
            return Sent(is_temporary=True, reason=self._trouble)
        try:
            result = self._sent(letter)
        except _Unsendable as error:
            return Sent(is_permanent=True, reason=str(error))
        except (_Broken, smtplib.SMTPException, OSError) as error:
            return self._put_off(error)
        self._broken = 0
        return result

    def _sent(self, letter: Letter) -> Sent:
        sender, to = _wire(letter.envelope_from), _wire(letter.to)
        is_reused = self.smtp is not None
        smtp = self._opened()
        try:
            refusal = _begin(smtp, sender, to, letter.raw)
        except (_Broken, smtplib.SMTPServerDisconnected):
            if not is_reused:
                raise
            # It died while it lay idle; nothing of this letter has been seen yet.
            self._drop()
            smtp = self._opened()
            refusal = _begin(smtp, sender, to, letter.raw)
        return refusal or _finish(smtp, to, letter.raw)

    def _opened(self) -> smtplib.SMTP:
        if self.smtp is None:
            try:
                self.smtp = connected(self._relay)
            except (smtplib.SMTPException, OSError) as error:
                self._trouble = f"the relay {self._relay.name} cannot be used: {_text(error)}"
                raise
        return self.smtp

    def _put_off(self, error: Exception) -> Sent:
        self._drop()
        self._broken += 1
        reason = self._trouble or f"the connection to the relay {self._relay.name} broke: {_text(error)}"
        if self._broken >= MAX_BROKEN:
            self._trouble = reason
        return Sent(is_temporary=True, reason=reason)

    def _drop(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None


def _begin(smtp: smtplib.SMTP, sender: str, to: str, raw: bytes) -> Sent | None:
    """MAIL (RFC 5321 §3.3), None where the relay takes it. A refusal is temporary: no recipient has been named yet."""
    options = []
    if not (sender + to).isascii():
        if not smtp.has_extn("smtputf8"):
            raise _Unsendable("the relay takes no addresses with letters beyond ASCII (SMTPUTF8), so it cannot be sent")
        options.append("SMTPUTF8")
    if not raw.isascii() and smtp.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    judged = _judged(*smtp.mail(sender, options))
    if judged == Sent():
        return None
    _reset(smtp)
    return Sent(is_temporary=True, reason=judged.reason)


def _finish(smtp: smtplib.SMTP, to: str, raw: bytes) -> Sent:
    """RCPT and DATA."""
    judged = _judged(*smtp.rcpt(to))
    if judged == Sent():
        try:
            return _judged(*smtp.data(raw))
        except smtplib.SMTPDataError as error:
            judged = _judged(error.smtp_code, error.smtp_error)
    _reset(smtp)
    return judged


def _judged(code: int, text: bytes | str) -> Sent:
    """What an answer means for the letter; raises _Broken where it is the connection that it ends."""
    reason = _line(code, text)
    if 200 <= code < 300:
        return Sent()
    if code == 421 or not 400 <= code < 600:
        raise _Broken(reason if code > 0 else "the answer is no SMTP")
    is_permanent = code >= 500 and code not in _OUR_FAULT
    return Sent(is_temporary=not is_permanent, is_permanent=is_permanent, reason=reason)


def _reset(smtp: smtplib.SMTP) -> None:
    # A connection that ends here will be found closed by the next letter.
    with suppress(smtplib.SMTPException, OSError):
        smtp.rset()


def _quit(smtp: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _wire(address: str) -> str:
    """The address as the envelope needs it: in ASCII wherever its local part is (RFC 5891); raises _Unsendable."""
    if any(not c.isprintable() for c in address):
        raise _Unsendable("the address has characters that no mail address may have")
    if address.isascii() or not address.rpartition("@")[0].isascii():
        return address
    try:
        checked = validate_email(
            address, check_deliverability=False, globally_deliverable=False, allow_quoted_local=True
        )
    except ValueError as error:
        raise _Unsendable(f"the address cannot be mailed: {error}") from None
    return checked.ascii_email or address


def _text(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _line(error.smtp_code, error.smtp_error)
    return str(error)[:MAX_REASON] or type(error).__name__


def _line(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split())[:MAX_REASON]
