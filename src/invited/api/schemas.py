"""The shapes of the API: what it takes and what it answers, from domain objects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from invited.admission import Admission
from invited.credentials import public_link
from invited.domain.event import Component, Event, Period, Status
from invited.domain.job import Job, Phase
from invited.domain.moment import Moment
from invited.domain.principal import Principal
from invited.messages import Attendee
from invited.settings import Settings

MAX_ATTENDEES = 10_000
"""Attendees of one request."""

ORIGINS = r"^(api|button|page|list|mail-list|link:[a-z0-9][a-z0-9._-]{0,39})$"
"""The channels that a caller may name."""

Time = Annotated[str, Field(description="RFC 3339 with the offset of the event's zone, or YYYY-MM-DD if all day.")]


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair is no character") from None
    return text


Text = Annotated[str, AfterValidator(_encodable)]

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300), AfterValidator(_encodable)
]
"""Why something is done, for the audit log."""


def time(moment: Moment) -> str:
    """A date, or RFC 3339 with the offset that its zone had then."""
    if moment.zone is None:
        return moment.wall.date().isoformat()
    local = moment.instant().astimezone(ZoneInfo(moment.zone))
    # Offsets of local mean time have seconds, which RFC 3339 cannot say.
    whole = (local.utcoffset() or timedelta()) % timedelta(minutes=1) == timedelta()
    return (local if whole else local.astimezone(UTC)).isoformat()


class Organizer(BaseModel):
    """Whose event it is."""

    email: str
    name: str


class Links(BaseModel):
    """Where everybody may look."""

    page: str
    calendar: str = Field(description="The event as an .ics file.")


class EventSummary(BaseModel):
    """An event in a list."""

    id: str
    uid: str = Field(description="Our base UID; each attendee's copy has one of its own.")
    origin_uid: str = Field(description="The UID that the organizer's calendar gave it.")
    subject: str
    start: Time
    end: Time = Field(description="Exclusive, as in RFC 5545.")
    all_day: bool
    time_zone: str | None = Field(description="IANA name or UTC; null if all day.")
    location: str
    organizer: Organizer
    status: Status
    sequence: int
    created: datetime
    updated: datetime
    links: Links

    @classmethod
    def of(cls, event: Event, settings: Settings) -> Self:
        """`event` as it is shown."""
        head, link = event.head, public_link(settings, event.id)
        return cls.model_validate(
            {
                "id": event.id,
                "uid": f"{event.id}@{event.domain}",
                "origin_uid": event.origin_uid,
                "subject": head.summary,
                "start": time(head.start),
                "end": time(head.ends()),
                "all_day": head.start.is_date,
                "time_zone": head.start.zone,
                "location": head.location,
                "organizer": {"email": event.organizer, "name": event.organizer_name},
                "status": Status.CANCELLED if event.is_cancelled else head.status,
                "sequence": event.sequence,
                "created": event.created,
                "updated": event.changed,
                "links": {"page": link, "calendar": f"{link}.ics"},
            }
            | cls._more(event, settings)
        )

    @classmethod
    def _more(cls, _event: Event, _settings: Settings) -> dict[str, object]:
        return {}


class Occurrence(BaseModel):
    """One occurrence that differs from its series."""

    recurrence_id: Time
    this_and_future: bool
    start: Time
    end: Time
    subject: str
    location: str
    status: Status


class Recurrence(BaseModel):
    """How it repeats: RFC 5545 RRULE values, more dates, dates left out, changed occurrences."""

    rules: list[str]
    rdates: list[str] = Field(description="Times, or start/end pairs joined by a slash.")
    exdates: list[Time]
    exceptions: list[Occurrence]


class EventDetail(EventSummary):
    """An event with all its parts."""

    body: str
    html: str = Field(description="The body as sanitised HTML; empty where the organizer sent text only.")
    recurrence: Recurrence | None
    audience: str = Field(description="Who hears of an update or a cancel: responders, going or everyone.")
    strangers: str = Field(description="What becomes of who answers a forwarded invite: accept, ask or refuse.")

    @classmethod
    def _more(cls, event: Event, settings: Settings) -> dict[str, object]:
        return {
            "body": event.head.description,
            "html": event.head.html,
            "recurrence": _recurrence(event),
            "audience": event.audience or settings.update_audience,
            "strangers": event.strangers or settings.stranger_policy,
        }


def _recurrence(event: Event) -> Recurrence | None:
    head = event.head
    exceptions = [_occurrence(component) for component in event.components if component.recurrence_id]
    if not head.is_recurring and not exceptions:
        return None
    return Recurrence(
        rules=list(head.rules),
        rdates=[_period(period) for period in head.rdates],
        exdates=[time(moment) for moment in head.exdates],
        exceptions=exceptions,
    )


def _period(period: Period) -> str:
    end = period.end or (period.start.plus(period.duration) if period.duration else None)
    return time(period.start) + (f"/{time(end)}" if end else "")


def _occurrence(component: Component) -> Occurrence:
    return Occurrence(
        recurrence_id=time(component.recurrence_id or component.start),
        this_and_future=component.is_this_and_future,
        start=time(component.start),
        end=time(component.ends()),
        subject=component.summary,
        location=component.location,
        status=component.status,
    )


class EventPage(BaseModel):
    """One page of a list, newest first."""

    events: list[EventSummary]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class AttendeeBody(BaseModel):
    """Somebody to invite."""

    email: Text
    name: Text = ""


class InvitationsBody(BaseModel):
    """API 3: whom to invite, and by which channel they came."""

    attendees: list[AttendeeBody] = Field(min_length=1, max_length=MAX_ATTENDEES)
    origin: str = Field(default="api", pattern=ORIGINS)

    def people(self) -> tuple[Attendee, ...]:
        """As messages name them."""
        return tuple(Attendee(attendee.email, attendee.name) for attendee in self.attendees)


class Invalid(BaseModel):
    """Somebody who cannot be invited."""

    email: str
    why: str


class Accepted(BaseModel):
    """How a request to invite went; the four add up to the attendees that it named."""

    job: str = Field(description="Follow it at /api/v1/jobs/{job}.")
    added: int
    already: int = Field(description="Invited before, or named twice.")
    suppressed: int = Field(description="Must not be mailed any more: they unsubscribed, complained or bounced.")
    invalid: list[Invalid]

    @classmethod
    def of(cls, job: str, admission: Admission) -> Self:
        """The numbers of an admission."""
        return cls(
            job=job,
            added=len(admission.added),
            already=admission.already,
            suppressed=len(admission.suppressed),
            invalid=[Invalid(email=email, why=why) for email, why in admission.invalid],
        )


class Opened(BaseModel):
    """A bulk send that has begun."""

    job: str = Field(description="Follow it at /api/v1/jobs/{job}, or live at /api/v1/jobs/{job}/live.")


class Reminded(BaseModel):
    """A reminder that has begun."""

    unanswered: int = Field(description="Invitations without an answer; not all of them may be reminded now.")


class BadRow(BaseModel):
    """A row of a list that is nobody."""

    line: int
    text: str
    reason: str


class ListProgress(BaseModel):
    """What became of the rows of a list; with the job's `invitations`, the numbers add up to `rows`."""

    size: int = Field(description="Octets of the list, as UTF-8.")
    read: int = Field(description="Octets read so far.")
    rows: int
    already: int = Field(description="Invited before, by another job.")
    suppressed: int
    duplicates: int = Field(description="Named before on the same list; told once it is read.")
    invalid: int
    over: int = Field(description="Not invited: the event's limit was reached.")
    faults: list[BadRow] = Field(description="The first 100 of the invalid rows; their texts need `attendees:read`.")


class JobProgress(BaseModel):
    """How far a bulk send is."""

    id: str
    event: str
    origin: str
    state: Phase
    created: datetime
    start: datetime | None = Field(description="Nothing is sent before; null for at once.")
    invitations: int
    queued: int
    sent: int
    failed: int
    bounced: int
    complained: int
    dropped: int = Field(description="Never sent: the event was cancelled or the job was stopped first.")
    rate: float = Field(description="Invitations a second since it began, without its pauses.")
    why: str = Field(description="Why it paused by itself: what came back since it was last resumed; empty if not.")
    seconds_left: float | None = Field(description="At that rate; null where nobody can tell.")
    list: ListProgress | None = Field(description="Null where the job has no list.")

    @classmethod
    def of(cls, job: Job, now: datetime, caller: Principal) -> Self:
        """How `job` stands at `now`, as the caller may see it."""
        figures, left = job.figures, job.seconds_left(now)
        return cls(
            id=job.id,
            event=job.event_id,
            origin=job.origin,
            state=job.phase(now),
            created=job.created,
            start=job.start,
            invitations=figures.invitations,
            queued=figures.queued,
            sent=figures.sent,
            failed=figures.failed,
            bounced=figures.bounced,
            complained=figures.complained,
            dropped=figures.dropped,
            rate=round(job.rate, 1),
            why=job.why,
            seconds_left=None if left is None else round(left, 1),
            list=_list(job, caller) if job.body else None,
        )


def _list(job: Job, caller: Principal) -> ListProgress:
    read = job.reading
    reads = caller.may_read_addresses
    # What is no address cannot be masked as one, and may still tell whose it was to be.
    faults = [BadRow(line=fault.line, text=fault.text if reads else "", reason=fault.reason) for fault in read.faults]
    return ListProgress(
        size=job.size,
        read=read.octets,
        rows=read.rows,
        already=read.already,
        suppressed=read.suppressed,
        duplicates=job.duplicates,
        invalid=read.invalid,
        over=read.over,
        faults=faults,
    )
