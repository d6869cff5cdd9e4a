"""API keys and signed links: how they are made, and how one that comes back is recognised."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken
from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from pydantic import TypeAdapter

from invited.domain.addresses import new_id, normalised
from invited.domain.errors import Refused
from invited.domain.principal import USUAL, Scope
from invited.messages import InviteAsked, Mail, OptInNeeded
from invited.ports import Engine, Key
from invited.settings import Settings

EVENT_PAGE = "event page"
CONFIRMATION = "confirmation"
APPROVAL = "approval"
STRANGER = "stranger"
OWN_PAGE = "own invitations"
OPT_IN = "opt-in"
"""What a signed link is for; one made for another purpose does not open this one."""

REPORT = "report"

EVENT_PAGE_AGE = timedelta(days=400)
CONFIRMATION_AGE = timedelta(days=7)
APPROVAL_AGE = timedelta(days=400)
"""Longer than any change waits, so that an old link still says what became of it."""
STRANGER_AGE = timedelta(days=60)
OWN_PAGE_AGE = timedelta(days=60)
OPT_IN_AGE = timedelta(days=7)
REPORT_AGE = timedelta(days=7)

MAX_SIGNED = 4096
"""Characters of a signed text that are looked at."""

_MAIL = TypeAdapter(Mail)

_LETTERS = bytes(b"abcdefghijklmnopqrstuvwxyz234567"[octet % 32] for octet in range(256))
"""Five bits of each octet as a letter of base32."""


class Keys(Protocol):
    """Where keys are found by their id."""

    def key(self, key_id: str) -> Key | None: ...


def new_key(
    is_admin: bool,  # noqa: FBT001
    organizer: str | None,
    now: datetime,
    note: str = "",
    *,
    scopes: Collection[Scope] = USUAL,
    expires: datetime | None = None,
) -> tuple[Key, str]:
    """A new key and its text, `inv_<key id>_<secret>`, which is shown this once: only its SHA-256 is kept.

    A key is the domain's (`is_admin`) or one `organizer`'s; raises ValueError for both, neither or a bad address, and
    where it could do nothing.
    """
    if is_admin == bool(organizer):
        raise ValueError("a key is either an admin's or that of one organizer")
    if not scopes:
        raise ValueError("a key holds at least one scope")
    key_id, secret = new_id(), secrets.token_hex(32)
    owner = normalised(organizer) if organizer else None
    key = Key(
        key_id, digest_of(secret), is_admin, owner, created=now, note=note, scopes=frozenset(scopes), expires=expires
    )
    return key, f"inv_{key_id}_{secret}"


def key_of(keys: Keys, text: str) -> Key | None:
    """The key whose text this is; None for anything else."""
    kind, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    key = keys.key(key_id) if kind == "inv" and key_id and secret else None
    return key if key and is_secret(secret, key.digest) else None


def is_secret(secret: str, digest: str) -> bool:
    """Whether this is the secret of that digest; takes as long whether or not it is."""
    return hmac.compare_digest(digest, digest_of(secret))


def digest_of(secret: str) -> str:
    """What is kept of a secret that is random and long enough not to be guessed: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def sign(secret: bytes, purpose: str, payload: Any, now: datetime) -> str:
    """`payload` (JSON) as URL-safe text that only the holder of `secret` can make, stamped with `now`."""
    return str(_serializer(secret, purpose, now).dumps(payload))


def unsign(secret: bytes, purpose: str, text: str, max_age: timedelta, now: datetime) -> Any:
    """The payload that `sign` put in `text` for `purpose`; raises Refused where it is forged, cut or too old."""
    try:
        return _serializer(secret, purpose, now).loads(text[:MAX_SIGNED], max_age=int(max_age.total_seconds()))
    except SignatureExpired:
        raise Refused(
            f"This link was valid for {max_age.days} days and has expired.",
            "Please use the link in a newer mail, or mail us your request again.",
        ) from None
    except BadData:
        raise Refused(
            "This link is not complete or was changed.",
            "Please open it from the mail again, or copy all of it into the address bar.",
        ) from None


def seal(secret: bytes, text: str) -> str:
    """`text` as a page's cursor that tells nobody what it says."""
    return _box(secret).encrypt_at_time(text.encode("utf-8", "replace"), 0).decode()


def unseal(secret: bytes, sealed: str) -> str:
    """What `seal` put there, "" where nothing is; raises Refused."""
    try:
        return _box(secret).decrypt(sealed.encode("utf-8", "replace")).decode() if sealed else ""
    except InvalidToken:
        raise Refused("This cursor is none of ours.", "Please send the `next` of the page before.") from None


def _box(secret: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.digest(secret, b"invited cursor", hashlib.sha256)))


class _Signer(TimestampSigner):
    """Reads the clock that it is handed instead of the machine's."""

    def __init__(self, *args: Any, now: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def get_timestamp(self) -> int:
        return self.now


def _serializer(secret: bytes, purpose: str, now: datetime) -> URLSafeTimedSerializer:
    kwargs = {"now": int(now.timestamp()), "digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(secret, salt=f"invited {purpose}", signer=_Signer, signer_kwargs=kwargs)


def public_link(settings: Settings, event_id: str) -> str:
    """The event's page for everybody."""
    return f"{settings.url}/e/{event_id}"


def invite_link(settings: Settings, event_id: str, origin: str) -> str:
    """Where anybody asks for an invite themselves; `origin` is the channel that led there."""
    return f"{public_link(settings, event_id)}/invite?origin={origin}"


def event_link(engine: Engine, event_id: str) -> str:
    """The organizer's page of an event, valid without a password; `#send`, `#embed` and `#report` are its parts."""
    access = sign(engine.secret, EVENT_PAGE, event_id, engine.now())
    return f"{engine.settings.url}/events/{event_id}?access={access}"


def opens_event(engine: Engine, access: str, event_id: str) -> None:
    """Make sure that `access` was signed for this event; raises Refused."""
    if unsign(engine.secret, EVENT_PAGE, access, EVENT_PAGE_AGE, engine.now()) != event_id:
        raise Refused("This link belongs to another event.", "Please open the link in the mail about this event.")


def report_link(engine: Engine, event_id: str) -> str:
    """Where the event's organizer gets the report of all attendees, for REPORT_AGE."""
    return f"{engine.settings.url}/reports/{sign(engine.secret, REPORT, event_id, engine.now())}"


def reported(engine: Engine, text: str) -> str:
    """The id of the event that such a link stands for; raises Refused."""
    return str(unsign(engine.secret, REPORT, text, REPORT_AGE, engine.now()))


def unsubscribe_link(engine: Engine, event_id: str, invitation: str) -> str:
    """Where the attendee whose token is `invitation` stops the mail, with one click or after a look (RFC 8058)."""
    return f"{engine.settings.url}/u/{event_id}/{invitation}/{_codes(engine.secret, event_id, invitation)[0]}"


def may_unsubscribe(engine: Engine, event_id: str, invitation: str, code: str) -> bool:
    """Whether `code` was made for this attendee; a forwarded invite does not hold it, only the mail's header."""
    return hmac.compare_digest(code.encode(), _codes(engine.secret, event_id, invitation)[0].encode())


def attendee_path(engine: Engine, event_id: str, invitation: str) -> str:
    """What is the attendee's own in `attendee_base`: their token and a code, 33 characters for everybody."""
    return f"{invitation}/{_codes(engine.secret, event_id, invitation)[1]}"


def attendee_base(settings: Settings, event_id: str) -> str:
    """The page of an event for those invited, but for `attendee_path`. It stands in their invite, and travels with it
    when that is forwarded: what opens is not their own page.
    """
    return f"{settings.url}/a/{event_id}/"


def is_attendee(engine: Engine, event_id: str, invitation: str, code: str) -> bool:
    """Whether `code` stood in the invite of this attendee."""
    return hmac.compare_digest(code.encode(), _codes(engine.secret, event_id, invitation)[1].encode())


@lru_cache(maxsize=256)
def _codes(secret: bytes, event_id: str, invitation: str) -> tuple[str, str]:
    """What opens the unsubscribe link and the attendee's page, 80 bits each: every mail needs both.

    They are the halves of one HMAC, of which neither tells the other.
    """
    digest = hmac.digest(secret, f"guest codes {event_id}\n{invitation}".encode(), hashlib.sha256)
    letters = digest.translate(_LETTERS).decode()
    return letters[:16], letters[16:]


def own_link(engine: Engine, event_id: str, address: str) -> str:
    """The page of the attendee `address` alone, which begins with this event: only ever mailed to that address."""
    signed = sign(engine.secret, OWN_PAGE, {"event": event_id, "address": address}, engine.now())
    return f"{engine.settings.url}/mine/{signed}"


def own_page(engine: Engine, text: str) -> tuple[str, str]:
    """Event id and address that such a link stands for; raises Refused."""
    payload = unsign(engine.secret, OWN_PAGE, text, OWN_PAGE_AGE, engine.now())
    return payload["event"], payload["address"]


def stranger_link(engine: Engine, event_id: str, address: str) -> str:
    """The page on which the organizer decides whether the newcomer `address` may come."""
    signed = sign(engine.secret, STRANGER, {"event": event_id, "address": address}, engine.now())
    return f"{engine.settings.url}/strangers/{signed}"


def stranger_of(engine: Engine, text: str) -> tuple[str, str]:
    """Event id and address that a stranger's link stands for; raises Refused."""
    payload = unsign(engine.secret, STRANGER, text, STRANGER_AGE, engine.now())
    return payload["event"], payload["address"]


def opt_in_link(engine: Engine, message: OptInNeeded) -> str:
    """The page on which whoever reads the mails of an address says whether they asked for an invite."""
    payload = [message.event_id, message.address, message.name, message.origin]
    return f"{engine.settings.url}/opt-in/{sign(engine.secret, OPT_IN, payload, engine.now())}"


def opted_in(engine: Engine, text: str) -> InviteAsked:
    """What such a link stands for, now confirmed; raises Refused."""
    event_id, address, name, origin = unsign(engine.secret, OPT_IN, text, OPT_IN_AGE, engine.now())
    return InviteAsked(event_id, address, name, origin, engine.now(), is_confirmed=True)


def confirmation_link(engine: Engine, mail: Mail, summary: str) -> str:
    """The page on which whoever reads the organizer's mail says that `mail`, about `summary`, is theirs."""
    payload = {"mail": _MAIL.dump_python(mail, mode="json"), "summary": summary}
    return f"{engine.settings.url}/confirm/{sign(engine.secret, CONFIRMATION, payload, engine.now())}"


def confirmed(engine: Engine, text: str) -> tuple[Mail, str]:
    """The mail, now marked as confirmed, and the summary that a confirmation link stands for; raises Refused."""
    payload = unsign(engine.secret, CONFIRMATION, text, CONFIRMATION_AGE, engine.now())
    return replace(_MAIL.validate_python(payload["mail"]), is_confirmed=True), payload["summary"]


def approval_link(engine: Engine, approval_id: str) -> str:
    """The page on which the organizer sees a change that waits and decides on it."""
    return f"{engine.settings.url}/approvals/{sign(engine.secret, APPROVAL, approval_id, engine.now())}"


def approval_named(engine: Engine, text: str) -> str:
    """The id of the approval that such a link stands for; raises Refused."""
    return str(unsign(engine.secret, APPROVAL, text, APPROVAL_AGE, engine.now()))
