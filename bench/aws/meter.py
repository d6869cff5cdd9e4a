"""Counts what AWS would bill for the requests that boto3 clients make, by hooks of botocore.

An emulator's own figures are not trusted: capacity units are worked out from the sizes of the items, which are read
after each write by a client that is not metered. Assumed where AWS does not say: the writes of a local index within a
transaction cost twice, too, and a failed condition costs what the item at that place would.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

CHUNK = 64 * 1024
"""Octets of one request of SNS or SQS."""

WRITE, READ = 1024, 4096
"""Octets of a write unit and of a read unit."""

CALLS = {"dynamodb": 0.006, "s3": 0.03, "sns": 0.015, "sqs": 0.01, "sesv2": 0.08}
"""Seconds that a request takes within a region, assumed."""

AT_A_TIME = 10
"""Requests that the threads of a pool make at a time (THREADS of the engine)."""

_POOLS = ("table", "ses", "record")
"""How the threads of pools are named."""

_READS = {"GetItem", "BatchGetItem", "Query"}
_INDEXED = "order"


class Meter:
    """`units` is what was used, `waited` the seconds that all requests would have taken on AWS."""

    def __init__(self, plain: Any) -> None:
        """With a client of DynamoDB that nobody meters."""
        self._plain = plain
        self._lock = threading.Lock()
        self._sizes: dict[tuple[str, str, str], int] = {}
        self.units: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.waited = 0.0
        self.own = 0.0
        """Seconds that the processor spent on counting itself."""

    def watch(self, client: Any) -> None:
        """Count whatever this client does from now on."""
        events = client.meta.events
        events.register("provide-client-params", self._asked)
        events.register("after-call", self._answered)
        events.register("after-call-error", self._broken)

    def add(self, unit: str, count: float = 1) -> None:
        """Count what no client of ours does."""
        with self._lock:
            self.units[unit] += count  # type: ignore[assignment]  # units may be fractions

    @contextmanager
    def apart(self) -> Iterator[Counter[str]]:
        """What is used meanwhile, which is counted as ever."""
        before = Counter(self.units)
        used: Counter[str] = Counter()
        yield used
        used.update({name: count - before[name] for name, count in self.units.items()})

    def _asked(self, params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params

    def _broken(self, **_: Any) -> None:
        raise AssertionError("the emulator does not answer")

    def _answered(self, model: Any, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any) -> None:
        service, name, asked = model.service_model.service_name, model.name, context["asked"]
        begin = time.thread_time()
        used = self._used(service, name, asked, parsed)
        own = time.thread_time() - begin
        at_a_time = AT_A_TIME if threading.current_thread().name.startswith(_POOLS) else 1
        with self._lock:
            self.units.update(used)
            self.calls[f"{service}.{name}"] += 1
            self.own += own
            self.waited += CALLS.get(service, 0) / at_a_time

    def _used(self, service: str, name: str, asked: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, float]:
        if service == "dynamodb":
            return self._read(name, asked, told) if name in _READS else self._written(name, asked, told)
        if service == "sns":
            return {"sns:publish": _chunks(sum(map(_octets, asked.get("PublishBatchRequestEntries", [asked]))))}
        if service == "sqs":
            return {"sqs:request": _chunks(sum(map(_octets, asked.get("Entries", [asked]))))}
        if service == "s3":
            return {"s3:put" if name in ("PutObject", "ListObjectsV2") else "s3:get": 1}
        if service == "sesv2" and name == "SendEmail":
            return {"ses:out": len(asked["Destination"]["ToAddresses"])}
        if service == "secretsmanager":  # once in a container's life
            return {}
        raise AssertionError(f"nobody knows what {service}.{name} costs")

    def _read(self, name: str, asked: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, float]:
        if name == "Query":
            octets = sum(map(size, told["Items"]))
            return {"dynamodb:read": _read_units(octets, is_consistent=asked.get("ConsistentRead", False))}
        if name == "GetItem":
            octets = size(told.get("Item", {}))
            return {"dynamodb:read": _read_units(octets, is_consistent=asked.get("ConsistentRead", False))}
        units = 0.0
        for table, wanted in asked["RequestItems"].items():
            found = {_key(item): size(item) for item in told["Responses"].get(table, [])}
            for key in wanted["Keys"]:
                units += _read_units(found.get(_key(key), 0), is_consistent=wanted.get("ConsistentRead", False))
        return {"dynamodb:read": units}

    def _written(self, name: str, asked: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, float]:
        if name == "TransactWriteItems":
            steps = [step for one in asked["TransactItems"] for step in one.values()]
            return {"dynamodb:write": sum(2 * self._one(step, is_done="Error" not in told) for step in steps)}
        if name in ("PutItem", "UpdateItem", "DeleteItem"):
            return {"dynamodb:write": self._one(asked, is_done="Error" not in told)}
        raise AssertionError(f"nobody knows what dynamodb.{name} costs")

    def _one(self, step: Mapping[str, Any], *, is_done: bool) -> float:
        """The units of one write: by the larger of the item before and after, and one for each entry of the index."""
        table, (pk, sk) = step["TableName"], _key(step.get("Item") or step["Key"])
        place = (table, pk, sk)
        before = self._sizes.get(place, 0)
        if not is_done:
            return math.ceil(max(1, before) / WRITE)
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        now = self._plain.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        after = size(now)
        self._sizes[place] = after
        is_listed = 1 if _INDEXED in now and not before else 0
        return math.ceil(max(1, before, after) / WRITE) + is_listed


def size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The octets of an item as DynamoDB counts them: names and values, numbers at two digits an octet."""
    return sum(len(name.encode()) + _value(*next(iter(value.items()))) for name, value in item.items())


def _value(kind: str, content: Any) -> int:
    if kind == "N":
        return len(str(content).strip("-")) // 2 + 2
    return len(content if isinstance(content, bytes) else str(content).encode())


def _key(item: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _read_units(octets: int, *, is_consistent: bool) -> float:
    return max(1, math.ceil(octets / READ)) * (1 if is_consistent else 0.5)


def _chunks(octets: int) -> int:
    return max(1, math.ceil(octets / CHUNK))


def _octets(message: Mapping[str, Any]) -> int:
    """Of a message with its attributes; a name, a type and a value each."""
    body = message.get("Message") or message.get("MessageBody") or ""
    attributes: Sequence[tuple[str, Mapping[str, str]]] = list(message.get("MessageAttributes", {}).items())
    told = sum(len(name) + len(a["DataType"]) + len(a.get("StringValue", "")) for name, a in attributes)
    return len(body.encode()) + told
