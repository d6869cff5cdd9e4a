"""Writing to the audit log."""

from __future__ import annotations

from invited.domain.addresses import new_id
from invited.domain.audit import MAX_DETAIL, Entry
from invited.ports import Engine


def note(engine: Engine, actor: str, action: str, about: str, *, event_id: str = "", detail: str = "") -> None:
    """Remember that `actor` has just done this; what each word may be: domain/audit.py."""
    now = engine.now()
    entry_id = f"{now:%Y%m%d%H%M%S%f}{new_id()}"
    engine.store.note(Entry(entry_id, now, actor, action, about[:MAX_DETAIL], event_id, detail[:MAX_DETAIL]))
