"""The Archive port on S3: each mail an object, and how it came an item of the table, by time.

SES names the objects that it writes by its own message id. Their archive key is the time at which SES took the mail and
that id, so that keys sort by time whoever wrote the object, and a notice that comes twice names the same mail.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

from pydantic import TypeAdapter

from invited.engines.aws import places
from invited.engines.aws.objects import Objects
from invited.engines.aws.table import Item, Table
from invited.engines.instants import from_micros, to_micros
from invited.messages import Mail

INBOUND = "inbound/"
"""Where SES puts what it receives: the prefix that the receipt rule's S3 action names."""

_OURS = "mail/"
_LANES = 16
"""Partitions of one day's mails: 16,000 mails a second."""

_ARRIVALS = TypeAdapter(list[Mail])


def key_of_ses(message_id: str, received: datetime) -> str:
    """The archive key of a mail that SES has put into the bucket."""
    return f"{to_micros(received):015x}.{message_id}"


class AwsArchive:
    """The archive of one bucket and table; `now` is the clock. SES takes larger mails than we do: of what it put there,
    `most` octets are looked at.
    """

    def __init__(self, objects: Objects, table: Table, now: Callable[[], datetime], most: int) -> None:
        self._objects = objects
        self._table = table
        self._now = now
        self._most = most
        self._days: set[str] = set()

    def put(self, raw: bytes, arrivals: Sequence[Mail] = ()) -> str:
        """See Archive.put. Nobody knows the key, nor that it came, until both are kept."""
        key = f"{to_micros(self._now()):015x}-{secrets.token_hex(8)}"
        self._objects.put(_object(key), raw)
        if arrivals:
            self.note([replace(mail, key=key) for mail in arrivals])
        return key

    def get(self, key: str) -> bytes:
        """See Archive.get; raises Aside for a mail that is too large to be looked at."""
        return self._objects.get(_object(key), self._most if "." in key else None)

    def note(self, arrivals: Sequence[Mail]) -> None:
        """Remember how a mail that is in the bucket came; repeating it changes nothing."""
        key = arrivals[0].key
        day = _day(key)
        if day not in self._days:
            self._table.put({"pk": places.DAYS, "sk": day})
            self._days.add(day)
        body = _ARRIVALS.dump_json(list(arrivals)).decode()
        self._table.put({"pk": places.mails(day, _lane(key)), "sk": key, "arrivals": body})

    def mails(self, *, after: str = "", limit: int = 100) -> list[Mail]:
        found = islice(self._noted(after, limit), limit)
        return [mail for item in found for mail in _ARRIVALS.validate_json(item["arrivals"])]

    def _noted(self, after: str, limit: int) -> Iterator[Item]:
        first = _day(after) if after else ""
        for day in [item["sk"] for item in self._table.query(places.DAYS) if item["sk"] >= first]:
            lanes = self._table.each(partial(self._of_lane, day, after, limit), range(_LANES))
            yield from sorted((item for lane in lanes for item in lane), key=lambda item: str(item["sk"]))

    def _of_lane(self, day: str, after: str, limit: int, lane: int) -> list[Item]:
        items = self._table.under((places.mails(day, f"{lane:02}"), ""), after, at_a_time=limit)
        return list(islice(items, limit))


def _object(key: str) -> str:
    """The object's key in the bucket."""
    _, dot, message_id = key.partition(".")
    return INBOUND + message_id if dot else _OURS + key


def _day(key: str) -> str:
    """The day of an archive key; the first of all for what is none."""
    try:
        return from_micros(int(key[:15], 16)).date().isoformat()
    except (ValueError, OverflowError):
        return ""


def _lane(key: str) -> str:
    return f"{zlib.crc32(key.encode()) % _LANES:02}"
