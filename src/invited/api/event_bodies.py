"""What a program says of an event, in the words in which the API tells it, and as the component it means."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, ValidationError, model_validator

from invited.api.schemas import Text
from invited.domain.addresses import MAX_NAME
from invited.domain.event import NO_STAMP, Component, Period, Property, Status
from invited.domain.moment import Moment
from invited.imip.disassemble import MAX_DATES, MAX_DESCRIPTION, MAX_LOCATION, MAX_SUMMARY
from invited.imip.rich_text import MAX_LENGTH as MAX_HTML
from invited.imip.rules import MAX_RULE, MAX_RULES
from invited.imip.span import in_form_of
from invited.imip.values import FIRST_YEAR, LAST_YEAR

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


Time = Annotated[
    Text,
    Field(max_length=40, description="YYYY-MM-DD for whole days; else RFC 3339, or without offset in `time_zone`."),
]
"""One moment."""

Times = Annotated[Text, Field(max_length=80, description="A moment, or start and end (exclusive) parted by a slash.")]


class RecurrenceBody(BaseModel):
    """How it repeats."""

    model_config = ConfigDict(extra="forbid")

    rules: list[Annotated[Text, Field(max_length=MAX_RULE)]] = Field(
        default=[], max_length=MAX_RULES, description="RRULE values, such as FREQ=WEEKLY;COUNT=10."
    )
    rdates: list[Times] = Field(default=[], max_length=MAX_DATES, description="Further dates.")
    exdates: list[Time] = Field(default=[], max_length=MAX_DATES, description="Dates left out.")


class EventBody(BaseModel):
    """An event as a whole."""

    model_config = ConfigDict(extra="forbid")

    subject: Text = Field(min_length=1, max_length=MAX_SUMMARY)
    start: Time
    end: Time | None = Field(default=None, description="Exclusive; left out, a whole day, or no length.")
    time_zone: Text | None = Field(default=None, description="IANA name, such as Europe/Paris, or UTC.")
    location: Text = Field(default="", max_length=MAX_LOCATION)
    body: Text = Field(default="", max_length=MAX_DESCRIPTION, description="Plain text.")
    html: Text = Field(default="", max_length=MAX_HTML, description="The same formatted; scripts and styles go.")
    url: AnyHttpUrl | None = None
    recurrence: RecurrenceBody | None = None

    @model_validator(mode="after")
    def _is_meant(self) -> Self:
        if self.time_zone is not None and self.time_zone not in available_timezones():
            raise ValueError(f"{self.time_zone!r} is no time zone; see the TZ names of the IANA list")
        self.component(None)
        return self

    def component(self, base: Component | None) -> Component:
        """The component that this is; what no field speaks of stays as in `base`. Raises ValueError."""
        start = self._moment(self.start)
        end = self._moment(self.end) if self.end else None
        if end and (end.is_date != start.is_date or end.instant() <= start.instant()):
            raise ValueError("the end must come after the start, and be a date where the start is one")
        again = self.recurrence or RecurrenceBody()
        rest = base or Component(start=start, stamp=NO_STAMP)
        links = (Property("URL", (), str(self.url)),) if self.url else ()
        return replace(
            rest,
            start=start,
            end=end,
            duration=None,
            summary=self.subject,
            description=self.body,
            html=self.html,
            location=self.location,
            status=Status.CONFIRMED if rest.status is Status.CANCELLED else rest.status,
            rules=tuple(again.rules),
            rdates=tuple(self._period(each) for each in again.rdates),
            exdates=tuple(self._moment(each) for each in again.exdates),
            extra=(*(line for line in rest.extra if line.name not in ("URL", "COMMENT")), *links),
        )

    def _period(self, written: str) -> Period:
        start, _, end = written.partition("/")
        return Period(self._moment(start), self._moment(end) if end else None)

    def _moment(self, written: str) -> Moment:
        try:
            found = datetime.fromisoformat(written.strip()).replace(microsecond=0)
        except ValueError:
            raise ValueError(f"{written!r} is no date or time") from None
        if not FIRST_YEAR < found.year < LAST_YEAR:
            raise ValueError(f"{written!r} is in no year that calendars know")
        if _DAY.fullmatch(written.strip()):
            return Moment(found)
        if found.tzinfo is None:
            if self.time_zone is None:
                raise ValueError(f"{written!r} names no offset, and there is no time_zone")
            return Moment(found, self.time_zone)
        zone = self.time_zone or "UTC"
        local = found.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
        return Moment(local.replace(tzinfo=None, fold=0), zone)


class OrganizerBody(BaseModel):
    """Whose event it is."""

    model_config = ConfigDict(extra="forbid")

    email: Text | None = Field(default=None, max_length=254, description="An admin's key must name it.")
    name: Text = Field(default="", max_length=MAX_NAME)


class NewEvent(EventBody):
    """An event to be created."""

    uid: Text | None = Field(
        default=None, min_length=1, max_length=255, pattern=r"^[!-~]+$", description="Its UID elsewhere."
    )
    organizer: OrganizerBody = OrganizerBody()


class EventPatch(BaseModel):
    """What to change (RFC 7396): what is left out stays, null takes away. To move the start alone keeps the length."""

    model_config = ConfigDict(extra="forbid")

    subject: Text | None = None
    start: Time | None = None
    end: Time | None = None
    time_zone: Text | None = None
    location: Text | None = None
    body: Text | None = None
    html: Text | None = None
    url: Text | None = Field(default=None, max_length=2_000)
    recurrence: RecurrenceBody | None = None

    def merged(self, base: Component) -> Component:
        """`base` with these changes; raises pydantic's ValidationError, or ValueError."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if self.recurrence is not None:
            given["recurrence"] = _told(base)["recurrence"] | self.recurrence.model_dump(exclude_unset=True)
        if "body" in given and "html" not in given:
            # It would say something else.
            given["html"] = None
        if "start" in given and "end" not in given:
            given["end"] = None
        whole = {name: value for name, value in (_told(base) | given).items() if value is not None}
        moved = EventBody.model_validate(whole).component(base)
        keeps_length = "end" not in self.model_fields_set and moved.start.is_date == base.start.is_date
        return replace(moved, end=None, duration=_length(base)) if keeps_length else moved


def _length(component: Component) -> timedelta | None:
    length = component.ends().instant() - component.start.instant()
    return length or None


def _told(component: Component) -> dict[str, Any]:
    """A component in the words of EventBody, its times by the clock of its zone."""
    start = component.start
    link = next((line.value for line in component.extra if line.name == "URL"), None)
    return {
        "subject": component.summary or "(no title)",
        "start": _written(start, start),
        "end": _written(component.ends(), start) if _length(component) else None,
        "time_zone": start.zone,
        "location": component.location,
        "body": component.description,
        "html": component.html,
        "url": link if link and link.lower().startswith(("http://", "https://")) else None,
        "recurrence": {
            "rules": list(component.rules),
            "rdates": [_span(period, start) for period in component.rdates],
            "exdates": [_written(moment, start) for moment in component.exdates],
        },
    }


def _span(period: Period, start: Moment) -> str:
    end = period.end or (period.start.plus(period.duration) if period.duration else None)
    return _written(period.start, start) + (f"/{_written(end, start)}" if end else "")


def _written(moment: Moment, like: Moment) -> str:
    """By the clock of `like`; in UTC where that clock shows the hour twice."""
    told = in_form_of(like, moment)
    if told.is_date:
        return told.wall.date().isoformat()
    return told.wall.isoformat() + ("Z" if told.zone == "UTC" else "")


def pointers(wrong: ValidationError) -> list[dict[str, str]]:
    """Each fault of a body by its JSON pointer."""
    return [
        {"pointer": "#" + "".join(f"/{part}" for part in fault["loc"]), "detail": fault["msg"]}
        for fault in wrong.errors(include_url=False, include_input=False, include_context=False)
    ]


def inlined(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a body, whole in itself."""
    schema = model.model_json_schema()
    shapes = schema.pop("$defs", {})

    def whole(node: Any) -> Any:
        if isinstance(node, dict):
            reference = node.get("$ref", "").rpartition("/")[2]
            return (
                whole(shapes[reference] | {k: v for k, v in node.items() if k != "$ref"})
                if reference
                else {key: whole(value) for key, value in node.items()}
            )
        return [whole(each) for each in node] if isinstance(node, list) else node

    found: dict[str, Any] = whole(schema)
    return found
