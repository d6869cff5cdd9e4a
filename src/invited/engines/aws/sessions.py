"""Who is signed in, by the session's id, and by person and age; the table throws away what is over."""

from __future__ import annotations

from itertools import islice

from pydantic import TypeAdapter

from invited.engines.aws import places
from invited.engines.aws.table import THERE, Cancelled, Delete, Item, Put, Table
from invited.engines.aws.times import expiry
from invited.engines.instants import to_micros
from invited.ports import Session

_SESSION = TypeAdapter(Session)


def add(table: Table, session: Session) -> None:
    """See Store.add_session."""
    place = places.listing(session.opened, session.id)
    listed = {"pk": places.sessions(session.address), "sk": place, "session": session.id}
    table.transact([Put(_item(session)), Put(listed | {"expires": expiry(to_micros(session.ends))})])


def one(table: Table, session_id: str) -> Session | None:
    """See Store.session."""
    item = table.get(places.session(session_id))
    return _session(item) if item else None


def newest(table: Table, address: str, limit: int) -> list[Session]:
    """See Store.sessions."""
    listed = table.query(places.sessions(address), is_backwards=True, at_a_time=limit)
    ids = [item["session"] for item in islice(listed, limit)]
    found = table.some(places.session(session_id) for session_id in ids)
    return [_session(found[key]) for key in map(places.session, ids) if key in found]


def renew(table: Table, session: Session, expected: str) -> bool:
    """See Store.renew_session."""
    return table.put(_item(session), "#digest = :expected", {"expected": expected})


def remove(table: Table, session_id: str) -> bool:
    """See Store.remove_session."""
    session = one(table, session_id)
    if session is None:
        return False
    listed = (places.sessions(session.address), places.listing(session.opened, session.id))
    try:
        table.transact([Delete(places.session(session_id), THERE), Delete(listed)])
    except Cancelled:
        return False
    return True


def _item(session: Session) -> Item:
    pk, sk = places.session(session.id)
    body = _SESSION.dump_json(session).decode()
    return {"pk": pk, "sk": sk, "digest": session.digest, "body": body, "expires": expiry(to_micros(session.ends))}


def _session(item: Item) -> Session:
    return _SESSION.validate_json(item["body"])
