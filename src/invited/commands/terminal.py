"""What every command needs: the settings and the engine, and the way out with a word on what was wrong."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from invited.domain.event import Event
    from invited.engines import Opened
    from invited.ports import Engine
    from invited.settings import Settings


def stop(why: str) -> NoReturn:
    """End with exit code 1."""
    typer.echo(why, err=True)
    raise typer.Exit(1)


def settings() -> Settings:
    """The settings; wrong ones end the command, with a line each."""
    from pydantic import ValidationError

    from invited.settings import faults, load

    try:
        return load()
    except ValidationError as wrong:
        stop("\n".join(faults(wrong)))


@contextmanager
def engine() -> Iterator[Opened]:
    """The engine of these settings, open for the block. Where the block is Refused, by us or by AWS, or meets trouble
    that may pass, it ends with the reason.
    """
    from invited.domain.errors import Refused, Temporary
    from invited.engines import aws_told, open_engine

    known = settings()
    try:
        with aws_told(), open_engine(known) as opened:
            yield opened
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")
    except Temporary as trouble:
        stop(f"{trouble}; what was done until then stands, and the command may be given again")


def event_of(ports: Engine, event_id: str) -> Event:
    """The event, or the end."""
    event = ports.store.event(event_id)
    if event is None:
        stop(f"there is no event {event_id}")
    return event


def note(ports: Engine, action: str, about: str, *, event_id: str = "", detail: str = "") -> None:
    """Tell the audit log what whoever sits here has done."""
    from invited.audit import note as write

    write(ports, f"cli {_user()}", action, about, event_id=event_id, detail=detail)


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def address_of(text: str) -> str:
    """The address as it is stored, or the end."""
    from invited.domain.addresses import normalised

    try:
        return normalised(text)
    except ValueError as why:
        stop(str(why))
