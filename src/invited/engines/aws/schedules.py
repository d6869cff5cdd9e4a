"""Where each organizer's public schedule is: an item for the slug and one for the organizer, changed in one step."""

from __future__ import annotations

from invited.engines.aws import places
from invited.engines.aws.table import NEW, Cancelled, Delete, Put, Step, Table


def slug(table: Table, organizer: str) -> str:
    """See Store.slug."""
    item = table.get(places.schedule_of(organizer))
    return str(item["slug"]) if item else ""


def scheduler(table: Table, slug: str) -> str | None:
    """See Store.scheduler."""
    item = table.get(places.schedule(slug))
    return str(item["organizer"]) if item else None


def choose(table: Table, organizer: str, slug: str, expected: str) -> bool:
    """See Store.choose_slug."""
    pk, sk = places.schedule_of(organizer)
    slug_pk, slug_sk = places.schedule(slug)
    condition = "#slug = :expected" if expected else NEW
    steps: list[Step] = [
        Put({"pk": pk, "sk": sk, "slug": slug}, condition, {"expected": expected}),
        Put({"pk": slug_pk, "sk": slug_sk, "organizer": organizer}, NEW),
    ]
    if expected:
        steps.append(Delete(places.schedule(expected)))
    try:
        table.transact(steps)
    except Cancelled:
        return False
    return True
