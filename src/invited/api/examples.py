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

EVENT_BODY = {
    "subject": "Home opener",
    "start": "2027-04-02T19:05:00",
    "end": "2027-04-02T22:05:00",
    "time_zone": "America/Los_Angeles",
    "location": "Oracle Park, San Francisco",
    "body": "Gates open at 17:30.",
    "url": "https://club.example/opener",
}

NEW_EVENT = EVENT_BODY | {"organizer": {"email": "tickets@club.example", "name": "Ticket office"}}

EVENT_PATCH = {"start": "2027-04-02T20:05:00"}

CANCEL = {"comment": "Rained out. Your tickets stay valid."}

CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//club//site//EN\r\nBEGIN:VEVENT\r\nUID:opener-2027@club.example\r\n"
    "DTSTAMP:20270111T093000Z\r\nDTSTART:20270403T020500Z\r\nDTEND:20270403T050500Z\r\nSUMMARY:Home opener\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)

EVENTS = {"events": [EVENT], "next": None}

_COUNTS = {
    "invitations": 1200,
    "queued": 0,
    "sent": 1198,
    "delivered": 1187,
    "failed": 2,
    "dropped": 0,
    "bounced": 11,
    "complained": 1,
    "withdrawn": 3,
    "reminders": 600,
    "receipts": {"accepted": 410, "declined": 95, "tentative": 61, "none": 634},
    "strangers": 7,
    "updates": 1,
    "by_origin": {"api": {"invitations": 1200, "accepted": 410, "declined": 95, "tentative": 61}},
    "by_client": {"Google Calendar": {"accepted": 260, "declined": 60}, "Outlook": {"accepted": 150, "declined": 35}},
    "by_domain": {"fans.example": {"invitations": 1200, "sent": 1198, "failed": 2, "bounced": 11, "accepted": 410}},
    "by_day": {"2027-01-12": {"invitations": 1200, "sent": 1198, "accepted": 97}},
    "by_hour": {"2027-01-12T08": {"invitations": 1200, "sent": 1198}, "2027-01-12T09": {"accepted": 97}},
}

FIGURES = _COUNTS | {"by_occurrence": {"2027-04-09T19:05:00-07:00": {"accepted": 3, "declined": 41}}}

OVERALL = _COUNTS | {"events": {"confirmed": 17, "tentative": 0, "cancelled": 2}, "cancels": 2}

DOMAINS: dict[str, Any] = {
    "domains": [
        {
            "domain": "office.example",
            "invitations": 40,
            "queued": 0,
            "sent": 40,
            "delivered": 39,
            "failed": 0,
            "dropped": 0,
            "bounced": 1,
            "complained": 0,
            "answered": 0,
            "accepted": 0,
            "declined": 0,
            "tentative": 0,
            "silent": True,
        }
    ],
    "next": None,
}

CORRESPONDENTS = {
    "domains": [DOMAINS["domains"][0] | {"rests": {"until": "2027-01-12T09:20:00Z", "said": "450 4.2.0"}}],
    "next": None,
}

HEALTH = {
    "version": "0.1.0",
    "engine": "embedded",
    "now": "2027-01-12T09:14:02Z",
    "queues": [{"name": "DeliveryDue", "ready": 12, "later": 3, "oldest": "2027-01-12T09:14:00Z"}],
    "dead_letters": 1,
    "disk": {"free": 41_000_000_000, "total": 80_000_000_000},
    "mail": "relay",
}

DNS_RECORDS = {
    "records": [
        {
            "domain": "invites.example",
            "purpose": "spf",
            "name": "invites.example",
            "type": "TXT",
            "value": "v=spf1 mx ~all",
            "standing": "differs",
            "found": ["v=spf1 include:old.example -all"],
        }
    ],
    "looked_up": "2027-01-12T09:14:02Z",
}

_RECEIPT = {
    "answer": "accepted",
    "at": "2027-01-12T09:14:02Z",
    "client": "Google Calendar",
    "grade": "authenticated",
    "comment": "See you there",
    "guests": 0,
}

_ATTENDEE = {
    "token": "q7x4b6n9d1k3v5m2",
    "email": "a•••@fans.example",
    "name": "Ada",
    "origin": "api",
    "state": "sent",
    "reason": "",
    "invited": "2027-01-12T08:00:00Z",
    "sent": "2027-01-12T08:00:04Z",
    "sequence": 0,
    "reminders": 0,
    "receipt": _RECEIPT,
}

ATTENDEES = {"attendees": [_ATTENDEE], "next": None}


def _step(number: int, kind: str, at: str, **more: Any) -> dict[str, Any]:
    told = {"reason": "", "answer": None, "occurrence": None, "client": "", "grade": "", "comment": "", "guests": 0}
    return {"number": number, "kind": kind, "at": at, "sequence": None, "from": None, "mail": None} | told | more


ATTENDEE = _ATTENDEE | {
    "steps": [
        _step(0, "queued", "2027-01-12T08:00:00Z"),
        _step(1, "sent", "2027-01-12T08:00:04Z", sequence=0),
        _step(
            2,
            "answered",
            "2027-01-12T09:14:02Z",
            sequence=0,
            answer="accepted",
            client="Google Calendar",
            grade="authenticated",
            comment="See you there",
        ),
    ],
    "whole": True,
}

MAIL = "From: ada@fans.example\r\nTo: rsvp@invites.example\r\nSubject: Accepted: Home opener\r\n\r\n"

REPORT = "email,name,origin,state\r\na•••@fans.example,Ada,api,sent\r\n"

REPORTED = {"to": "tickets@club.example"}

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

CHANGED = {"event": EVENT_DETAIL, "change": "significant", "reach": 471, "approval": None}

CHANGE_WAITS = CHANGED | {"reach": 566, "approval": APPROVAL}

PREVIEW = {"change": "significant", "reach": 566, "waits": True, "differences": APPROVAL["differences"]}

APPROVALS = {"approvals": [APPROVAL], "next": None}

STRANGER = {
    "id": "gAAAAAAAAAAAc3RyYW5nZXI",
    "email": "eve@far.example",
    "guest": "bob@fans.example",
    "is_delegate": False,
    "since": "2027-01-13T08:00:00Z",
    "verdict": "waiting",
    "answer": "accepted",
    "comment": "Bob told me of it.",
}

STRANGERS = {"strangers": [STRANGER], "next": None}

COMMENTS = {
    "comments": [
        {
            "token": "q3v5m2q7x4b6n7d2",
            "name": "Ada",
            "email": "ada@fans.example",
            "recurrence_id": None,
            "answer": "tentative",
            "comment": "If the train is on time.",
            "client": "Google Calendar",
            "received": "2027-01-13T08:00:00Z",
        }
    ],
    "next": None,
}

INVITE_PREVIEW = {
    "subject": "Home opener",
    "sender": "Ticket office <rsvp@invites.example>",
    "text": "You are invited: Home opener",
    "calendar": "BEGIN:VCALENDAR\r\n…",
    "size": 6218,
    "mails": 1,
    "findings": [],
}

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

DOOR_CHOICE = {"public_sites": ["https://club.example"], "public_double_opt_in": True}

CHOICES = {
    "audience": "responders",
    "strangers": "refuse",
    "digest": True,
    "listed": False,
    "public": True,
    "public_sites": ["*"],
    "public_links": ["mailchimp", "newsletter"],
    "public_double_opt_in": False,
    "public_challenge": "auto",
    "public_ticket": False,
}

SLUG = {"slug": "ball-club"}

SCHEDULE = SLUG | {
    "page": "https://invites.example/o/ball-club",
    "calendar": "https://invites.example/o/ball-club.ics",
}

INVITATIONS = {"attendees": [{"email": "ada@fans.example", "name": "Ada"}, {"email": "bob@fans"}], "origin": "api"}

ASK = {"email": "ada@fans.example", "name": "Ada", "origin": "button"}

ASKED = {
    "confirmation": False,
    "detail": "The invite is on its way. If it does not come within a few minutes, please look among the spam.",
}

CHALLENGE = {
    "parameters": {
        "algorithm": "PBKDF2/SHA-256",
        "cost": 5000,
        "keyLength": 32,
        "keyPrefix": "00",
        "nonce": "cc5d4d7c54f6041fce35056323f95448",
        "salt": "7604a5a1bbfc6cd3b4f2227c285180f5",
        "data": {"event": "k3v5m2q7x4b6n9d1", "expires": 1799830800},
    },
    "signature": "cba4440331a120e7b0387865d63afe6eb4d4204a5f2d12ea28c68e13fc9c2cc7",
}

SECRET = {"secret": "mZ0Yq3v8bT1kXw5cJr7uLd2nPs6hGf4eAi9oVxQyRzE"}

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
    "why": "",
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

DEAD_REPLAYED = {"replayed": 12, "has_more": False}

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

LIST_PREVIEW = {
    "encoding": "utf-8",
    "delimiter": ";",
    "columns": [{"title": "Name", "example": "Ada"}, {"title": "Mail", "example": "ada@fans.example"}],
    "email": 1,
    "names": [0],
    "people": 2,
    "duplicates": 0,
    "invalid": 1,
    "whole": True,
    "first": [
        {"line": 2, "email": "ada@fans.example", "name": "Ada"},
        {"line": 4, "email": "bob@fans.example", "name": "Bob"},
    ],
    "faults": [{"line": 3, "text": "Cy;cy.fans.example", "reason": "there is no @ in it, so it is no address"}],
}

REMINDED = {"unanswered": 634}


WEBHOOK_BODY = {
    "url": "https://club.example/hooks/invites",
    "kinds": ["receipt.recorded", "delivery.bounced"],
    "note": "CRM",
}

WEBHOOK = {
    "id": "w5t2h7k3q9m4x6p1",
    "organizer": "tickets@club.example",
    "url": "https://club.example/hooks/invites",
    "kinds": ["receipt.recorded", "delivery.bounced"],
    "event": None,
    "attendees": False,
    "note": "CRM",
    "created": "2027-01-11T10:00:00Z",
    "enabled": True,
    "disabled": None,
    "failures": 0,
    "failing_since": None,
    "paused_until": None,
    "waiting": 0,
    "missed": 0,
}

WEBHOOKS = {"webhooks": [WEBHOOK]}

SECRET = {"secret": "whsec_Q2FsZW5kYXIgaW52aXRlcyBmb3IgZXZlcnlib2R5ISE="}

NEW_WEBHOOK = WEBHOOK | SECRET

DELIVERY = {
    "id": "msg_k7x2m5q4b6n9d1v3h8w5s2c7j4",
    "kind": "receipt.recorded",
    "state": "waiting",
    "created": "2027-01-13T08:00:00Z",
    "due": "2027-01-13T08:00:05Z",
    "tries": 1,
    "attempts": [{"at": "2027-01-13T08:00:00Z", "status": 503, "seconds": 0.12, "text": "try later"}],
}

DELIVERIES = {"deliveries": [DELIVERY], "next": None}

DELIVERY_DETAIL = DELIVERY | {
    "body": {
        "type": "receipt.recorded",
        "version": 1,
        "timestamp": "2027-01-13T08:00:00Z",
        "data": {
            "event": "k3v5m2q7x4b6n9d1",
            "facts": [
                {
                    "id": "q4b6n9d1v3h8w5s2c7j4k7x2m5",
                    "at": "2027-01-13T08:00:00Z",
                    "attendee": "d3s6w5q8m4x7k2p9",
                    "recurrence_id": None,
                    "partstat": "ACCEPTED",
                    "previous": "NEEDS-ACTION",
                    "sequence": 1,
                    "grade": "authenticated",
                    "client": "google",
                    "guests": 0,
                }
            ],
        },
    }
}

REPLAY = {"since": "2027-01-13T00:00:00Z"}

REPLAYED = {"replayed": 12, "next": None}

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
    "create": "create@invites.example",
    "time_zone": "Europe/Paris",
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


LOOK = {
    "name": "Ball Club",
    "color": "#b3002d",
    "ink": "#ffffff",
    "link": "#b3002d",
    "link_in_dark": "#ce5975",
    "logo": "/brand?domain=invites.club.example",
    "footer": "Ball Club, 1 Park Road, San Francisco",
}

BRANDING_CHOICE = {
    "name": "Ball Club",
    "color": "#b3002d",
    "footer": "Ball Club, 1 Park Road, San Francisco",
    "wording": {"created": {"button": "Open the event"}},
}

BRANDING_BODY = BRANDING_CHOICE | {"logo": None}

BRANDING = BRANDING_CHOICE | {"domain": "invites.club.example", "has_logo": True, "look": LOOK}

MAIL_SOURCES = {
    "text": "{{ words.subject }}\n{{ words.intro }}\n\n{{ link }}\n",
    "mjml": '<mj-text>{{ words.intro }}</mj-text>\n<mj-button href="{{ link }}">{{ words.button }}</mj-button>\n',
}

_MAIL_ITEM = {"name": "sign_in", "is_own": True, "changed": "2027-01-12T08:00:00Z", "fault": ""}

MAIL_TEMPLATES = {"templates": [_MAIL_ITEM]}

MAIL_TEMPLATE = _MAIL_ITEM | {
    "usual": {"text": "{{ words.subject }}\n…", "mjml": '<mj-text mj-class="title">…'},
    "own": MAIL_SOURCES,
    "phrases": {"subject": "Your link to sign in", "button": "Sign in"},
}

PREVIEWED = {"subject": "Your link to sign in", "text": "Somebody, we think you, …", "html": "<!doctype html>…"}

TESTED = {"to": "admin@club.example"}


def shown(
    example: Any, description: str, status: int = 200, *, headers: Mapping[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers like `example`, with these `headers`."""
    told = {"description": description, "content": {"application/json": {"example": example}}}
    return {status: told | ({"headers": dict(headers)} if headers else {})}
