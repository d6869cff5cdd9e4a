"""The mail lab: what was sent, to be answered or returned as an attendee's side would; only while no relay is set."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.security import SecurityScopes
from pydantic import BaseModel, Field, ValidationError, model_validator
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from invited.api.auth import Credentials, admin, caller, held
from invited.api.dependencies import Given, GivenAll, GivenEngine, Id, page
from invited.api.forms import same_site
from invited.api.framed import in_frame
from invited.api.lab_mail import Lab, LabItem, opened
from invited.api.own_mails import minded
from invited.api.problems import Problem
from invited.domain.errors import Refused
from invited.domain.invitation import Partstat
from invited.domain.principal import Scope
from invited.imip import clients
from invited.imip.returned import returned
from invited.settings import is_loopback

router = APIRouter(include_in_schema=False)

_HOST = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]*)?")
_FORWARDING = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

ANSWERS = {"accept": Partstat.ACCEPTED, "maybe": Partstat.TENTATIVE, "decline": Partstat.DECLINED}
PROPOSE = "propose"
CLIENTS = ("google", "outlook", "apple")


def lab_of(request: Request, given: GivenAll, credentials: Credentials) -> Lab:
    """The lab, open to whoever sits at this machine and else to admins; raises the problem `no-lab`."""
    if given.lab is None:
        detail = "Mail goes out by the relay that is set, so none is kept here."
        raise Problem("no-lab", detail, "To use the mail lab, start the server without INVITED_RELAY.")
    if not _is_local(request, given.engine.settings.http_listen):
        operator = caller(request, given.engine, credentials)
        held(operator, SecurityScopes([Scope.OPERATIONS]))
        admin(operator)
    return given.lab


def _is_local(request: Request, listen: str) -> bool:
    """Whether server and browser share a machine: a foreign Host is DNS rebinding or, as these headers, a proxy."""
    host = _HOST.fullmatch(request.headers.get("host", "").lower())
    is_local_host = host is not None and is_loopback(f"{host[1]}:0")
    return is_loopback(listen) and is_local_host and not any(name in request.headers for name in _FORWARDING)


GivenLab = Annotated[Lab, Depends(lab_of)]
To = Annotated[str, Query(max_length=254)]
Search = Annotated[str, Query(max_length=100)]
After = Annotated[str, Query(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/lab")
def inbox(
    request: Request, lab: GivenLab, *, to: To = "", q: Search = "", after: After = "", limit: Limit = 50
) -> HTMLResponse:
    """What was sent, newest first; with `q`, what has it in subject or address."""
    mails, cursor = _mails(lab, to, after, limit, q.strip())
    older = "/lab?" + urlencode({"to": to, "q": q, "after": cursor, "limit": limit}) if cursor else ""
    return page(request, "lab.html", {"mails": mails, "to": to, "q": q, "older": older, "is_first": not after})


@router.get("/lab/mails")
def mails(lab: GivenLab, to: To = "", after: After = "", limit: Limit = 100) -> dict[str, Any]:
    """The same for a program."""
    found, cursor = _mails(lab, to, after, limit)
    return {"mails": [_summary(item) for item in found], "next": cursor}


def _mails(lab: Lab, to: str, after: str, limit: int, search: str = "") -> tuple[list[LabItem], str | None]:
    found = list(lab.mails(to or None, after, limit + 1, search))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def _summary(item: LabItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "at": item.at,
        "envelope_from": item.envelope_from,
        "to": item.to,
        "subject": item.subject,
        "method": item.method,
        "size": item.size,
    }


@router.get("/lab/mails/{id}.eml")
def mail_raw(lab: GivenLab, id: Id) -> Response:  # noqa: A002 - the path's own word
    """A mail as it was sent."""
    headers = {"Content-Disposition": f'attachment; filename="{_plain(id)}.eml"'}
    return Response(_raw(lab, id), media_type="message/rfc822", headers=headers)


@router.get("/lab/mails/{id}/html")
def mail_html(lab: GivenLab, id: Id) -> HTMLResponse:  # noqa: A002
    """A mail's HTML alone, for the frame that shows it."""
    return in_frame(opened(_raw(lab, id)).html)


@router.get("/lab/mails/{id}")
def mail(lab: GivenLab, id: Id) -> dict[str, Any]:  # noqa: A002
    """A mail taken apart."""
    parts = opened(_raw(lab, id))
    headers: dict[str, str] = {}
    for name, value in parts.headers:
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    return {
        "id": id,
        "to": parts.header("To"),
        "subject": parts.header("Subject"),
        "method": parts.method,
        "headers": headers,
        "text": parts.text,
        "html": parts.html,
        "calendar": parts.calendar,
    }


@router.get("/lab/{id}")
def mail_page(
    request: Request,
    engine: GivenEngine,
    lab: GivenLab,
    id: Id,  # noqa: A002
    *,
    answered: str = "",
    is_returned: Annotated[bool, Query(alias="returned")] = False,
) -> HTMLResponse:
    """A mail as its reader sees it, with the buttons that their calendar would show."""
    raw = _raw(lab, id)
    parts = opened(raw)
    client, _, answer = answered.partition(" ")
    told = answered if client in CLIENTS and answer in (*ANSWERS, PROPOSE) else ""
    values = {"id": id, "mail": parts, "clients": CLIENTS, "answers": tuple(ANSWERS), "answered": told}
    findings = minded(raw, engine.settings) if parts.calendar else ()
    return page(request, "lab_mail.html", values | {"is_returned": is_returned, "findings": findings})


class Reply(BaseModel):
    """An answer to give, as this client would write it; `start` is what is proposed, by the event's own clock."""

    as_: Literal["google", "outlook", "apple"] = Field(alias="as")
    answer: Literal["accept", "decline", "maybe", "propose"]
    comment: str = Field(default="", max_length=1000)
    start: datetime | date | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.answer == PROPOSE and self.start is None:
            raise ValueError("a proposal needs a start")
        return self


async def reply_of(request: Request) -> Reply:
    """The answer in a form (whose buttons may put parts of it into the query) or in JSON."""
    given: Mapping[str, Any] = dict(request.query_params)
    try:
        if _is_json(request):
            body = await request.json()
            given = body if isinstance(body, dict) else {}
        else:
            given = {**given, **await request.form()}
        return Reply.model_validate(given)
    except (ValidationError, json.JSONDecodeError, UnicodeDecodeError):
        remedy = (
            "Please send `as` (google, outlook or apple), `answer` (accept, maybe, decline or, with a `start` such as "
            "2027-01-14T19:00, propose) and, if you like, a `comment` of 1,000 characters."
        )
        raise Problem("invalid", "The answer is not complete.", remedy) from None


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"


@router.post("/lab/mails/{id}/answer", dependencies=[Depends(same_site)])
def answer(
    request: Request,
    given: GivenAll,
    lab: GivenLab,
    id: Id,  # noqa: A002
    reply: Annotated[Reply, Depends(reply_of)],
) -> Response:
    """Answer an invite by a real mail to the server's own SMTP port."""
    raw = _raw(lab, id)
    envelope_from, envelope_to, written = _written(raw, reply, given)
    mail_in(given, envelope_from, envelope_to, written)
    if _is_json(request):
        told = {"as": reply.as_, "answer": reply.answer, "from": envelope_from, "to": envelope_to}
        return JSONResponse(told, 202)
    return RedirectResponse(f"/lab/{id}?" + urlencode({"answered": f"{reply.as_} {reply.answer}"}), 303)


@router.post("/lab/mails/{id}/return", dependencies=[Depends(same_site)])
def give_back(given: GivenAll, lab: GivenLab, id: Id) -> RedirectResponse:  # noqa: A002
    """Have it come back: the address is no good, says the guest's mail system to the return path."""
    raw, item = _raw(lab, id), lab.mail(id)
    if not item.envelope_from or not item.to:
        raise Problem("no-invite", "The mail has no return path.", "Return an invite: each has one of its own.")
    mail_in(given, "", item.envelope_from, returned(raw, item.to, item.envelope_from, given.engine.now()))
    return RedirectResponse(f"/lab/{id}?returned=true", 303)


def mail_in(given: Given, envelope_from: str, envelope_to: str, raw: bytes) -> None:
    """Mail to the server's own port; raises the problem `mail-not-taken`."""
    try:
        given.mail_in(envelope_from, envelope_to, raw)
    except OSError as error:
        remedy = f"Please check that the server takes mail on {given.engine.settings.smtp_listen}."
        raise Problem("mail-not-taken", "The SMTP port did not take the mail.", remedy) from error


def _written(raw: bytes, reply: Reply, given: GivenAll) -> tuple[str, str, bytes]:
    client, now = clients.Client(reply.as_), given.engine.now()
    try:
        if reply.answer == PROPOSE and reply.start:
            return clients.proposal(raw, client, reply.start, now=now, comment=reply.comment)
        return clients.reply(raw, client, ANSWERS[reply.answer], now=now, comment=reply.comment)
    except Refused as refused:
        raise Problem("no-invite", refused.reason, refused.remedy) from None


def _raw(lab: Lab, mail_id: str) -> bytes:
    try:
        return lab.raw(mail_id)
    except KeyError:
        raise Problem("not-found", "There is no such mail in the lab.", "The oldest mails are thrown away.") from None


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isalnum()) or "mail"
