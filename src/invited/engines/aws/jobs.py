"""The bulk sends: what was ordered of each, how far its list is read, and the figures of its own invitations."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice

from pydantic import TypeAdapter

from invited.domain import scopes, statistics
from invited.domain.job import Control, Job, Reading, Toll, directed
from invited.engines.aws import counters, places
from invited.engines.aws.table import NEW, THERE, Item, Table, overtaken
from invited.engines.instants import from_micros, to_micros

_READING = TypeAdapter(Reading)
_TOLL = TypeAdapter(Toll)

_DIRECT = "SET #control = :control, #began = :began, #paused = :paused, #why = :why, #seen = :seen"
_AS_READ = "#control = :was AND #began = :began_was AND #paused = :paused_was"


def open_job(table: Table, job: Job) -> None:
    """See Store.open_job. It is listed first, so that no job is ever missing there; `page` leaves out what came to
    nothing.
    """
    if table.get(places.job(job.id)):
        return
    place = places.listing(job.created, job.id)
    for pk in places.jobs(job.id, job.event_id):
        table.put({"pk": pk, "sk": place, "job": job.id})
    table.put(_item(job), NEW)


def by_id(table: Table, job_id: str) -> Job | None:
    """See Store.job."""
    counted = counters.read(table, scopes.of_job(job_id))
    found = table.some([places.job(job_id), places.added(job_id)])
    item, added = found.get(places.job(job_id)), found.get(places.added(job_id), {"invitations": 0})
    return _job(item, counters.caught_up(counted, added["invitations"])) if item else None


def page(table: Table, event_id: str | None, after: str, limit: int) -> list[Job]:
    """See Store.jobs."""
    last = table.get(places.job(after)) if after else None
    if after and last is None:
        return []
    below = places.listing(from_micros(last["created"]), after) if last else "~"
    listed = heapq.merge(
        *(
            table.query(pk, "#sk < :below", {"below": below}, is_backwards=True, at_a_time=limit)
            for pk in (places.all_jobs() if event_id is None else [places.jobs_of(event_id)])
        ),
        key=lambda item: str(item["sk"]),
        reverse=True,
    )
    found: list[Job] = []
    while len(found) < limit and (some := list(islice(listed, limit - len(found)))):
        jobs = table.each(lambda item: by_id(table, item["job"]), some)
        found += [job for item, job in zip(some, jobs, strict=True) if job and _is_place(item, job)]
    return found


def _is_place(listed: Item, job: Job) -> bool:
    """Whether a job is listed there by the call that opened it, and not by another that came to nothing."""
    return bool(listed["sk"] == places.listing(job.created, job.id))


def direct(table: Table, job_id: str, control: Control, among: Collection[Control], now: datetime, *, why: str) -> bool:
    """See Store.direct_job."""
    for _ in overtaken():
        item = table.get(places.job(job_id))
        if item is None or Control(item["control"]) not in among:
            return False
        after = directed(_job(item, counters.read(table, scopes.of_job(job_id))), control, now, why)
        values = {
            "control": after.control,
            "began": to_micros(after.began or after.created),
            "paused": _micros(after.paused),
            "why": after.why,
            "seen": _TOLL.dump_json(after.seen).decode(),
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
        "why": job.why,
        "seen": _TOLL.dump_json(job.seen).decode(),
        "columns": " ".join(map(str, job.columns)),
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
        why=item["why"],
        seen=_TOLL.validate_json(item["seen"]),
        columns=tuple(map(int, item["columns"].split())),
    )


def _micros(at: datetime | None) -> int:
    """0 for none: nothing here happened in 1970."""
    return 0 if at is None else to_micros(at)


def _instant(micros: int) -> datetime | None:
    return from_micros(micros) if micros else None
