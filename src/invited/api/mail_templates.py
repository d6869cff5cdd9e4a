"""The mails' templates: a domain's own beside the usual ones, to try, to store and to send oneself."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Form, Query
from fastapi.openapi.models import Example
from starlette.responses import HTMLResponse

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Admin, admin, holding
from invited.api.branding import Served
from invited.api.branding_schemas import Draft, MailPreview, Sources, Template, TemplateItem, TemplateList, Tested
from invited.api.dependencies import GivenEngine
from invited.api.limits import FRAME_POLICY
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.branding import branding, logo
from invited.domain.branding import MailTemplate
from invited.domain.errors import Aside
from invited.domain.principal import Scope
from invited.mails import samples, templates
from invited.mails.templates import Filled
from invited.mails.values import LABELS
from invited.mails.words import tried
from invited.notices import dispatch, example
from invited.ports import Engine

router = APIRouter(
    prefix="/api/v1/domain/templates", tags=["branding"], dependencies=[holding(Scope.OPERATIONS), Depends(admin)]
)
pages = APIRouter(include_in_schema=False, dependencies=[holding(Scope.OPERATIONS), Depends(admin)])

Kinds = Literal["invitation", "reminder", "updated", "cancelled", "withdrawn"]
Kind = Annotated[Kinds, Query(description="Of an invite.")]
_ONE = {"a shorter mail": Example(value=examples.MAIL_SOURCES)}
_SHOWN = examples.shown(examples.MAIL_TEMPLATE, "The mail's templates and phrases")


def known(name: str) -> str:
    """The mail's name; raises the problem `not-found`."""
    if name not in templates.names():
        raise Problem("not-found", "There is no mail of this name.", "Please see /api/v1/domain/templates.")
    return name


Name = Annotated[str, Depends(known)]


@router.get("", responses=errors("forbidden", "not-found") | examples.shown(examples.MAIL_TEMPLATES, "Every mail"))
def mails(engine: GivenEngine, domain: Served) -> TemplateList:
    """Every mail, and whether the domain has templates of its own for it."""
    own = {template.name: template for template in engine.store.mail_templates(domain)}
    return TemplateList(templates=[_item(name, own.get(name)) for name in templates.names()])


@router.get("/{name}", responses=errors("forbidden", "not-found") | _SHOWN)
def mail(engine: GivenEngine, domain: Served, name: Name) -> Template:
    """One mail's templates, the usual and the domain's own, and its phrases."""
    return _shown(engine, domain, name)


@router.put("/{name}", responses=errors("forbidden", "not-found", "too-large") | _SHOWN)
def store(
    engine: GivenEngine,
    domain: Served,
    name: Name,
    note: Annotated[Note, audited("template.change")],
    body: Annotated[Sources, Body(openapi_examples=_ONE)],
) -> Template:
    """Use these templates from now on. They are tried with an example first, in every form that the mail has."""
    written = MailTemplate(name, body.text, body.mjml, engine.now())
    for kind in _kinds(name):
        _tried(engine, domain, written, None, kind)
    engine.store.set_mail_template(domain, written)
    note.about = f"template {name} of {domain}"
    return _shown(engine, domain, name)


@router.delete("/{name}", status_code=204, responses=errors("forbidden", "not-found"))
def remove(engine: GivenEngine, domain: Served, name: Name, note: Annotated[Note, audited("template.remove")]) -> None:
    """Use the usual templates again."""
    engine.store.remove_mail_template(domain, name)
    note.about = f"template {name} of {domain}"


@router.post(
    "/{name}/preview",
    responses=errors("forbidden", "not-found", "too-large") | examples.shown(examples.PREVIEWED, "The mail"),
)
def preview(
    engine: GivenEngine,
    domain: Served,
    name: Name,
    body: Annotated[Draft, Body(openapi_examples=_ONE)],
    kind: Kind = "invitation",
) -> MailPreview:
    """See a mail with an example's values, by templates and phrases that need not be stored; nothing is changed."""
    stored = engine.store.mail_template(domain, name) or MailTemplate(name, "", "", engine.now())
    written = MailTemplate(name, body.text or stored.text, body.mjml or stored.mjml, stored.changed)
    made = _tried(engine, domain, written, body.wording, kind)
    return MailPreview(subject=made.subject, text=made.text, html=made.html)


@router.get(
    "/{name}/preview",
    response_class=HTMLResponse,
    responses=errors("forbidden", "not-found")
    | {200: {"description": "The page", "content": {"text/html": {"example": examples.PREVIEWED["html"]}}}},
)
def preview_frame(engine: GivenEngine, domain: Served, name: Name, kind: Kind = "invitation") -> HTMLResponse:
    """The mail's HTML as it is sent now, for a frame that shows it."""
    stored = engine.store.mail_template(domain, name) or MailTemplate(name, "", "", engine.now())
    return _framed(_tried(engine, domain, stored, None, kind).html)


@pages.post("/templates/{name}/preview", response_class=HTMLResponse)
def preview_draft(
    *,
    engine: GivenEngine,
    domain: Served,
    name: Name,
    text: Annotated[str, Form(max_length=templates.MAX_TEMPLATE)] = "",
    mjml: Annotated[str, Form(max_length=templates.MAX_TEMPLATE)] = "",
    kind: Annotated[Kinds, Form()] = "invitation",
) -> HTMLResponse:
    """The HTML of templates that need not be stored, for a frame that a form of ours sends them to."""
    stored = engine.store.mail_template(domain, name) or MailTemplate(name, "", "", engine.now())
    return _framed(_tried(engine, domain, MailTemplate(name, text, mjml, stored.changed), None, kind).html)


@router.post(
    "/{name}/test",
    responses=errors("forbidden", "not-found", "no-address", "too-many-requests")
    | examples.shown(examples.TESTED, "It is sent"),
)
def mail_example(engine: GivenEngine, caller: Admin, domain: Served, name: Name, kind: Kind = "invitation") -> Tested:
    """Mail yourself an example of a mail as it is sent now: to your own address, which one has who is signed in."""
    if not caller.address:
        raise Problem("no-address", "A key of the domain has no address.", "Please sign in, and call this from there.")
    try:
        dispatch(engine, example(engine, domain, name, caller.address, kind), is_limited=True)
    except Aside as reason:
        detail = f"The mail was not sent: {reason}."
        raise Problem("too-many-requests", detail, "Please wait an hour, or see the relay.") from None
    return Tested(to=caller.address)


def _framed(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={"Content-Security-Policy": FRAME_POLICY, "X-Frame-Options": "SAMEORIGIN"})


def _kinds(name: str) -> tuple[str, ...]:
    return tuple(LABELS) if name == "invite" else ("invitation",)


def _tried(engine: Engine, domain: str, written: MailTemplate, wording: dict[str, str] | None, kind: str) -> Filled:
    """The mail, or what is wrong with its templates as the problem `invalid`."""
    values = samples.sample(written.name, engine.settings.url, domain, kind)
    own = written if written.text or written.mjml else None
    try:
        return tried(
            engine, domain, written.name, values, own=own, wording=wording, logo_at=_logo(engine, domain, written.name)
        )
    except Exception as fault:  # noqa: BLE001 - whatever a template may raise
        remedy = "Please mend the template; /api/v1/domain/templates/{name} shows the usual one."
        raise Problem("invalid", f"The mail cannot be made: {str(fault).rstrip(chr(46))}.", remedy) from None


def _logo(engine: Engine, domain: str, name: str) -> str:
    """The logo within the page itself: a sandboxed frame loads nothing."""
    found = logo(engine, branding(engine, domain)) if name != "invite" else None
    return f"data:{found.media_type};base64,{b64encode(found.content).decode()}" if found else ""


def _item(name: str, own: MailTemplate | None) -> TemplateItem:
    changed, fault = (own.changed, own.fault) if own else (None, "")
    return TemplateItem(name=name, is_own=own is not None, changed=changed, fault=fault)


def _shown(engine: Engine, domain: str, name: str) -> Template:
    folder, own = engine.settings.templates_dir, engine.store.mail_template(domain, name)
    usual = templates.source(folder, name)
    return Template(
        **_item(name, own).model_dump(),
        usual=Sources.model_construct(text=usual.text, mjml=usual.mjml),
        own=Sources(text=own.text, mjml=own.mjml) if own else Sources(),
        phrases=dict(templates.phrases(folder, name)),
    )
