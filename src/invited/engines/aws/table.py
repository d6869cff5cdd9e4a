"""The one DynamoDB table: items by key, conditional writes, pages that go on by themselves.

An item is a dict of str, int and bytes, `pk` and `sk` among them. Expressions name attributes as `#name` and values as
`:name`; the maps that DynamoDB wants beside them are made here, so that no attribute collides with its reserved words.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from botocore.exceptions import ClientError

from invited.domain.errors import Temporary
from invited.engines.aws.calls import call, code_of

Item: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]
"""Partition key and sort key."""

INDEX = "by-order"
"""The local index of items by `order`, keys only: guests by their job, calls of a webhook by when they are due."""

THREADS = 10
"""Calls at a time for one batch, and so the connections that a client keeps."""

TRIES = 10
"""How often a write is tried that others keep overtaking."""

_BATCH = 100
"""Items of one BatchGetItem."""

_NAME = re.compile(r"#(\w+)")
_VALUE = re.compile(r":(\w+)")

T = TypeVar("T")
R = TypeVar("R")


class Cancelled(Exception):
    """A transaction that did not happen; `failed` are the places of the steps whose conditions did not hold."""

    def __init__(self, failed: Sequence[int]) -> None:
        super().__init__(f"conditions {failed} do not hold")
        self.failed = tuple(failed)


@dataclass(frozen=True, slots=True)
class Put:
    """Store a whole item, if `condition` holds."""

    item: Item
    condition: str = ""
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Change the item at `key`, or make it, if `condition` holds."""

    key: Key
    expression: str
    condition: str = ""
    values: Mapping[str, Any] | None = None
    names: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the item at `key`, if `condition` holds."""

    key: Key
    condition: str = ""
    values: Mapping[str, Any] | None = None


Step: TypeAlias = Put | Update | Delete

NEW = "attribute_not_exists(#pk)"
"""The condition that there is no such item yet."""

THERE = "attribute_exists(#pk)"
"""The condition that there is one."""


class Table:
    """The table `name`, by a boto3 client of DynamoDB, which any number of threads may share.

    Reads see every write that was answered before, unless told not to. Trouble that may pass is raised as Temporary.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="table")

    def close(self) -> None:
        """Let go of the threads; to be called once nobody uses it any more."""
        self._threads.shutdown()

    def get(self, key: Key) -> Item | None:
        """One item."""
        found = call(self._client.get_item, TableName=self._name, Key=_key(key), ConsistentRead=True)
        return _read(found["Item"]) if "Item" in found else None

    def some(self, keys: Iterable[Key], *, is_latest: bool = True) -> dict[Key, Item]:
        """Those of many items that are there; not `is_latest`: as they were about a second ago, for half the price."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), _BATCH):
            self._collect(wanted[start : start + _BATCH], found, is_latest=is_latest)
        return found

    def _collect(self, keys: Sequence[Key], found: dict[Key, Item], *, is_latest: bool) -> None:
        asked = {self._name: {"Keys": [_key(key) for key in keys], "ConsistentRead": is_latest}}
        for attempt in range(TRIES):
            answer = call(self._client.batch_get_item, RequestItems=asked)
            for raw in answer["Responses"].get(self._name, ()):
                item = _read(raw)
                found[item["pk"], item["sk"]] = item
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return
            _wait(attempt)
        raise Temporary("the table is busy")

    def query(
        self,
        pk: str,
        condition: str = "",
        values: Mapping[str, Any] | None = None,
        *,
        only: str = "",
        index: str | None = None,
        is_backwards: bool = False,
        at_a_time: int | None = None,
    ) -> Iterator[Item]:
        """All items of a partition by sort key, read as far as they are asked for.

        `condition` bounds the sort key, `only` filters what was read; `at_a_time` is how many items are read at once.
        """
        parameters: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": "#pk = :pk" + (f" AND {condition}" if condition else ""),
            "ConsistentRead": True,
            "ScanIndexForward": not is_backwards,
        }
        parameters |= {"FilterExpression": only} if only else {}
        parameters |= {"IndexName": index} if index else {}
        parameters |= {"Limit": at_a_time} if at_a_time else {}
        parameters |= _maps(f"#pk = :pk {condition} {only}", {"pk": pk, **(values or {})})
        while True:
            page = call(self._client.query, **parameters)
            yield from map(_read, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def under(
        self,
        place: Key,
        after: str = "",
        *,
        only: str = "",
        values: Mapping[str, Any] | None = None,
        at_a_time: int | None = None,
    ) -> Iterator[Item]:
        """All items of a partition whose sort keys begin with that of `place`, by sort key; going on after the one
        that ends in `after`. See `query`.
        """
        pk, prefix = place
        bounds = _bounds(prefix, after) | dict(values or {})
        return self.query(pk, "#sk BETWEEN :low AND :high", bounds, only=only, at_a_time=at_a_time)

    def in_order(self, place: Key, after: str = "", *, at_a_time: int | None = None) -> Iterator[Item]:
        """The keys of the items of a partition whose `order` begins with that of `place`, in its order; see `under`."""
        pk, prefix = place
        bounded = "#order BETWEEN :low AND :high"
        return self.query(pk, bounded, _bounds(prefix, after), index=INDEX, at_a_time=at_a_time)

    def put(self, item: Item, condition: str = "", values: Mapping[str, Any] | None = None) -> bool:
        """Store a whole item; False where the condition does not hold."""
        return self._write(self._client.put_item, self._parameters(Put(item, condition, values))) is not None

    def update(
        self,
        key: Key,
        expression: str,
        condition: str = "",
        values: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
        *,
        is_old_told: bool = False,
    ) -> Item | None:
        """Change an item, or make it; how it is now (or was before), None where the condition does not hold.

        `names` gives attributes that an expression cannot name other names in it.
        """
        parameters = self._parameters(Update(key, expression, condition, values, names))
        parameters["ReturnValues"] = "ALL_OLD" if is_old_told else "ALL_NEW"
        answer = self._write(self._client.update_item, parameters)
        return None if answer is None else _read(answer.get("Attributes", {}))

    def change(self, step: Update) -> bool:
        """Do one step by itself; False where its condition does not hold."""
        return self._write(self._client.update_item, self._parameters(step)) is not None

    def delete(self, key: Key, condition: str = "", values: Mapping[str, Any] | None = None) -> Item | None:
        """Remove an item; how it was, None where there was none or the condition does not hold."""
        parameters = self._parameters(Delete(key, condition, values)) | {"ReturnValues": "ALL_OLD"}
        answer = self._write(self._client.delete_item, parameters)
        return _read(answer["Attributes"]) if answer and answer.get("Attributes") else None

    def transact(self, steps: Sequence[Step]) -> None:
        """Do all of at most 100 steps or none; raises Cancelled, or Temporary where others keep getting in the way."""
        written = [{type(step).__name__: self._parameters(step)} for step in steps]
        for attempt in range(TRIES):
            try:
                call(self._client.transact_write_items, TransactItems=written)
            except ClientError as error:
                if code_of(error) != "TransactionCanceledException":
                    raise
                _raise_unless_passing(error.response["CancellationReasons"])
                _wait(attempt)
            else:
                return
        raise Temporary("others keep changing the same items")

    def each(self, work: Callable[[T], R], things: Iterable[T]) -> list[R]:
        """`work` done on each of `things`, several at a time; the results in their order."""
        return list(self._threads.map(work, things))

    def _parameters(self, step: Step) -> dict[str, Any]:
        parameters: dict[str, Any] = {"TableName": self._name}
        if isinstance(step, Delete):
            parameters["Key"] = _key(step.key)
            said = step.condition
        elif isinstance(step, Put):
            parameters["Item"] = _wire(step.item)
            said = step.condition
        else:
            parameters |= {"Key": _key(step.key), "UpdateExpression": step.expression}
            said = f"{step.expression} {step.condition}"
        parameters |= {"ConditionExpression": step.condition} if step.condition else {}
        names = step.names if isinstance(step, Update) else None
        return parameters | _maps(said, step.values or {}, names)

    def _write(self, operation: Callable[..., Any], parameters: Mapping[str, Any]) -> Any:
        try:
            return call(operation, **parameters)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return None
            if code_of(error) == "TransactionConflictException":
                raise Temporary("others are changing the same item") from error
            raise


def overtaken(attempts: int = TRIES) -> Iterator[None]:
    """The rounds of a write that reads, decides and is conditional; raises Temporary once there were too many."""
    for attempt in range(attempts):
        if attempt:
            _wait(attempt)
        yield
    raise Temporary("others keep changing the same item")


def _bounds(prefix: str, after: str) -> dict[str, str]:
    """The least and the greatest key that begin with `prefix`, the least being beyond `after`; a key is never empty."""
    return {"low": prefix + (f"{after}\0" if after else "") or "\0", "high": f"{prefix}\U0010ffff"}


def _wait(attempt: int) -> None:
    """A pause that grows, and is not the same for any two of those who get in each other's way."""
    time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))  # noqa: S311 - no secret


def _raise_unless_passing(reasons: Sequence[Mapping[str, Any]]) -> None:
    codes = [reason.get("Code", "None") for reason in reasons]
    failed = [place for place, code in enumerate(codes) if code == "ConditionalCheckFailed"]
    if failed:
        raise Cancelled(failed)
    passing = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
    if not set(codes) <= passing:
        raise ValueError(f"DynamoDB takes no such transaction: {codes}")


def _maps(expression: str, values: Mapping[str, Any], aliases: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The maps of names and values that an expression needs, and no others: DynamoDB wants each to be used."""
    names = {f"#{name}": (aliases or {}).get(name, name) for name in _NAME.findall(expression)}
    used = {f":{name}": _wire_value(values[name]) for name in _VALUE.findall(expression)}
    maps: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
    return maps | ({"ExpressionAttributeValues": used} if used else {})


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _wire(item: Item) -> dict[str, Any]:
    return {name: _wire_value(value) for name, value in item.items()}


def _wire_value(value: str | int | bytes) -> dict[str, Any]:
    if isinstance(value, bytes):
        return {"B": value}
    return {"S": value} if isinstance(value, str) else {"N": str(int(value))}


def _read(raw: Mapping[str, Mapping[str, Any]]) -> Item:
    """An item off the wire; of our own making, so strings, whole numbers and octets are all there is."""
    return {name: _read_value(value) for name, value in raw.items()}


def _read_value(value: Mapping[str, Any]) -> str | int | bytes:
    ((kind, content),) = value.items()
    return int(content) if kind == "N" else content
