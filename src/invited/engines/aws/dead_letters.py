"""The DeadLetters port: what came to the dead-letter queues stands in the table, where it can be looked into by id.

A Lambda takes it from those queues. What it is handed twice it keeps once; only one that was replayed or discarded
between the two would be kept again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from invited.engines.aws import places
from invited.engines.aws.objects import Objects
from invited.engines.aws.parcels import Parcel, attributes_of, received
from invited.engines.aws.settling import AT, ERROR, RECEIVES, SOURCE, send
from invited.engines.aws.table import NEW, THERE, Cancelled, Delete, Item, Put, Table
from invited.engines.instants import from_micros, to_micros
from invited.ports import DeadLetter

_ID = re.compile(r"\d{20}-[0-9a-f]{16}")

_BY_ITSELF = "It came so often without being settled that its queue gave it up: see the log of its Lambda."


@dataclass(frozen=True, slots=True)
class AwsDeadLetters:
    """The dead letters of one stack; `now` is the clock."""

    table: Table
    objects: Objects
    sqs: Any
    now: Callable[[], datetime]

    def keep(self, record: Mapping[str, Any]) -> None:
        """Keep a record that Lambda was handed from a dead-letter queue; raises KeyError or ValueError, Temporary."""
        item = _item(record)
        listed = {"pk": places.dead_letters(item["kind"]), "sk": item["sk"]}
        with suppress(Cancelled):
            self.table.transact([Put(item, NEW), Put(listed)])

    def page(self, *, kind: str = "", after: str = "", limit: int = 100) -> list[DeadLetter]:
        """See DeadLetters.page."""
        pk = places.dead_letters(kind) if kind else places.dead_letter("")[0]
        below = "#sk < :after" if after else ""
        listed = self.table.query(pk, below, {"after": after}, is_backwards=True, at_a_time=limit)
        keys = [places.dead_letter(item["sk"]) for item in islice(listed, limit)]
        found = self.table.some(keys)
        return [self._letter(found[key]) for key in keys if key in found]

    def get(self, letter_id: str) -> DeadLetter | None:
        """See DeadLetters.get."""
        item = self._item(letter_id)
        return self._letter(item) if item else None

    def replay(self, letter_id: str) -> bool:
        """See DeadLetters.replay. It goes to the queue in which it died, and to no other."""
        item = self._item(letter_id)
        if item is None:
            return False
        send(self.sqs, item["source"], _parcel(item, self.now()))
        self._remove(item)
        return True

    def discard(self, letter_id: str) -> bool:
        """See DeadLetters.discard."""
        item = self._item(letter_id)
        return item is not None and self._remove(item)

    def _item(self, letter_id: str) -> Item | None:
        return self.table.get(places.dead_letter(letter_id)) if _ID.fullmatch(letter_id) else None

    def _remove(self, item: Item) -> bool:
        key = (item["pk"], item["sk"])
        try:
            self.table.transact([Delete(key, THERE), Delete((places.dead_letters(item["kind"]), item["sk"]))])
        except Cancelled:
            return False
        return True

    def _letter(self, item: Item) -> DeadLetter:
        return DeadLetter(
            id=item["sk"],
            kind=item["kind"],
            body=self._body(item),
            published=from_micros(item["published"]),
            receives=item["receives"],
            error=item["error"],
            at=from_micros(item["at"]),
        )

    def _body(self, item: Item) -> str:
        """The message; where its object is gone, the key that it had."""
        if not item["stored"]:
            return str(item["body"])
        try:
            return self.objects.get(item["body"]).decode()
        except KeyError:
            return json.dumps(item["body"])


def _item(record: Mapping[str, Any]) -> Item:
    parcel, told, system = received(record), attributes_of(record), record["attributes"]
    # What its queue gave up by itself bears no words of ours; SQS knows when it was handed out first.
    at = _micros(told[AT]) if AT in told else int(system["ApproximateFirstReceiveTimestamp"]) * 1000
    digest = hashlib.sha256(f"{record['messageId']}".encode()).hexdigest()[:16]
    pk, sk = places.dead_letter(f"{at:020}-{digest}")
    return {
        "pk": pk,
        "sk": sk,
        "kind": parcel.kind,
        "body": parcel.body,
        "stored": parcel.is_stored,
        "correlation": parcel.correlation,
        "published": _micros(parcel.published) if parcel.published else int(system["SentTimestamp"]) * 1000,
        "receives": int(told.get(RECEIVES) or system["ApproximateReceiveCount"]),
        "error": told.get(ERROR, _BY_ITSELF),
        "source": told.get(SOURCE) or system["DeadLetterQueueSourceArn"],
        "at": at,
    }


def _parcel(item: Item, now: datetime) -> Parcel:
    is_stored, published = bool(item["stored"]), now.isoformat()
    return Parcel(item["kind"], item["body"], item["correlation"], is_stored=is_stored, published=published)


def _micros(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))
