"""The bulk sends: what was ordered of each, how far its list is read, and the figures of its own invitations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from pydantic import TypeAdapter

from invited.domain import scopes, statistics
from invited.domain.job import Control, Job, Reading, directed
from invited.engines.aws import counters, places
from invited.engines.aws.table import NEW, THERE, Item, Table, overtaken
from invited.engines.instants import from_micros, to_micros

_READING = TypeAdapter(Reading)

_DIRECT = "SET #control = :control, #began = :began, #paused = :paused"
_AS_READ = "#control = :was AND #began = :began_was AND #paused = :paused_was"


def open_job(table: Table, job: Job) -> None:
    """See Store.open_job."""
    table.put(_item(job), NEW)


def by_id(table: Table, job_id: str) -> Job | None:
    """See Store.job."""
    counted = counters.read(table, scopes.of_job(job_id))
    found = table.some([places.job(job_id), places.added(job_id)])
    item, added = found.get(places.job(job_id)), found.get(places.added(job_id), {"invitations": 0})
    return _job(item, counters.caught_up(counted, added["invitations"])) if item else None


def direct(table: Table, job_id: str, control: Control, among: Collection[Control], now: datetime) -> bool:
    """See Store.direct_job."""
    for _ in overtaken():
        item = table.get(places.job(job_id))
        if item is None or Control(item["control"]) not in among:
            return False
        after = directed(_job(item, Counter()), control, now)
        values = {
            "control": after.control,
            "began": to_micros(after.began or after.created),
            "paused": _micros(after.paused),
            "was": item["control"],
            "began_was": item["began"],
            "paused_was": item["paused"],
        }
        if table.update(places.job(job_id), _DIRECT, _AS_READ, values):
            return True
    raise AssertionError


def advance(table: Table, job_id: str, octets: int, more: Reading) -> bool:
    """See Store.advance_job."""
    item = table.get(places.job(job_id))
    if item is None or item["octets"] != octets:
        return False
    reading = _READING.validate_json(item["reading"]).with_more(more)
    values = {"then": reading.octets, "reading": _READING.dump_json(reading).decode(), "octets": octets}
    changed = table.update(places.job(job_id), "SET #octets = :then, #reading = :reading", "#octets = :octets", values)
    return changed is not None


def touch(table: Table, latest: Iterable[tuple[str, datetime]]) -> None:
    """Note for each job (by id) when a first mail of its invitations went out."""
    for job_id, at in latest:
        values = {"latest": to_micros(at)}
        table.update(places.job(job_id), "SET #latest = :latest", f"{THERE} AND #latest < :latest", values)


def _item(job: Job) -> Item:
    pk, sk = places.job(job.id)
    return {
        "pk": pk,
        "sk": sk,
        "event": job.event_id,
        "origin": job.origin,
        "created": to_micros(job.created),
        "starts": _micros(job.start),
        "body": job.body,
        "size": job.size,
        "control": job.control,
        "octets": job.reading.octets,
        "reading": _READING.dump_json(job.reading).decode(),
        "began": to_micros(job.began or job.start or job.created),
        "paused": _micros(job.paused),
        "latest": _micros(job.latest),
        "columns": list(job.columns),
    }


def _job(item: Item, counted: Mapping[str, int]) -> Job:
    return Job(
        id=item["pk"].partition("#")[2],
        event_id=item["event"],
        origin=item["origin"],
        created=from_micros(item["created"]),
        figures=statistics.read(counted),
        start=_instant(item["starts"]),
        body=item["body"],
        size=item["size"],
        control=Control(item["control"]),
        reading=_READING.validate_json(item["reading"]),
        began=from_micros(item["began"]),
        paused=_instant(item["paused"]),
        latest=_instant(item["latest"]),
        columns=tuple(int(column) for column in item["columns"]),
    )


def _micros(at: datetime | None) -> int:
    """0 for none: nothing here happened in 1970."""
    return 0 if at is None else to_micros(at)


def _instant(micros: int) -> datetime | None:
    return from_micros(micros) if micros else None
