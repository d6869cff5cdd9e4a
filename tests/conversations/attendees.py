"""What attendees write beside plain answers and proposals: the wish for a copy, delegations, letters."""

import base64
from email import message_from_bytes, policy

import icalendar

from invited.imip import clients
from invited.imip.clients import Client


def mail(sender, calendar, method):
    body = base64.encodebytes(calendar.to_ical()).decode()
    head = f"From: {sender}\r\nTo: rsvp@invites.test\r\nSubject: Re\r\nAuto-Submitted: auto-generated\r\n"
    kind = f"Content-Type: text/calendar; method={method}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
    return (head + kind + "\r\n" + body).encode()


def refresh(invite, sender, now):
    calendar, event = copied(invite, "REFRESH", now, clients.PRODIDS[Client.OUTLOOK])
    event["ATTENDEE"] = icalendar.vCalAddress(f"mailto:{sender}")
    return mail(sender, calendar, "REFRESH")


def delegation(invite, sender, delegate, now):
    calendar, event = copied(invite, "REPLY", now, clients.PRODIDS[Client.OUTLOOK])
    attendee = event["ATTENDEE"] = icalendar.vCalAddress(f"mailto:{sender}")
    attendee.params["PARTSTAT"] = "DELEGATED"
    attendee.params["DELEGATED-TO"] = f"mailto:{delegate}"
    return mail(sender, calendar, "REPLY")


def letter(invite, sender, text, head=""):
    answered = message_from_bytes(invite, policy=policy.default)
    lines = [
        f"From: {sender}",
        "To: rsvp@invites.test",
        f"Subject: Re: {answered['Subject']}",
        f"In-Reply-To: {answered['Message-ID']}",
        *([head] if head else []),
        "",
        text,
        "",
    ]
    return "\r\n".join(lines).encode()


def copied(invite, method, now, product):
    message = message_from_bytes(invite, policy=policy.default)
    (part,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    icalendar.use_zoneinfo()
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    calendar["METHOD"], calendar["PRODID"] = method, product
    (event,) = calendar.walk("VEVENT")
    event["DTSTAMP"] = icalendar.vDDDTypes(now)
    return calendar, event
