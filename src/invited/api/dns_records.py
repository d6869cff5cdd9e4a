"""The DNS records to publish for the domains that are served, and how they stand in DNS now; for admins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.auth import Admin, holding
from invited.api.dependencies import GivenEngine
from invited.api.openapi import errors
from invited.dns import Published, Purpose, alike, purpose, standing
from invited.domain.principal import Scope
from invited.ports import Engine, Record

router = APIRouter(prefix="/api/v1", tags=["operations"])

AT_ONCE = 8
"""Names that are looked up at the same time."""


class DnsRecord(BaseModel):
    """A record to publish."""

    domain: str = Field(description="The domain that it is for.")
    purpose: Purpose
    name: str
    type: str
    value: str
    standing: Published | None = Field(
        description="Null where it was not looked up; `unknown` where DNS did not answer in time."
    )
    found: list[str] = Field(description="What DNS has for the same purpose.")

    @classmethod
    def of(cls, record: Record, domain: str, found: list[str] | None, *, is_looked_up: bool) -> Self:
        """`record` as it is shown; `found` is what DNS has, None where nobody knows."""
        return cls(
            domain=domain,
            purpose=purpose(record),
            name=record.name,
            type=record.kind,
            value=record.value,
            standing=standing(record, found) if is_looked_up else None,
            found=alike(record, found or []),
        )


class DnsRecords(BaseModel):
    """All of them, by domain."""

    records: list[DnsRecord]
    looked_up: datetime | None = Field(description="When DNS was asked; null for not at all.")


@router.get(
    "/domain/dns",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden") | examples.shown(examples.DNS_RECORDS, "What to publish"),
)
def dns_records(
    engine: GivenEngine,
    _key: Admin,
    *,
    look: Annotated[bool, Query(description="Ask DNS as well, which takes some seconds at most.")] = False,
) -> DnsRecords:
    """What to publish, so that mail finds this server and what it sends is believed: MX, SPF, DMARC and DKIM."""
    records = engine.site.records()
    answers = _looked_up(engine, records) if look else [None] * len(records)
    domains = engine.settings.domain
    told = [
        DnsRecord.of(record, _domain(record, domains), found, is_looked_up=look)
        for record, found in zip(records, answers, strict=True)
    ]
    return DnsRecords(records=told, looked_up=engine.now() if look else None)


def _looked_up(engine: Engine, records: list[Record]) -> list[list[str] | None]:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="dns") as threads:
        return list(threads.map(lambda record: engine.site.look_up(record.name, record.kind), records))


def _domain(record: Record, domains: tuple[str, ...]) -> str:
    """The longest domain of ours that the record's name ends with: one may lie within another."""
    return max((each for each in domains if f".{record.name}".endswith(f".{each}")), key=len)
