"""The identity of an invite: `<event id>-<token>@<domain>`, which comes back in every reply, whatever else is lost."""

from __future__ import annotations

import hmac
import re

from invited.domain.addresses import token
from invited.domain.invitation import Invitation

_UID = re.compile(r"(?<![a-z2-7])([a-z2-7]{16})-([a-z2-7]{16})(?:\.\d{1,9}\.\d{1,9}(?:\.[a-z0-9]{1,40})?)?@")
_MESSAGE = re.compile(r"([a-z2-7]{16})-([a-z2-7]{16})\.(\d{1,9}\.\d{1,9}(?:\.[a-z0-9]{1,40})?)@")


def uid(event_id: str, token: str, domain: str) -> str:
    """The iCalendar UID of one attendee's copy."""
    return f"{event_id}-{token}@{domain}"


def return_path(event_id: str, token: str) -> str:
    """The local part to which a copy's bounces go: rsvp@ with the copy's own subaddress, so that any bounce tells whose
    it is (VERP).
    """
    return f"rsvp+{event_id}-{token}"


def parse(uid: str) -> tuple[str, str] | None:
    """Event id and token of a UID, Message-ID or return path of ours, in any case and with anything around it."""
    found = _UID.search(uid.lower())
    return (found[1], found[2]) if found else None


def message_id(event_id: str, token: str, version: str, domain: str) -> str:
    """The Message-ID of one attendee's mail; `version`, such as `3.0`, tells it from their others."""
    return f"<{event_id}-{token}.{version}@{domain}>"


def of_message_id(message_id: str) -> tuple[str, str] | None:
    """Event id and token of the mail of ours that bears this Message-ID."""
    found = _MESSAGE.match(message_id.lower().lstrip("<"))
    return (found[1], found[2]) if found else None


def is_genuine(secret: bytes, invitation: Invitation) -> bool:
    """Whether the invitation's token is the one that its event and address have under `secret`."""
    return hmac.compare_digest(invitation.token, token(secret, invitation.event_id, invitation.address))
