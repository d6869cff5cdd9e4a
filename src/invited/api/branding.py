"""What a domain's mails and pages look like: name, colour, logo, footer and phrases, for admins to choose."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.openapi.models import Example

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import admin, holding
from invited.api.branding_schemas import Branding, BrandingBody, Look
from invited.api.dependencies import GivenEngine
from invited.api.etags import TAGGED, IfMatch, changed, check, tagged
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.branding import seen
from invited.domain.branding import GROUNDS, LEAST_OF_SHAPES, MAX_LOGO, contrast, picture_type
from invited.domain.branding import Branding as Chosen
from invited.domain.principal import Scope
from invited.mails import samples, templates
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["branding"])

Domain = Annotated[str, Query(max_length=253, description="One of the domains served; the first where left out.")]
_SHOWN = examples.shown(examples.BRANDING, "What was chosen, and what comes of it", headers=TAGGED)


def served(engine: GivenEngine, domain: Domain = "") -> str:
    """The domain that a request is about; raises the problem `not-found` for one that is not served."""
    if not domain:
        return engine.settings.domain[0]
    if domain.lower() not in engine.settings.domain:
        known = ", ".join(engine.settings.domain)
        raise Problem("not-found", "This domain is not served here.", f"Please name one of {known}.")
    return domain.lower()


Served = Annotated[str, Depends(served)]


@router.get(
    "/branding",
    responses=examples.shown(examples.LOOK, "What pages and apps look like") | errors("not-found"),
)
def look(engine: GivenEngine, domain: Served) -> Look:
    """What the pages and apps of a domain look like; for everybody."""
    return Look.of(seen(engine, domain))


@router.get(
    "/domain/branding",
    dependencies=[holding(Scope.OPERATIONS), Depends(admin)],
    responses=errors("forbidden", "not-found") | _SHOWN,
)
def chosen(engine: GivenEngine, domain: Served, response: Response) -> Branding:
    """What was chosen for a domain, and what comes of it."""
    return tagged(response, _shown(engine, domain))


@router.put(
    "/domain/branding",
    dependencies=[holding(Scope.OPERATIONS), Depends(admin)],
    responses=errors("forbidden", "not-found", "precondition-failed", "too-large") | _SHOWN,
)
def choose(
    *,
    engine: GivenEngine,
    domain: Served,
    response: Response,
    note: Annotated[Note, audited("branding.change")],
    body: Annotated[BrandingBody, Body(openapi_examples={"a club": Example(value=examples.BRANDING_BODY)})],
    if_match: IfMatch = None,
) -> Branding:
    """Choose anew: mails, pages and apps follow at once."""
    check(if_match, _shown(engine, domain))
    _check_color(body.color)
    check_wording(engine, domain, body.wording)
    before = engine.store.branding(domain) or Chosen()
    key, kind = (before.logo, before.logo_type) if body.logo is None else _kept(engine, body.logo)
    after = Chosen(body.name.strip(), body.color.lower(), body.footer.strip(), key, kind, body.wording)
    if not engine.store.replace_branding(domain, after, before.version):
        raise changed()
    note.about = f"branding {domain}"
    return tagged(response, _shown(engine, domain))


def _kept(engine: Engine, logo: str) -> tuple[str, str]:
    """The archive's key of a new logo and its media type."""
    if not logo:
        return "", ""
    try:
        content = b64decode(logo, validate=True)
    except ValueError:
        content = b""
    kind = picture_type(content)
    if not kind or len(content) > MAX_LOGO:
        remedy = f"Please send a PNG or JPEG of {MAX_LOGO:,} octets at most, in base64."
        raise Problem("invalid", "The logo is no picture that every mail program shows.", remedy)
    return engine.archive.put(content), kind


def _check_color(color: str) -> None:
    """Buttons must be seen on white and on a dark ground (WCAG 2.2, 1.4.11)."""
    for ground in GROUNDS if color else ():
        if contrast(color, ground) < LEAST_OF_SHAPES:
            detail = f"The colour {color} can hardly be told from {ground}: {contrast(color, ground):.1f} to 1."
            remedy = f"Please choose one with a contrast of {LEAST_OF_SHAPES} to 1 at least to {' and '.join(GROUNDS)}."
            raise Problem("invalid", detail, remedy)


def check_wording(engine: Engine, domain: str, wording: Mapping[str, Mapping[str, str]]) -> None:
    """Make sure that these phrases, by mail and key, can be used; raises the problem `invalid`, which names others."""
    faults = [
        {"pointer": f"#/wording/{name}/{key}", "detail": fault}
        for name, own in wording.items()
        for key, phrase in own.items()
        if (fault := _phrase_fault(engine, domain, name, key, phrase))
    ]
    if faults:
        remedy = "Please mend what `errors` names; /api/v1/domain/templates/{name} shows the usual phrases."
        raise Problem("invalid", "Some phrases cannot be used.", remedy, errors=faults)


def _phrase_fault(engine: Engine, domain: str, name: str, key: str, phrase: str) -> str:
    if key not in templates.usual_phrases().get(name, {}):
        return "no mail has a phrase of this name"
    try:
        templates.phrase(phrase, samples.sample(name, engine.settings.url, domain))
    except Exception as fault:  # noqa: BLE001 - whatever a template may raise
        return str(fault)
    return ""


def _shown(engine: Engine, domain: str) -> Branding:
    own = engine.store.branding(domain) or Chosen()
    return Branding(
        domain=domain,
        name=own.name,
        color=own.color,
        footer=own.footer,
        wording={name: dict(phrases) for name, phrases in own.wording.items()},
        has_logo=bool(own.logo),
        look=Look.of(seen(engine, domain)),
    )
