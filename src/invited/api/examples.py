"""One example per operation, for the OpenAPI document; a test holds each to its shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EVENT = {
    "id": "k3v5m2q7x4b6n9d1",
    "uid": "k3v5m2q7x4b6n9d1@invites.example",
    "origin_uid": "7kuv2m4q@google.com",
    "subject": "Home opener",
    "start": "2027-04-02T19:05:00-07:00",
    "end": "2027-04-02T22:05:00-07:00",
    "all_day": False,
    "time_zone": "America/Los_Angeles",
    "location": "Oracle Park, San Francisco",
    "organizer": {"email": "tickets@club.example", "name": "Ticket office"},
    "status": "CONFIRMED",
    "sequence": 1,
    "created": "2027-01-11T09:30:00Z",
    "updated": "2027-02-01T16:12:00Z",
    "links": {
        "page": "https://invites.example/e/k3v5m2q7x4b6n9d1",
        "calendar": "https://invites.example/e/k3v5m2q7x4b6n9d1.ics",
    },
}

EVENT_DETAIL = EVENT | {
    "body": "Gates open at 17:30.",
    "html": "<p>Gates open at <b>17:30</b>.</p>",
    "recurrence": None,
    "audience": "responders",
    "strangers": "ask",
}

EVENTS = {"events": [EVENT], "next": None}

FIGURES = {
    "invitations": 1200,
    "sent": 1198,
    "failed": 2,
    "bounced": 11,
    "complained": 1,
    "receipts": {"accepted": 410, "declined": 95, "tentative": 61, "none": 634},
    "strangers": 7,
    "updates": 1,
    "by_origin": {"api": {"invitations": 1200, "accepted": 410, "declined": 95, "tentative": 61}},
    "by_client": {"google": {"accepted": 260, "declined": 60}, "outlook": {"accepted": 150, "declined": 35}},
    "by_day": {"2027-01-12": {"invitations": 1200, "sent": 1198, "accepted": 97}},
    "by_occurrence": {"2027-04-09T19:05:00-07:00": {"accepted": 3, "declined": 41}},
}

RECONFIRMATION = {
    "sequence": 1,
    "was": {
        "accepted": {"accepted": 240, "declined": 31, "tentative": 12, "silent": 127},
        "declined": {"accepted": 8, "declined": 40, "tentative": 2, "silent": 45},
        "tentative": {"accepted": 19, "declined": 11, "tentative": 9, "silent": 22},
    },
    "new": {"accepted": 5, "declined": 1, "tentative": 0},
}

APPROVAL = {
    "id": "m4x7k2p9d3s6w5q8",
    "event": "k3v5m2q7x4b6n9d1",
    "state": "pending",
    "change": "significant",
    "reach": 566,
    "differences": [
        {
            "what": "When",
            "old": "Fri 2 April 2027, 19:05 - 22:05 (America/Los_Angeles, UTC-07:00)",
            "new": "Sat 3 April 2027, 13:05 - 16:05 (America/Los_Angeles, UTC-07:00)",
        }
    ],
    "choices": ["approve", "quiet", "discard"],
    "created": "2027-02-01T16:12:00Z",
    "expires": "2027-02-04T16:12:00Z",
}

APPROVALS = {"approvals": [APPROVAL], "next": None}

PROPOSALS = {
    "proposals": [
        {
            "email": "ada@fans.example",
            "recurrence_id": "",
            "start": "2027-04-02T20:05:00-07:00",
            "end": "2027-04-02T23:05:00-07:00",
            "comment": "An hour later?",
            "client": "Google Calendar",
            "grade": "authenticated",
            "received": "2027-01-13T08:00:00Z",
        }
    ],
    "next": None,
}

CHOICE = {"strangers": "refuse"}

CHOICES = {"audience": "responders", "strangers": "refuse"}

INVITATIONS = {"attendees": [{"email": "ada@fans.example", "name": "Ada"}, {"email": "bob@fans"}], "origin": "api"}

ACCEPTED = {
    "job": "h2d7w5s3c6j4p8r1",
    "added": 1,
    "already": 0,
    "suppressed": 0,
    "invalid": [{"email": "bob@fans", "why": "The part after the @-sign is not valid. It should have a period."}],
}

JOB = {
    "id": "h2d7w5s3c6j4p8r1",
    "event": "k3v5m2q7x4b6n9d1",
    "origin": "list",
    "state": "running",
    "created": "2027-01-12T08:00:00Z",
    "start": None,
    "invitations": 1200,
    "queued": 300,
    "sent": 899,
    "failed": 1,
    "bounced": 0,
    "complained": 0,
    "dropped": 0,
    "rate": 450.0,
    "seconds_left": 0.7,
    "list": {
        "size": 34210,
        "read": 34210,
        "rows": 1215,
        "already": 7,
        "suppressed": 3,
        "duplicates": 4,
        "invalid": 1,
        "over": 0,
        "faults": [{"line": 17, "text": "bob", "reason": "there is no @ in it, so it is no address"}],
    },
}

AUDIT = {
    "entries": [
        {
            "id": "20270112080000000000q7x4b6n9d1k3v5m2",
            "at": "2027-01-12T08:00:00Z",
            "actor": "key m2q7x4b6n9d1k3v5",
            "action": "job.pause",
            "about": "job h2d7w5s3c6j4p8r1",
            "event": "k3v5m2q7x4b6n9d1",
            "detail": "",
        }
    ],
    "next": None,
}

DEAD_LETTER = {
    "id": "4711",
    "kind": "DeliveryDue",
    "published": "2027-01-12T08:00:00Z",
    "died": "2027-01-12T09:41:00Z",
    "receives": 8,
    "error": "100 of 100 put off: 451 4.7.1 Please try again later",
}

DEAD_LETTERS = {"dead_letters": [DEAD_LETTER], "next": None}

DEAD_LETTER_DETAIL = DEAD_LETTER | {
    "body": '{"event_id":"k3v5m2q7x4b6n9d1","tokens":["a2c4e6g3i5k7m2o4"],"repeat":""}',
    "trace": "100 of 100 put off: 451 4.7.1 Please try again later",
}

REPLAYED = {"replayed": 12, "has_more": False}

DISCARD = {"reason": "The event is over; nobody needs these any more."}

JOBS = {"jobs": [JOB], "next": None}

SUPPRESSION = {
    "email": "ada@fans.example",
    "organizer": None,
    "kind": "bounced",
    "reason": "bounced: 550 5.1.1 No such user",
    "since": "2027-01-12T08:00:00Z",
}

SUPPRESSIONS = {"entries": [SUPPRESSION], "next": None}

STANDING = {"email": "ada@fans.example", "is_suppressed": True, "entries": [SUPPRESSION]}

SUPPRESS = {"email": "ada@fans.example", "reason": "asked on the phone not to be mailed"}

SUPPRESSED = {"added": False, "entry": SUPPRESSION}

IMPORTED = {
    "rows": 1215,
    "added": 1190,
    "already": 24,
    "invalid": 1,
    "faults": [{"line": 17, "text": "bob", "reason": "there is no @ in it, so it is no address"}],
}

READMIT = {"email": "ada@fans.example", "reason": "She wrote to us and asked for it", "despite": "unsubscribed"}

READMITTED = SUPPRESSION | {"kind": "unsubscribed", "reason": "unsubscribed"}

SUPPRESSION_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A header and a line for each address",
        "content": {
            "text/csv": {"example": "email,reason,since\r\nada@fans.example,imported,2027-01-12T08:00:00+00:00\r\n"}
        },
    }
}

ORGANIZER = {
    "email": "tickets@club.example",
    "events": 12,
    "event_limit": None,
    "invitation_limit": 50_000,
    "may_send_lists": True,
    "suspended": None,
    "reason": "",
}

ORGANIZERS = {"organizers": [ORGANIZER], "next": None}

TERMS = {"invitation_limit": 50_000, "may_send_lists": True}

SUSPEND = {"reason": "Many guests complained about the mails of 12 January."}

SUSPENDED = ORGANIZER | {"suspended": "2027-01-13T09:00:00Z"} | SUSPEND

OPENED = {"job": "h2d7w5s3c6j4p8r1"}

REMINDED = {"unanswered": 634}


FINDINGS = {
    "findings": [
        {
            "rule": "mime-method-missing",
            "severity": "error",
            "clients": ["rfc", "outlook", "exchange"],
            "place": "part 3 (text/calendar)",
            "message": "The calendar part's Content-Type has no method: it is not an iMIP message.",
            "remedy": "Add the parameter: text/calendar; method=REQUEST; charset=UTF-8.",
            "source": "RFC 6047 §2.4",
        }
    ]
}

SIGN_IN = {"email": "tickets@club.example"}

LINK_MAILED = {"minutes": 15}

ME = {
    "kind": "session",
    "id": "p4x7b2m6q3k5v9n1",
    "role": "organizer",
    "address": "tickets@club.example",
    "scopes": ["attendees:read", "events:read", "events:write", "invitations:send", "keys"],
    "expires": None,
    "limits": {"events": 1000, "invitations": 1000000, "attendees": 10000, "list_bytes": 100000000},
}

SESSIONS = {
    "sessions": [
        {
            "id": "p4x7b2m6q3k5v9n1",
            "address": "tickets@club.example",
            "client": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "opened": "2027-01-12T08:00:00Z",
            "seen": "2027-01-14T16:00:00Z",
            "ends": "2027-02-11T08:00:00Z",
            "is_this": True,
        }
    ]
}

KEY = {
    "id": "w6t3c8r1z5j2h7d4",
    "is_admin": False,
    "organizer": "tickets@club.example",
    "scopes": ["invitations:send"],
    "note": "the web site",
    "created": "2027-01-12T08:00:00Z",
    "expires": "2028-01-12T08:00:00Z",
    "used": None,
}

KEYS = {"keys": [KEY], "next": None}

NEW_KEY = {"organizer": "tickets@club.example", "scopes": ["invitations:send"], "note": "the web site"}

MADE_KEY = {"key": KEY | {"expires": None}, "secret": "inv_w6t3c8r1z5j2h7d4_8d1f…"}


def shown(
    example: Any, description: str, status: int = 200, *, headers: Mapping[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers like `example`, with these `headers`."""
    told = {"description": description, "content": {"application/json": {"example": example}}}
    return {status: told | ({"headers": dict(headers)} if headers else {})}
