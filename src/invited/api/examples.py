"""One example per operation, for the OpenAPI document; a test holds each to its shape."""

from __future__ import annotations

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
}

EVENTS = {"events": [EVENT], "next": None}

FIGURES = {
    "invitations": 1200,
    "sent": 1198,
    "failed": 2,
    "bounced": 11,
    "receipts": {"accepted": 410, "declined": 95, "tentative": 61, "none": 634},
    "strangers": 7,
    "updates": 1,
    "by_origin": {"api": {"invitations": 1200, "accepted": 410, "declined": 95, "tentative": 61}},
    "by_client": {"google": {"accepted": 260, "declined": 60}, "outlook": {"accepted": 150, "declined": 35}},
    "by_day": {"2027-01-12": {"invitations": 1200, "sent": 1198, "accepted": 97}},
    "by_occurrence": {"2027-04-09T19:05:00-07:00": {"accepted": 3, "declined": 41}},
}

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
    "origin": "api",
    "created": "2027-01-12T08:00:00Z",
    "invitations": 1200,
    "queued": 300,
    "sent": 899,
    "failed": 1,
    "bounced": 0,
    "dropped": 0,
}


def shown(example: Any, description: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers like `example`."""
    return {status: {"description": description, "content": {"application/json": {"example": example}}}}
