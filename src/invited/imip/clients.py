"""The other side of the conversation: mails as Google Calendar, Outlook and Apple Calendar write them.

For the mail lab, the demo and tests. Structure, headers and quirks follow captured mails: Google wraps the alternative
in a multipart/mixed with a second copy of the calendar, speaks UTC and marks everything Auto-Submitted; Outlook leaves
the ORGANIZER out of a reply and names zones as Windows does; Apple sends plain text and calendar quoted-printable, and
keeps a comment in a property of its own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.errors import MessageError
from enum import StrEnum
from typing import Any, TypeAlias
from urllib.parse import unquote

import icalendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from invited.domain.errors import Refused
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.client_mails import Letter, apple, google, google_envelope, outlook, person
from invited.imip.vtimezone import vtimezone


class Client(StrEnum):
    """Whose way of writing it is."""

    GOOGLE = "google"
    OUTLOOK = "outlook"
    APPLE = "apple"


PRODIDS = {
    Client.GOOGLE: "-//Google Inc//Google Calendar 70.9054//EN",
    Client.OUTLOOK: "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
    Client.APPLE: "-//Apple Inc.//iPhone OS 18.0//EN",
}

_MAILS = {Client.GOOGLE: google, Client.OUTLOOK: outlook, Client.APPLE: apple}
_ANSWERS = {Partstat.ACCEPTED: "Accepted", Partstat.DECLINED: "Declined", Partstat.TENTATIVE: "Tentative"}
_MAYBE = {Client.GOOGLE: "Tentatively Accepted", Client.APPLE: "Maybe"}
_WINDOWS = {iana: windows for windows, iana in reversed(WINDOWS_TO_OLSON.items())}


_PROPOSING = {
    Client.GOOGLE: ("REPLY", "COUNTER"),
    Client.OUTLOOK: ("COUNTER", "COUNTER"),
    Client.APPLE: ("REPLY", "REPLY"),
}
"""What a proposal is called outside and inside of the calendar."""

_Event: TypeAlias = Any
"""An icalendar.Event, whose types do not say which property holds what."""


def reply(
    invite: bytes,
    client: Client,
    partstat: Partstat,
    *,
    now: datetime,
    comment: str = "",
    attendee: str | None = None,
    recurrence_id: str | None = None,
) -> tuple[str, str, bytes]:
    """The answer to the mail `invite` as `client` writes it: envelope sender, envelope recipient (ORGANIZER), mail.

    `attendee` is who answers where it is not the one invited, as for a forwarded invite. `recurrence_id` answers for
    one occurrence only, as in Receipt: 20261201T090000Z, or 20261201 if all-day. Raises Refused for what is no invite.
    """
    if partstat not in _ANSWERS:
        raise Refused(f"{partstat} is no answer.", "Answer with ACCEPTED, DECLINED or TENTATIVE.")
    calendar = _invite(invite)
    asked = _occurrence(calendar, recurrence_id)
    organizer, who, name = _people(asked, attendee)
    answer = _answer(client, asked, partstat, now)
    _sign(client, answer, organizer=organizer, who=who, name=name, partstat=partstat)
    _comment(client, answer, comment)
    verb = _MAYBE.get(client, _ANSWERS[partstat]) if partstat is Partstat.TENTATIVE else _ANSWERS[partstat]
    summary, when = str(asked.get("SUMMARY", "")), _when(asked["DTSTART"].dt)
    is_google = client is Client.GOOGLE
    letter = Letter(
        sender=person(name, who),
        to=organizer,
        subject=f"{verb}: {summary} @ {when} ({organizer})" if is_google else f"{verb}: {summary}",
        text=f"{name or who} has replied: {verb}.\n\n{summary}\n{when}\n" if is_google else f"{comment}\n",
        method="REPLY",
        calendar=_text(client, "REPLY", [] if is_google else calendar.walk("VTIMEZONE"), answer),
        now=now,
    )
    return google_envelope(letter) if is_google else who, organizer, _MAILS[client](letter)


def proposal(
    invite: bytes,
    client: Client,
    start: date | datetime,
    end: date | datetime | None = None,
    *,
    now: datetime,
    comment: str = "",
    attendee: str | None = None,
) -> tuple[str, str, bytes]:
    """Another time for the mail `invite`, proposed as `client` does (RFC 5546 §3.2.7); what it gives is as of `reply`.

    `start` is by the event's own clock where it names no zone; without an `end` the event stays as long as it is.
    Google's COUNTER says REPLY outside, Apple's is a REPLY altogether with the time in a parameter. Raises Refused for
    what is no invite, or a time that the event cannot have.
    """
    calendar = _invite(invite)
    asked = _occurrence(calendar, None)
    organizer, who, name = _people(asked, attendee)
    partstat = Partstat.NEEDS_ACTION if client is Client.OUTLOOK else Partstat.TENTATIVE
    answer = _answer(client, asked, partstat, now)
    _sign(client, answer, organizer=organizer, who=who, name=name, partstat=partstat)
    _comment(client, answer, comment)
    _propose(client, answer, *_proposed(asked, start, end))
    outside, inside = _PROPOSING[client]
    letter = Letter(
        sender=person(name, who),
        to=organizer,
        subject=f"New Time Proposed: {asked.get('SUMMARY', '')}",
        text=f"{comment}\n",
        method=outside,
        calendar=_text(client, inside, [] if client is Client.GOOGLE else calendar.walk("VTIMEZONE"), answer),
        now=now,
    )
    return google_envelope(letter) if client is Client.GOOGLE else who, organizer, _MAILS[client](letter)


def request(
    client: Client,
    *,
    organizer: str,
    organizer_name: str,
    to: str,
    uid: str,
    summary: str,
    start: Moment,
    end: Moment,
    sequence: int,
    now: datetime,
    description: str = "",
    location: str = "",
    rrule: str = "",
    method: str = "REQUEST",
    recurrence_id: Moment | None = None,
) -> bytes:
    """An organizer's invite (`sequence` 0), update (above 0) or CANCEL to `to`, as `client` writes it.

    With `recurrence_id`, the original start of one occurrence, it is about that one alone.
    """
    event: _Event = icalendar.Event()
    event.add("UID", uid)
    for name, moment in (("DTSTART", start), ("DTEND", end)):
        event[name] = _moment(client, moment)
    if recurrence_id:
        event["RECURRENCE-ID"] = _moment(client, recurrence_id)
    if rrule:
        event.add("RRULE", icalendar.vRecur.from_ical(rrule))
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        event.add(name, now.astimezone(UTC).replace(microsecond=0))
    for name, value in (("SUMMARY", summary), ("DESCRIPTION", description), ("LOCATION", location)):
        event.add(name, value)
    event.add("SEQUENCE", sequence)
    event.add("STATUS", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("TRANSP", "OPAQUE")
    event["ORGANIZER"] = _cal_address(organizer, CN=organizer_name or organizer)
    event["ATTENDEE"] = _cal_address(
        to, CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", PARTSTAT="NEEDS-ACTION", RSVP="TRUE", CN=to
    )
    if client is Client.OUTLOOK:
        event.add("X-MICROSOFT-CDO-APPT-SEQUENCE", str(sequence))
        event.add("X-MICROSOFT-CDO-BUSYSTATUS", "TENTATIVE")
        event.add("X-MICROSOFT-CDO-INTENDEDSTATUS", "BUSY")
    when = _when(start.wall.date() if start.is_date else start.wall)
    letter = Letter(
        sender=person(organizer_name, organizer),
        to=to,
        subject=_subject(client, method, sequence, f"{summary} @ {when} ({to})", summary),
        text=f"{summary}\n{when}\n{location}\n\n{description}\n",
        method=method,
        calendar=_text(client, method, _zones(client, start, end), event),
        now=now,
    )
    return _MAILS[client](letter)


def _invite(raw: bytes) -> icalendar.Calendar:
    """The calendar of an invite mail, its METHOD being REQUEST."""
    # The library's cache of time zones is shared by all mails: what an earlier one defined must not be found here.
    icalendar.use_zoneinfo()  # type: ignore[no-untyped-call]
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        for part in parts:
            payload = part.get_payload(decode=True)
            calendar = icalendar.Calendar.from_ical(payload if isinstance(payload, bytes) else b"")
            if isinstance(calendar, icalendar.Calendar) and str(calendar.get("METHOD", "")).upper() == "REQUEST":
                return calendar
    except (MessageError, ValueError, LookupError) as error:
        raise Refused(f"The invite cannot be read: {error}.", "Answer a mail that this server sent.") from error
    raise Refused("The mail holds no invite.", "Only a mail with a calendar part of METHOD:REQUEST can be answered.")


def _people(asked: _Event, attendee: str | None) -> tuple[str, str, str]:
    """The organizer, who answers, and their name."""
    organizer, (invited, name) = _person_of(asked, "ORGANIZER")[0], _person_of(asked, "ATTENDEE")
    if not organizer or not (attendee or invited):
        raise Refused("The invite names no organizer or no attendee.", "Answer an invite that was sent to somebody.")
    return (organizer, attendee, "") if attendee else (organizer, invited, name)


def _occurrence(calendar: icalendar.Calendar, recurrence_id: str | None) -> _Event:
    """The VEVENT that is answered; for an unchanged occurrence of a series, one made up from the master."""
    events: list[_Event] = [e for e in calendar.walk("VEVENT") if "UID" in e and _is_dated(e)]
    master = next((e for e in events if "RECURRENCE-ID" not in e), None)
    if recurrence_id is None:
        if not events:
            raise Refused("The invite holds no event with a date.", "Answer a mail that this server sent.")
        return master or events[0]
    wanted = _from_text(recurrence_id)
    for event in events:
        if "RECURRENCE-ID" in event and _instant(event["RECURRENCE-ID"].dt) == _instant(wanted):
            return event
    if master is None:
        raise Refused(f"The invite has no occurrence {recurrence_id}.", "Answer one of the dates that it names.")
    return _made(master, wanted)


def _is_dated(event: _Event) -> bool:
    dates = [event[name] for name in ("DTSTART", "DTEND", "RECURRENCE-ID") if name in event]
    return "DTSTART" in event and all(isinstance(found, icalendar.vDDDTypes) for found in dates)


def _made(master: _Event, start: date | datetime) -> _Event:
    planned = master["DTSTART"].dt
    if isinstance(planned, datetime) and planned.tzinfo and isinstance(start, datetime):
        start = start.astimezone(planned.tzinfo)
    event: _Event = icalendar.Event()
    for name in ("UID", "SUMMARY", "LOCATION", "DESCRIPTION", "SEQUENCE", "ORGANIZER", "ATTENDEE"):
        if name in master:
            event[name] = master[name]
    event.add("DTSTART", start)
    if "DTEND" in master:
        event.add("DTEND", start + (master["DTEND"].dt - planned))
    event.add("RECURRENCE-ID", start)
    return event


def _answer(client: Client, asked: _Event, partstat: Partstat, now: datetime) -> _Event:
    answer: _Event = icalendar.Event()
    answer["UID"] = asked["UID"]
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if name in asked:
            answer.add(name, _in_utc(asked[name].dt) if client is Client.GOOGLE else asked[name].dt)
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        answer.add(name, now.astimezone(UTC).replace(microsecond=0))
    answer["SEQUENCE"] = asked.get("SEQUENCE", icalendar.vInt(0))
    answer.add("SUMMARY", str(asked.get("SUMMARY", "")))
    answer.add("STATUS", "CONFIRMED")
    answer.add("TRANSP", "TRANSPARENT" if partstat is Partstat.DECLINED else "OPAQUE")
    return answer


def _proposed(asked: _Event, start: date | datetime, end: date | datetime | None) -> tuple[Any, Any]:
    """Start and end as the event has them: dates, or times of its own zone where they name none."""
    planned = asked["DTSTART"].dt
    is_timed = isinstance(planned, datetime)
    if is_timed and isinstance(start, datetime):
        start = start if start.tzinfo else start.replace(tzinfo=planned.tzinfo)
    elif not is_timed:
        start = start.date() if isinstance(start, datetime) else start
    else:
        raise Refused("The event starts at a time, not on a date.", "Propose a date with a time.")
    try:
        lasting = asked["DTEND"].dt - planned if "DTEND" in asked else timedelta(0 if is_timed else 1)
        return start, end or start + lasting
    except OverflowError:
        raise Refused("The calendar does not go that far.", "Propose an earlier date.") from None


def _propose(client: Client, answer: _Event, start: Any, end: Any) -> None:
    if client is Client.APPLE:
        times = (f"{name}:{_basic(value)}" for name, value in (("DTSTART", start), ("DTEND", end)))
        answer["ATTENDEE"].params["TO-ALL-PROPOSED-NEW-TIME"] = ";".join((*times, "STATUS:;"))
        return
    for name, value in (("DTSTART", start), ("DTEND", end)):
        answer.pop(name, None)
        answer.add(name, _in_utc(value) if client is Client.GOOGLE else value)


def _basic(value: date | datetime) -> str:
    return f"{_instant(value):%Y%m%dT%H%M%SZ}" if isinstance(value, datetime) else f"{value:%Y%m%d}"


def _sign(client: Client, answer: _Event, *, organizer: str, who: str, name: str, partstat: Partstat) -> None:
    """Who answers whom, with what each client says about them."""
    match client:
        case Client.GOOGLE:
            answer["ORGANIZER"] = _cal_address(organizer, CN=organizer)
            answer["ATTENDEE"] = _cal_address(
                who,
                CUTYPE="INDIVIDUAL",
                ROLE="REQ-PARTICIPANT",
                PARTSTAT=partstat,
                CN=name or who,
                **{"X-NUM-GUESTS": "0"},
            )
        case Client.OUTLOOK:
            answer["ATTENDEE"] = _cal_address(who, PARTSTAT=partstat)
            answer["X-MICROSOFT-CDO-APPT-SEQUENCE"] = icalendar.vText(str(answer["SEQUENCE"]))
            answer["X-MICROSOFT-CDO-BUSYSTATUS"] = icalendar.vText("BUSY")
        case Client.APPLE:
            answer["ORGANIZER"] = _cal_address(organizer)
            answer["ATTENDEE"] = _cal_address(
                who, CN=name or who, CUTYPE="INDIVIDUAL", PARTSTAT=partstat, ROLE="REQ-PARTICIPANT"
            )


def _comment(client: Client, answer: _Event, comment: str) -> None:
    """Outlook says COMMENT even where there is none."""
    if client is Client.APPLE and comment:
        # As TEXT, which the library would not escape in a property that it does not know.
        answer["X-CALENDARSERVER-PRIVATE-COMMENT"] = icalendar.vText(comment)
    elif client is Client.OUTLOOK or (client is Client.GOOGLE and comment):
        answer.add("COMMENT", f"{comment}\n" if client is Client.OUTLOOK else comment)


def _text(client: Client, method: str, zones: list[icalendar.Component], event: _Event) -> str:
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODIDS[client])
    calendar.add("VERSION", "2.0")
    if client is not Client.OUTLOOK:
        calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    for component in (*zones, event):
        calendar.add_component(component)
    text: bytes = calendar.to_ical(sorted=False)
    return text.decode()


def _zones(client: Client, start: Moment, end: Moment) -> list[icalendar.Component]:
    return [
        _zone(client, zone, start.wall.date())
        for zone in dict.fromkeys((start.zone, end.zone))
        if zone not in (None, "UTC")
    ]


def _zone(client: Client, zone: str, day: date) -> icalendar.Component:
    """Outlook starts its rules in 1601 and names them as Windows does, where Windows knows the zone."""
    lines = vtimezone(zone, day, day)
    if client is Client.OUTLOOK and zone in _WINDOWS:
        lines = [line.replace(f"TZID:{zone}", f"TZID:{_WINDOWS[zone]}") for line in lines]
        lines = [f"DTSTART:16010101{line[16:]}" if line.startswith("DTSTART:") else line for line in lines]
    return icalendar.Timezone.from_ical("\r\n".join(lines))


def _moment(client: Client, moment: Moment) -> icalendar.vDDDTypes:
    if moment.is_date:
        return icalendar.vDDDTypes(moment.wall.date())
    if moment.zone in (None, "UTC"):
        return icalendar.vDDDTypes(moment.instant())
    written = icalendar.vDDDTypes(moment.wall)
    written.params["TZID"] = _WINDOWS.get(moment.zone, moment.zone) if client is Client.OUTLOOK else moment.zone
    return written


def _subject(client: Client, method: str, sequence: int, at: str, summary: str) -> str:
    if client is Client.GOOGLE:
        cancel_or = "Canceled event" if method == "CANCEL" else "Updated invitation" if sequence else "Invitation"
        return f"{cancel_or}: {at}"
    return f"Canceled: {summary}" if method == "CANCEL" else summary


def _cal_address(address: str, **parameters: str) -> icalendar.vCalAddress:
    found = icalendar.vCalAddress(f"mailto:{address}")
    for name, value in parameters.items():
        found.params[name] = icalendar.vText(value)
    return found


def _person_of(event: _Event, name: str) -> tuple[str, str]:
    """Address and name of the event's only ORGANIZER or ATTENDEE, "" where it has none."""
    found = event.get(name)
    found = found[0] if isinstance(found, list) else found
    if found is None:
        return "", ""
    text = str(found)
    address = text[7:] if text[:7].lower() == "mailto:" else text
    return unquote(address), " ".join(str(found.params.get("CN", "")).split())


def _from_text(recurrence_id: str) -> date | datetime:
    try:
        if len(recurrence_id) == 8:
            return datetime.strptime(recurrence_id, "%Y%m%d").replace(tzinfo=UTC).date()
        return datetime.strptime(recurrence_id, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused(
            f"{recurrence_id!r} names no occurrence.", "Write it as 20261201T090000Z, or 20261201 for a whole day."
        ) from None


def _in_utc(value: date | datetime) -> date | datetime:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _instant(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _when(start: date | datetime) -> str:
    return f"{start:%a %b} {start.day}, {start.year}" + (f" {start:%H:%M}" if isinstance(start, datetime) else "")
