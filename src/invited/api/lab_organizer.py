"""The lab's organizer: a form that mails an invite, a change or a cancel as their calendar would."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Annotated, Literal, Self
from urllib.parse import urlencode
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import BaseModel, Field, model_validator
from starlette.responses import HTMLResponse, RedirectResponse

from invited.api.dependencies import GivenAll, page
from invited.api.forms import same_site
from invited.api.lab import lab_of, mail_in
from invited.api.problems import Problem
from invited.api.public_view import COMMON_ZONES
from invited.domain.addresses import new_id, normalised
from invited.domain.moment import Moment
from invited.imip import clients

router = APIRouter(include_in_schema=False, dependencies=[Depends(lab_of)])

CLIENTS = ("google", "outlook", "apple")
MAX_TIMES = 10_000
"""Changes of one invite."""


OneLine = Annotated[str, Field(max_length=200, pattern=r"^\P{Cc}*$")]
"""What one field of a form holds."""


class Draft(BaseModel):
    """What the form holds; `uid` and `sequence` say which invite it changes, "" and 0 for a new one."""

    as_: Literal["google", "outlook", "apple"] = Field(default="google", alias="as")
    organizer: str = Field(default="you@club.example", max_length=254)
    name: OneLine = "Ticket office"
    summary: OneLine = "Home opener"
    place: OneLine = "Ball Club Park"
    day: date | None = None
    hour: clock_time = clock_time(18)
    zone: str = Field(default="Europe/London", max_length=64)
    uid: str = Field(default="", max_length=200, pattern=r"^[A-Za-z0-9@.-]*$")
    sequence: int = Field(default=0, ge=0, le=MAX_TIMES)
    sent: Literal["", "REQUEST", "CANCEL"] = ""

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.zone not in available_timezones():
            raise ValueError("please choose a time zone by its IANA name, such as Europe/London")
        self.organizer = normalised(self.organizer)
        return self


class Sending(Draft):
    """The form, and which of its buttons was pressed."""

    method: Literal["REQUEST", "CANCEL"] = "REQUEST"


@router.get("/lab/new")
def form(request: Request, given: GivenAll, draft: Annotated[Draft, Query()]) -> HTMLResponse:
    """The form: empty, or with the invite that was sent, to be changed or cancelled."""
    day = draft.day or (given.engine.now() + timedelta(days=14)).date()
    values = {"draft": draft, "day": day, "clients": CLIENTS, "zones": COMMON_ZONES}
    return page(request, "lab_new.html", values)


@router.post("/lab/new", dependencies=[Depends(same_site)])
def send(given: GivenAll, sending: Annotated[Sending, Form()]) -> RedirectResponse:
    """Mail it to the server's own SMTP port, as the chosen calendar writes it."""
    if sending.day is None:
        raise Problem("invalid", "The invite has no day.", "Please choose one.")
    uid = sending.uid or f"{new_id()}@lab.example"
    start = Moment(datetime.combine(sending.day, sending.hour), sending.zone)
    to = given.engine.settings.address("create")
    raw = clients.request(
        clients.Client(sending.as_),
        organizer=sending.organizer,
        organizer_name=sending.name,
        to=to,
        uid=uid,
        summary=sending.summary,
        start=start,
        end=start.plus(timedelta(hours=2)),
        sequence=sending.sequence,
        now=given.engine.now().astimezone(UTC),
        location=sending.place,
        method=sending.method,
    )
    mail_in(given, sending.organizer, to, raw)
    told = sending.model_dump(mode="json", by_alias=True, exclude={"method"})
    told |= {"uid": uid, "sequence": sending.sequence + 1, "sent": sending.method}
    return RedirectResponse("/lab/new?" + urlencode(told), 303)
