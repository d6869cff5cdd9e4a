"""What every route declares that changes something: by what name the audit log tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request

from invited.api.dependencies import GivenEngine
from invited.audit import note as write
from invited.ports import Engine


@dataclass(slots=True)
class Note:
    """What the log will say of the request that is under way; its route may say more of it."""

    action: str
    about: str
    event_id: str
    actor: str = ""
    detail: str = ""


def audited(action: str) -> Any:
    """Have the log tell of `action`, such as "job.pause", once the route is done and before it answers.

    `dependencies=[audited("job.pause")]` is enough where the path's `id` is that of the job; a route with more to say
    takes `note: Annotated[Note, audited("job.pause")]`. What the route refuses has not happened and is not told.
    """

    def noted(request: Request, engine: GivenEngine) -> Iterator[Note]:
        kind, name = action.partition(".")[0], request.path_params.get("id", "")
        note = Note(action, f"{kind} {name}".strip(), _EVENT_OF.get(kind, _of_none)(engine, name))
        yield note
        actor = note.actor or getattr(request.state, "actor", "") or _holder(engine, note.event_id)
        write(engine, actor, note.action, note.about, event_id=note.event_id, detail=note.detail)

    noted.action = action  # type: ignore[attr-defined]
    return Depends(noted, scope="function")


def _holder(engine: Engine, event_id: str) -> str:
    """Who comes without a key: whoever has a signed link of the event's organizer."""
    event = engine.store.event(event_id)
    return f"link {event.organizer}" if event else "link"


def _of_job(engine: Engine, job_id: str) -> str:
    job = engine.store.job(job_id)
    return job.event_id if job else ""


def _of_approval(engine: Engine, approval_id: str) -> str:
    approval = engine.store.approval(approval_id)
    return approval.event_id if approval else ""


def _of_none(_engine: Engine, _name: str) -> str:
    return ""


_EVENT_OF: Mapping[str, Callable[[Engine, str], str]] = {
    "event": lambda _, event_id: event_id,
    "job": _of_job,
    "approval": _of_approval,
}
"""The event that an action is about, by what stands before the dot and the path's `id`."""
