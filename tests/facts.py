"""Events, invitations, receipts and mails in their simplest form, for any test; what matters to one it says itself."""

from datetime import UTC, datetime, timedelta

from invited.domain import addresses
from invited.domain.event import Component, Event, Stamp
from invited.domain.invitation import Delivery, Invitation, Partstat, State
from invited.domain.moment import Moment
from invited.domain.receipt import Grade, Receipt
from invited.messages import Mail

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at=NOW):
        self.at = at

    def __call__(self):
        return self.at

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)


def an_event(**changes):
    component = Component(
        start=Moment(datetime(2026, 12, 24, 18), "Europe/Paris"),
        stamp=Stamp(0, NOW, NOW),
        end=Moment(datetime(2026, 12, 24, 20), "Europe/Paris"),
        summary="Ball",
    )
    facts = {
        "id": addresses.new_id(),
        "domain": "invites.localhost",
        "organizer": "ann@club.example",
        "organizer_name": "Ann",
        "origin_uid": f"{addresses.new_id()}@club.example",
        "created": NOW,
        "changed": NOW,
        "components": (component,),
    }
    return Event(**(facts | changes))


def an_invitation(event_id, token="t1", **changes):
    facts = {
        "event_id": event_id,
        "token": token,
        "address": f"{token}@guests.example",
        "name": "",
        "origin": "api",
        "job": "job1",
        "created": NOW,
    }
    return Invitation(**(facts | changes))


def a_receipt(event_id, token="t1", **changes):
    facts = {
        "event_id": event_id,
        "token": token,
        "recurrence_id": "",
        "partstat": Partstat.ACCEPTED,
        "sequence": 0,
        "dtstamp": NOW,
        "arrived": NOW,
        "mail": "mail1",
        "address": f"{token}@guests.example",
        "client": "Google Calendar",
        "grade": Grade.TOKEN,
    }
    return Receipt(**(facts | changes))


def a_delivery(token="t1", **changes):
    facts = {"token": token, "revision": 0, "sequence": 0, "state": State.SENT, "at": NOW}
    return Delivery(**(facts | changes))


def a_mail(**changes):
    facts = {
        "key": "mail1",
        "mailbox": "create",
        "recipient": "create@invites.localhost",
        "domain": "invites.localhost",
        "envelope_from": "ann@club.example",
        "received": NOW,
    }
    return Mail(**(facts | changes))
