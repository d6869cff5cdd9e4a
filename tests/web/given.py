"""What an organizer's calendar and a guest's would mail, for tests in the browser."""

from datetime import UTC, datetime, timedelta

from invited.domain.moment import Moment
from invited.imip.clients import Client, request

DANA = "dana@ballclub.example"
START = Moment((datetime.now(UTC) + timedelta(days=30)).replace(tzinfo=None, microsecond=0, second=0), "Europe/Paris")


def mail_invite(server, *, organizer=DANA, uid="opener@ballclub.example", summary="Home opener", sequence=0, **changed):
    """Mail an invite, a change (`sequence` above 0) or a cancel from Google Calendar."""
    mail = {
        "organizer": organizer,
        "organizer_name": "Ball Club Tickets",
        "to": "create@invites.test",
        "uid": uid,
        "summary": summary,
        "description": "Gates open at five. Bring a scarf.",
        "location": "Ball Club Park",
        "start": START,
        "end": START.plus(timedelta(hours=3)),
        "sequence": sequence,
        "now": datetime.now(UTC),
    } | changed
    server.mail(organizer, "create", request(Client.GOOGLE, **mail))


def event_of(server, organizer=DANA, summary="Home opener"):
    """The organizer's event of that name, as soon as it is there."""

    def look():
        events = server.get(f"/api/v1/organizers/{organizer}/events")["events"]
        return next((event for event in events if event["subject"] == summary), None)

    return server.until(look, f"the event {summary}")


def send(server, event, *addresses):
    """Send it by API 3, and wait until everybody has it."""
    attendees = [{"email": address} for address in addresses]
    server.call("POST", f"/api/v1/events/{event['id']}/invitations", {"attendees": attendees})
    server.until(lambda: figures(server, event)["sent"] >= len(addresses), "the invites")


def figures(server, event):
    return server.get(f"/api/v1/events/{event['id']}/statistics")


def invite_to(server, address, method="REQUEST"):
    """The newest mail of that kind to `address`, as the lab lists it, as soon as it is there."""

    def look():
        mails = server.get(f"/lab/mails?to={address}")["mails"]
        return next((mail for mail in mails if mail["method"] == method), None)

    return server.until(look, f"a {method} to {address}")


def answer(server, address, client, said, **more):
    """Answer the newest invite as that client's calendar does."""
    mail = invite_to(server, address)["id"]
    server.call("POST", f"/lab/mails/{mail}/answer", {"as": client, "answer": said} | more)
