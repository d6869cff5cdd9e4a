"""The Outbox port on SES: one raw mail to one address each, at the account's pace.

SES replaces Message-ID, Date and the return path by its own. Whose a mail is goes beside it as tags, which come back
with every bounce and complaint (feedback.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from invited.domain import identity
from invited.domain.addresses import domain_of
from invited.domain.errors import Temporary
from invited.domain.mailboxes import ascii_domain
from invited.engines.aws.calls import call, code_of
from invited.engines.aws.pace import Pace
from invited.ports import Letter, Sent, Trouble

EVENT, TOKEN = "event", "token"
"""The tags of a mail: which event and which guest it is about."""

_THREADS = 10
_MAX_REASON = 200

_OF_THE_LETTER = frozenset({"BadRequestException", "InvalidParameterValue", "MessageTooLongException"})
"""What SES says of one letter, and will say of it again. All else is said of the account or of the moment."""


class SesOutbox:
    """Sends by a boto3 client of SES v2, with a configuration set whose events tell what became of each mail."""

    def __init__(self, client: Any, configuration_set: str, pace: Pace) -> None:
        self._client = client
        self._configuration_set = configuration_set
        self._pace = pace
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="ses")

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        return list(self._threads.map(self._send, letters))

    def _send(self, letter: Letter) -> Sent:
        address = _wired(letter.to)
        if not address:
            return Sent(is_permanent=True, reason="SES takes no address with letters outside ASCII before the @")
        self._pace.wait()
        try:
            call(self._client.send_email, **self._request(letter, address))
        except Temporary as trouble:
            return Sent(is_temporary=True, reason=str(trouble), trouble=Trouble.RELAY)
        except ClientError as error:
            return _refused(error)
        return Sent()

    def _request(self, letter: Letter, address: str) -> dict[str, Any]:
        request: dict[str, Any] = {
            "Content": {"Raw": {"Data": letter.raw}},
            "Destination": {"ToAddresses": [address]},
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        whose = identity.parse(f"{letter.envelope_from}")
        if whose:
            tags = zip((EVENT, TOKEN), whose, strict=True)
            request["EmailTags"] = [{"Name": name, "Value": value} for name, value in tags]
        return request


def _wired(address: str) -> str:
    """The address as SES takes it: the domain in A-labels; "" where that does not make it ASCII."""
    wired = f"{address.rpartition('@')[0]}@{ascii_domain(domain_of(address))}"
    return wired if wired.isascii() else ""


def _refused(error: ClientError) -> Sent:
    code = code_of(error)
    reason = f"{code}: {error.response['Error'].get('Message', '')}"[:_MAX_REASON]
    if code in _OF_THE_LETTER or (code == "MessageRejected" and "not verified" not in reason):
        return Sent(is_permanent=True, reason=reason)
    return Sent(is_temporary=True, reason=reason, trouble=Trouble.RELAY)
