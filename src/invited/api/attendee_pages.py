"""The attendee's pages: answering by the link in the invite, and one's own page with all that it may show and stop."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import HTMLResponse

from invited import attending
from invited.api.attendee_view import Shown, dates, shown, standing
from invited.api.dependencies import GivenEngine, Id, page
from invited.api.event_view import view
from invited.api.forms import same_site
from invited.api.problems import Problem
from invited.attending import Said
from invited.credentials import is_attendee, own_page
from invited.domain.addresses import masked
from invited.domain.addresses import token as token_of
from invited.domain.errors import Refused
from invited.domain.event import Event
from invited.domain.invitation import Invitation, Partstat
from invited.domain.receipt import Grade
from invited.imip.itip import MAX_COMMENT
from invited.matching import guest
from invited.messages import Unsubscribed
from invited.ports import Engine
from invited.wording import ANSWER_NAMES, ANSWER_WORDS

router = APIRouter(include_in_schema=False)

PARTSTATS = {name: partstat for partstat, name in ANSWER_NAMES.items()}

Answer = Annotated[str, Form(pattern="^(yes|maybe|no)$")]
Of = Annotated[str, Form(pattern=r"^([0-9]{8}(T[0-9]{6}Z)?)?$")]
Comment = Annotated[str, Form(max_length=MAX_COMMENT)]
Meant = Annotated[str, Query(max_length=10)]
"""The answer whose link in a mail was followed: its button stands out, no more."""


@router.get("/a/{id}/{token}/{code}")
def by_invite(
    request: Request,
    engine: GivenEngine,
    id: Id,  # noqa: A002
    token: Id,
    code: Id,
    *,
    answer: Meant = "",
) -> HTMLResponse:
    """The event, to be answered. Nothing here tells more than the invite itself. Looking changes nothing."""
    event, invitation = _invited(engine, id, token, code)
    return page(request, "answer.html", _values(engine, event, invitation, answer))


@router.post("/a/{id}/{token}/{code}", dependencies=[Depends(same_site)])
def answer_by_invite(
    request: Request,
    engine: GivenEngine,
    id: Id,  # noqa: A002
    token: Id,
    code: Id,
    *,
    answer: Answer,
    of: Of = "",
    comment: Comment = "",
) -> HTMLResponse:
    """Answer; the guest is told by mail. Where they have answered more surely, they are asked by mail first."""
    event, invitation = _invited(engine, id, token, code)
    said = Said(PARTSTATS[answer], of, comment)
    try:
        is_settled = attending.is_settled(engine, event, invitation)
        if is_settled:
            attending.ask_for_own_page(engine, event, invitation, said.partstat)
        else:
            attending.answer(engine, event, invitation, said, Grade.WEB)
    except Refused as refused:
        raise _not_taken(refused) from None
    values = _values(engine, event, invitation, "") | {"said": ANSWER_WORDS[said.partstat], "is_settled": is_settled}
    return page(request, "answered.html", values)


@router.post("/a/{id}/{token}/{code}/mine", dependencies=[Depends(same_site)])
def mail_own_page(request: Request, engine: GivenEngine, id: Id, token: Id, code: Id) -> HTMLResponse:  # noqa: A002
    """Mail the guest the link to their own page."""
    event, invitation = _invited(engine, id, token, code)
    try:
        attending.ask_for_own_page(engine, event, invitation)
    except Refused as refused:
        raise _not_taken(refused) from None
    return page(request, "mailed.html", {"address": masked(invitation.address)})


@router.get("/mine/{signed}")
def mine(
    request: Request,
    engine: GivenEngine,
    signed: str,
    *,
    answer: Meant = "",
    event: Annotated[str, Query(max_length=64)] = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """One's own page: this invitation, and what else the same organizer sent to this address."""
    first, address = _own(engine, signed)
    return _mine(request, engine, signed, _held(engine, event or first, address), answer=answer, after=after)


@router.post("/mine/{signed}", dependencies=[Depends(same_site)])
def answer_mine(
    request: Request,
    engine: GivenEngine,
    signed: str,
    *,
    answer: Answer,
    of: Of = "",
    comment: Comment = "",
    event: Annotated[str, Form(max_length=64)] = "",
) -> HTMLResponse:
    """Answer, as only who reads this guest's mail can."""
    first, address = _own(engine, signed)
    chosen = _held(engine, event or first, address)
    try:
        attending.answer(engine, *chosen, Said(PARTSTATS[answer], of, comment), Grade.CONFIRMED)
    except Refused as refused:
        raise _not_taken(refused) from None
    return _mine(request, engine, signed, chosen, said=PARTSTATS[answer], of=of)


@router.post("/mine/{signed}/stop", dependencies=[Depends(same_site)])
def stop_mine(
    request: Request, engine: GivenEngine, signed: str, what: Annotated[str, Form(max_length=20)] = "organizer"
) -> HTMLResponse:
    """Stop the mail of this organizer, or all of it."""
    event, invitation = _held(engine, *_own(engine, signed))
    organizer = "" if what == "everything" else event.organizer
    engine.queue.publish([Unsubscribed(invitation.address, organizer, engine.now())])
    values = {"event": event, "address": invitation.address, "organizer": organizer}
    return page(request, "unsubscribed.html", values)


def _mine(
    request: Request,
    engine: Engine,
    signed: str,
    chosen: tuple[Event, Invitation],
    *,
    answer: str = "",
    after: str = "",
    said: Partstat | None = None,
    of: str = "",
) -> HTMLResponse:
    event, invitation = chosen
    found, more = attending.held(engine, event.organizer, invitation.address, after)
    others = [shown(one, theirs) for one, theirs in found if one.id != event.id]
    present = standing(engine.store.receipts(event.id, [invitation.token]), event)
    values = _values(engine, event, invitation, answer) | {
        "address": invitation.address,
        "present": [each for each in present if not (said and each.of == of)],
        "said": Shown.of_answer(event, said, of) if said else None,
        "others": others,
        "more": more,
        "signed": signed,
    }
    return page(request, "mine.html", values)


def _values(engine: Engine, event: Event, invitation: Invitation, answer: str) -> dict[str, object]:
    try:
        attending.may_answer(engine, event, invitation)
        barrier = ""
    except Refused as refused:
        barrier = refused.reason
    return {
        "event": view(event, engine.settings),
        "address": masked(invitation.address),
        "dates": dates(event, engine.now()),
        "meant": answer if answer in PARTSTATS else "",
        "barrier": barrier,
        "most": MAX_COMMENT,
    }


def _invited(engine: Engine, event_id: str, token: str, code: str) -> tuple[Event, Invitation]:
    event, invitation = engine.store.event(event_id), guest(engine, event_id, token)
    if event is None or invitation is None or not is_attendee(engine, event_id, token, code):
        raise _bad_link("This link is not complete or was changed.")
    return event, invitation


def _own(engine: Engine, signed: str) -> tuple[str, str]:
    try:
        return own_page(engine, signed)
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None


def _held(engine: Engine, event_id: str, address: str) -> tuple[Event, Invitation]:
    event, invitation = (
        engine.store.event(event_id),
        guest(engine, event_id, token_of(engine.secret, event_id, address)),
    )
    if event is None or invitation is None:
        raise _bad_link("You have no invitation to this event.")
    return event, invitation


def _bad_link(detail: str) -> Problem:
    return Problem("link-not-valid", detail, "Please open it from the mail again, or copy all of it.")


def _not_taken(refused: Refused) -> Problem:
    return Problem("not-answered", refused.reason, refused.remedy)
