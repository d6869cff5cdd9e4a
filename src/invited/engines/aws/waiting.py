"""Cancels whose event is not known yet."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter

from invited.engines.aws import places
from invited.engines.aws.table import NEW, Table
from invited.engines.aws.times import expiry
from invited.engines.instants import to_micros
from invited.messages import Mail

_MAIL = TypeAdapter(Mail)


def add(table: Table, owner: str, uid: str, mail: Mail, *, now: datetime, until: datetime) -> None:
    """See Store.keep_cancel; what the owner has waited for in vain goes."""
    pk, sk = places.waiting(owner, uid, mail.key)
    for old in table.query(pk, only="#until <= :now", values={"now": to_micros(now)}):
        table.delete((pk, old["sk"]))
    ends = to_micros(until)
    body = _MAIL.dump_json(mail).decode()
    table.put({"pk": pk, "sk": sk, "until": ends, "expires": expiry(ends), "body": body}, NEW)


def those(table: Table, owner: str, uid: str, now: datetime) -> list[Mail]:
    """See Store.kept_cancels."""
    items = table.under(places.waiting(owner, uid), only="#until > :now", values={"now": to_micros(now)})
    return [_MAIL.validate_json(item["body"]) for item in items]
