"""Webhooks: who is called about what, what became of each call, and having calls made once more (docs/webhooks.md)."""

# ruff: noqa: FAST003 - the id in each path is that of `known`

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query
from fastapi.openapi.models import Example

from invited import hooks
from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import errors
from invited.api.problems import Problem, no_event
from invited.api.webhook_schemas import (
    Deliveries,
    Delivery,
    DeliveryDetail,
    NewWebhook,
    ReplayBody,
    Replayed,
    Secret,
    Webhook,
    WebhookBody,
    WebhookChange,
    Webhooks,
)
from invited.domain.addresses import normalised
from invited.domain.call import Call
from invited.domain.errors import LimitReached, Refused
from invited.domain.hook import Hook
from invited.domain.principal import Principal, Scope
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["webhooks"], dependencies=[holding(Scope.WEBHOOKS)])

Organizer = Annotated[str, Query(max_length=254, description="Whose webhooks; for an admin only, else the domain's.")]

_SHOWN = examples.shown(examples.WEBHOOK, "The webhook as it is now")
_ONE = {"give it a new address": Example(value={"url": "https://club.example/hooks"})}


def known(engine: GivenEngine, caller: Caller, id: Id) -> Hook:  # noqa: A002 - the path's own word
    """The webhook, if it is there and the caller may see it."""
    hook = engine.store.hook(id)
    if hook is None or not caller.may_see(hook.owner):
        raise Problem("not-found", "There is no webhook with this id.", "Please see /api/v1/webhooks.")
    return hook


Known = Annotated[Hook, Depends(known)]


def found(engine: GivenEngine, hook: Known, delivery: Annotated[str, Path(max_length=64)]) -> Call:
    """The delivery, if it is there."""
    call = engine.store.call(hook.id, delivery, engine.now())
    if call is None:
        detail = "There is no delivery with this id; those that are over are kept for 7 days."
        raise Problem("not-found", detail, "Please see /api/v1/webhooks/{id}/deliveries.")
    return call


@router.get("/webhooks", responses=errors() | examples.shown(examples.WEBHOOKS, "All of one owner, oldest first"))
def webhooks(engine: GivenEngine, caller: Caller, organizer: Organizer = "") -> Webhooks:
    """The webhooks of the caller: an organizer's own, or the domain's."""
    return Webhooks(webhooks=[Webhook.of(hook) for hook in engine.store.hooks(_owner(caller, organizer))])


@router.post(
    "/webhooks",
    status_code=201,
    responses=errors("not-found", "insufficient-scope", "limit-reached", "too-large")
    | examples.shown(examples.NEW_WEBHOOK, "It is called from now on; the secret is shown this once", 201),
)
def add(
    engine: GivenEngine,
    caller: Caller,
    note: Annotated[Note, audited("webhook.add")],
    body: Annotated[WebhookBody, Body(openapi_examples={"answers": Example(value=examples.WEBHOOK_BODY)})],
) -> NewWebhook:
    """Have an address called about what happens from now on."""
    owner = _owner(caller, body.organizer or "")
    _check_event(engine, owner, body.event)
    if body.attendees:
        _need_addresses(caller)
    try:
        hook = hooks.new_hook(
            engine,
            body.url,
            owner,
            kinds=body.kinds,
            event_id=body.event or "",
            note=body.note,
            addresses=body.attendees,
        )
        engine.store.add_hook(hook, engine.settings.webhook_limit)
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None
    except LimitReached as limit:
        detail = f"There are {limit.limit} webhooks, as many as there may be."
        raise Problem("limit-reached", detail, "Please remove one, or have INVITED_WEBHOOK_LIMIT raised.") from None
    note.about, note.event_id = f"webhook {hook.id}", hook.event_id
    return NewWebhook.made(hook, hooks.secret(engine, hook.id, hook.generation))


@router.get("/webhooks/{id}", responses=errors("not-found") | _SHOWN)
def webhook(hook: Known) -> Webhook:
    """One webhook, and how it fares."""
    return Webhook.of(hook)


@router.patch(
    "/webhooks/{id}",
    dependencies=[audited("webhook.change")],
    responses=errors("not-found", "insufficient-scope", "too-large") | _SHOWN,
)
def change(
    engine: GivenEngine,
    caller: Caller,
    hook: Known,
    body: Annotated[WebhookChange, Body(openapi_examples=_ONE)],
) -> Webhook:
    """Change its address, what it listens to, or its note; disable it, or enable one that was disabled."""
    after = _changed(engine, caller, hook, body)
    engine.store.replace_hook(after, hook.version)
    if hook.disabled and not after.disabled:
        hooks.wake(engine, after)
    return Webhook.of(engine.store.hook(hook.id) or after)


@router.delete(
    "/webhooks/{id}",
    dependencies=[audited("webhook.remove")],
    responses=errors("not-found") | examples.shown(examples.WEBHOOK, "The webhook as it was"),
)
def remove(engine: GivenEngine, hook: Known) -> Webhook:
    """Call it no more, and forget its deliveries."""
    engine.store.remove_hook(hook.id)
    return Webhook.of(hook)


@router.post(
    "/webhooks/{id}/rotate",
    dependencies=[audited("webhook.rotate")],
    responses=errors("not-found") | examples.shown(examples.SECRET, "The new secret, shown this once"),
)
def rotate(engine: GivenEngine, hook: Known) -> Secret:
    """Give it a new secret; for 24 hours the one before signs, too, so that the receiver can be changed meanwhile."""
    after = replace(hook, generation=hook.generation + 1, rotated=engine.now(), version=hook.version + 1)
    engine.store.replace_hook(after, hook.version)
    return Secret(secret=hooks.secret(engine, after.id, after.generation))


@router.post(
    "/webhooks/{id}/ping",
    dependencies=[audited("webhook.ping")],
    status_code=202,
    responses=errors("not-found", "webhook-disabled")
    | examples.shown(examples.DELIVERY, "On its way; ask for it at /deliveries/{delivery}", 202),
)
def ping(engine: GivenEngine, hook: Known) -> Delivery:
    """Have it called once for a test, with a fact of the kind `webhook.ping`, whatever it listens to."""
    _need_enabled(hook)
    return Delivery.of(hooks.ping(engine, hook))


@router.get(
    "/webhooks/{id}/deliveries",
    responses=errors("not-found") | examples.shown(examples.DELIVERIES, "A page of its deliveries"),
)
def deliveries(
    engine: GivenEngine,
    hook: Known,
    limit: Annotated[int, Query(ge=1, le=100, description="Deliveries of one page.")] = 50,
    after: Annotated[str, Query(max_length=64, description="The `next` of the page before.")] = "",
) -> Deliveries:
    """What it was called with and what it answered, newest first: what waits, and 7 days of what is over."""
    # One more than asked for tells whether there is a next page.
    page = engine.store.calls(hook.id, engine.now(), after=after, limit=limit + 1)
    shown = [Delivery.of(call) for call in page[:limit]]
    return Deliveries(deliveries=shown, next=shown[-1].id if len(page) > limit else None)


@router.get(
    "/webhooks/{id}/deliveries/{delivery}",
    responses=errors("not-found", "insufficient-scope")
    | examples.shown(examples.DELIVERY_DETAIL, "The delivery with its body"),
)
def delivery(caller: Caller, hook: Known, call: Annotated[Call, Depends(found)]) -> DeliveryDetail:
    """One delivery with what was sent."""
    if hook.may_read_attendees:
        _need_addresses(caller)
    return DeliveryDetail.whole(call)


@router.post(
    "/webhooks/{id}/replay",
    dependencies=[audited("webhook.replay")],
    status_code=202,
    responses=errors("not-found", "webhook-disabled", "too-large")
    | examples.shown(examples.REPLAYED, "They are on their way again", 202),
)
def replay(
    engine: GivenEngine,
    hook: Known,
    body: Annotated[ReplayBody, Body(openapi_examples={"all failed": Example(value=examples.REPLAY)})],
) -> Replayed:
    """Make one delivery again, or all failed ones since a time: of 1,000 at most, `next` says where to go on."""
    _need_enabled(hook)
    if body.delivery:
        call = found(engine, hook, body.delivery)
        return Replayed(replayed=hooks.replay(engine, hook, [call]), next=None)
    page = engine.store.calls(hook.id, engine.now(), after=body.after, limit=hooks.REPLAYED)
    wanted = [call for call in page if body.since and call.created >= body.since]
    is_more = len(page) == len(wanted) == hooks.REPLAYED
    failed = [call for call in wanted if call.has_failed]
    return Replayed(replayed=hooks.replay(engine, hook, failed), next=page[-1].id if is_more else None)


def _owner(caller: Principal, organizer: str) -> str:
    """Whose webhooks are meant: the caller's own, the domain's, or those of the organizer whom an admin names."""
    try:
        named = normalised(organizer) if organizer else caller.organizer or ""
    except ValueError as fault:
        raise Problem(
            "invalid", f"`organizer` is no address: {fault}", "Please give the organizer's address."
        ) from None
    if not caller.may_see(named):
        raise Problem("forbidden", "These are another organizer's webhooks.", "Please leave `organizer` out.")
    return named


def _check_event(engine: Engine, owner: str, event_id: str | None) -> None:
    event = engine.store.event(event_id) if event_id else None
    if event_id and (event is None or owner not in ("", event.organizer)):
        raise no_event()


def _url(engine: Engine, url: str) -> str:
    try:
        return hooks.allowed_url(engine, url)
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None


def _changed(engine: Engine, caller: Principal, hook: Hook, body: WebhookChange) -> Hook:
    if hook.may_read_attendees and body.url:
        # Else whoever may not read addresses would have them sent to a place of their own.
        _need_addresses(caller)
    if body.event is not None:
        _check_event(engine, hook.owner, body.event)
    disabled = hook.disabled
    if body.enabled is not None:
        disabled = "" if body.enabled else hook.disabled or "it was disabled by request"
    return replace(
        hook,
        url=_url(engine, body.url) if body.url else hook.url,
        kinds=hook.kinds if body.kinds is None else tuple(dict.fromkeys(body.kinds)),
        event_id=hook.event_id if body.event is None else body.event,
        note=hook.note if body.note is None else body.note,
        disabled=disabled,
        version=hook.version + 1,
    )


def _need_addresses(caller: Principal) -> None:
    if not caller.may_read_addresses:
        remedy = "Please use a key that holds it: `invited keys create --addresses`."
        raise Problem("insufficient-scope", "Addresses of attendees need the scope attendees:read.", remedy)


def _need_enabled(hook: Hook) -> None:
    if hook.disabled:
        detail = f"The webhook is disabled: {hook.disabled}."
        remedy = 'Please enable it: PATCH /api/v1/webhooks/{id} with {"enabled": true}.'
        raise Problem("webhook-disabled", detail, remedy)
