"""The pages for people, none with a script: an event for everybody and for its organizer, and confirming a mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from invited.api.access import known_event, opened
from invited.api.audited import Note, audited
from invited.api.dependencies import GivenAll, GivenEngine, Id, page
from invited.api.event_view import answers, embed, embeddings, shares, view
from invited.api.forms import pasted, same_site
from invited.api.job_pages import job_views
from invited.api.news_view import organizers_news
from invited.api.problems import KINDS, Problem
from invited.api.public_view import Accent, accent, public
from invited.api.reconfirmation import rows
from invited.api.report import csv
from invited.api.schemas import MAX_ATTENDEES
from invited.api.sending import send
from invited.branding import branding, logo
from invited.credentials import approval_link, confirmed
from invited.domain.errors import Refused
from invited.enclosures import contents
from invited.imip.assemble import publish
from invited.imip.attachments import MAX_FILES
from invited.messages import Attendee, Mail, MailArrived
from invited.ports import Engine
from invited.report import report

router = APIRouter(include_in_schema=False)

Access = Annotated[str, Query(max_length=4096)]


@router.get("/")
def welcome(request: Request, given: GivenAll) -> HTMLResponse:
    """What this server is, and where to go."""
    return page(request, "welcome.html", {"has_lab": given.lab is not None})


@router.get("/pages.css")
def style(given: GivenAll) -> Response:
    """The one style sheet, in the first domain's colour."""
    chosen = branding(given.engine, given.engine.settings.domain[0])
    sheet = given.templates.get_template("pages/pages.css").render(accent=accent(chosen.color))
    return Response(sheet, media_type="text/css", headers={"Cache-Control": "max-age=300"})


@router.get("/favicon.ico")
def icon(given: GivenAll) -> Response:
    """The tab's icon, in the operator's colour: an SVG, at the place where every browser looks unasked."""
    colors = accent(given.engine.settings.brand_color) or Accent("#1f5fbf", "#ffffff")
    picture = given.templates.get_template("pages/icon.svg").render(accent=colors)
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


@router.get("/brand")
def picture(engine: GivenEngine, domain: Annotated[str, Query(max_length=253)] = "") -> Response:
    """A domain's logo, the first one's where none is named."""
    named = domain if domain in engine.settings.domain else engine.settings.domain[0]
    found = logo(engine, branding(engine, named))
    if found is None:
        raise Problem("not-found", "There is no logo.", "Please choose one in the admin panel, or INVITED_BRAND_LOGO.")
    headers = {"Cache-Control": "max-age=300", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get("/problems/{name}")
def problem(request: Request, name: str) -> HTMLResponse:
    """What a problem's type URI leads to (RFC 9457 §3.1.1)."""
    if name not in KINDS:
        raise Problem("not-found", "There is no problem of this name.", "Please see /api/v1/openapi.json for all.")
    return page(request, "kind.html", {"name": name, "kind": KINDS[name]})


@router.get("/e/{id}.ics")
def public_calendar(engine: GivenEngine, id: Id) -> Response:  # noqa: A002 - the path's own word
    """The event for any calendar, without an invitation."""
    event = known_event(engine, id)
    calendar = publish(event, f"{event.id}@{event.domain}", engine.settings.address("rsvp", event.domain))
    headers = {"Content-Disposition": 'attachment; filename="event.ics"'}
    return Response(calendar, media_type="text/calendar; charset=utf-8; method=PUBLISH", headers=headers)


@router.get("/e/{id}/files/{number}")
def public_file(engine: GivenEngine, id: Id, number: Annotated[int, Path(ge=0, lt=MAX_FILES)]) -> Response:  # noqa: A002
    """Something that goes with the event; always to be saved, never shown within our pages."""
    event = known_event(engine, id)
    if number >= len(event.files):
        raise Problem("not-found", "The event has no such file.", "Please follow a link in the newest invite.")
    ((file, content),) = contents(engine, event.files[number : number + 1])
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type=file.content_type, headers=headers)


@router.get("/e/{id}")
def public_page(
    request: Request,
    engine: GivenEngine,
    id: Id,  # noqa: A002
    tz: Annotated[str, Query(max_length=64, description="The visitor's time zone.")] = "",
) -> HTMLResponse:
    """The event for everybody who has its link."""
    event = known_event(engine, id)
    shown = view(event, engine.settings)
    values = {"event": shown, **public(event, shown, tz.strip(), engine.now())}
    return page(request, "public.html", values)


@router.get("/events/{id}")
def organizer_page(request: Request, engine: GivenEngine, id: Id, access: Access = "") -> HTMLResponse:  # noqa: A002
    """The event for its organizer: figures, sending, embedding, report."""
    event = opened(engine, id, access)
    figures = engine.store.statistics(event.id)
    shown = view(event, engine.settings)
    waiting = engine.store.pending(event.id)
    values = {
        "event": shown,
        "access": access,
        "updates": event.updates,
        "waiting": waiting,
        "decide": approval_link(engine, waiting.id) if waiting else "",
        "figures": figures,
        "shares": shares(figures),
        "again": rows(engine.store.reconfirmation(event.id, event.asked)),
        "answers": answers(event, figures),
        "embed": embed(shown),
        "embeddings": embeddings(shown),
        "is_listed": event.is_listed,
        "schedule": engine.store.slug(event.organizer),
        "is_public": event.door.over(engine.settings.door).public,
        "news": organizers_news(engine, event),
        "now": engine.now(),
        "jobs": job_views(engine, event.id),
        "most": MAX_ATTENDEES,
    }
    return page(request, "event.html", values)


@router.post("/events/{id}/send", dependencies=[Depends(same_site)])
def organizer_send(
    request: Request,
    engine: GivenEngine,
    note: Annotated[Note, audited("event.send")],
    id: Id,  # noqa: A002
    *,
    access: Annotated[str, Form(max_length=4096)],
    addresses: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Invite everybody in the pasted list."""
    event = opened(engine, id, access)
    people, nobody = _pasted(addresses)
    if not 0 < len(people) + len(nobody) <= MAX_ATTENDEES:
        detail = f"The list has {len(people):,} addresses." if people else "The list is empty."
        raise Problem("invalid", detail, f"Please go back and paste between 1 and {MAX_ATTENDEES:,} addresses.")
    job, admission = send(engine, event, people, "list")
    note.detail = f"job {job}: {len(admission.added)} of {len(people)} added"
    admission = replace(admission, invalid=nobody + admission.invalid)
    return page(request, "sent.html", {"event": view(event, engine.settings), "access": access, "admission": admission})


@router.get("/events/{id}/report.csv")
def organizer_report(engine: GivenEngine, id: Id, access: Access = "") -> StreamingResponse:  # noqa: A002
    """Every attendee and their answer."""
    event = opened(engine, id, access)
    return csv(event.id, report(engine.store, event.id))


@router.get("/confirm/{signed}")
def confirmation(request: Request, engine: GivenEngine, signed: str) -> HTMLResponse:
    """Ask whether the mail is the reader's own. Looking changes nothing: mail scanners follow every link."""
    mail, summary = _confirmed(engine, signed)
    return page(request, "confirm.html", {"mail": mail, "summary": summary})


@router.post("/confirm/{signed}", dependencies=[Depends(same_site)])
def confirm(
    request: Request, engine: GivenEngine, note: Annotated[Note, audited("mail.confirm")], signed: str
) -> HTMLResponse:
    """It is: the mail is handled as if it had just come, now with its sender's word."""
    mail, summary = _confirmed(engine, signed)
    engine.queue.publish([MailArrived(mail)])
    note.about, note.actor = f"mail {mail.key}", f"link {mail.envelope_from}"
    return page(request, "confirmed.html", {"summary": summary})


def _pasted(text: str) -> tuple[tuple[Attendee, ...], tuple[tuple[str, str], ...]]:
    try:
        return pasted(text)
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None


def _confirmed(engine: Engine, signed: str) -> tuple[Mail, str]:
    try:
        return confirmed(engine, signed)
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
