"""Mails whose meeting stands in a winmail.dat alone, as Outlook sends them when it is set to Rich Text."""

from datetime import UTC
from email.message import EmailMessage

from tests.imip.winmail import (
    ATTENDEE_CHANGE,
    BERLIN,
    BODY,
    END,
    ID,
    LOCATION,
    NAME,
    OWNER_CHANGE,
    SEQUENCE,
    SMTP,
    START,
    SUBJECT,
    ZONE,
    foreign_id,
    tnef,
    zone_definition,
)

RESPONSES = {
    "ACCEPTED": "IPM.Schedule.Meeting.Resp.Pos",
    "DECLINED": "IPM.Schedule.Meeting.Resp.Neg",
    "TENTATIVE": "IPM.Schedule.Meeting.Resp.Tent",
}


def enclosed(winmail, sender, *, to="create@invites.test", subject="A meeting", kind="ms-tnef", name="winmail.dat"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message.set_content("")
    message.add_attachment(winmail, maintype="application", subtype=kind, filename=name)
    return message.as_bytes()


def request(*, organizer, organizer_name, uid, summary, start, end, sequence, now, method="REQUEST", **_):
    message_class = "IPM.Schedule.Meeting.Request" if method == "REQUEST" else "IPM.Schedule.Meeting.Canceled"
    values = {
        ID: foreign_id(uid),
        SUBJECT: summary,
        LOCATION: "Stadium",
        BODY: "Bring scarves",
        START: start.instant().astimezone(UTC),
        END: end.instant().astimezone(UTC),
        ZONE: zone_definition("W. Europe Standard Time", (2, BERLIN)),
        OWNER_CHANGE: now,
        SEQUENCE: sequence,
        SMTP: organizer,
        NAME: organizer_name,
    }
    return enclosed(tnef(message_class, values), organizer, subject=summary)


def reply(*, attendee, uid, partstat, sequence, start, end, now):
    values = {
        ID: foreign_id(uid),
        SUBJECT: "An answer",
        START: start,
        END: end,
        ATTENDEE_CHANGE: now,
        SEQUENCE: sequence,
        SMTP: attendee,
    }
    return enclosed(tnef(RESPONSES[partstat], values), attendee, to="rsvp@invites.test")
