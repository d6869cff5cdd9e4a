"""Any event, disassembled, reassembled and disassembled again, is the same event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from invited.domain.event import Component, Event, Period, Stamp, Status
from invited.domain.moment import Moment
from invited.imip.assemble import publish
from invited.imip.itip import understand
from invited.imip.mail import read
from tests.imip.inbound_mails import mail

T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
NO_STAMP = Stamp(0, T0, T0)
ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"]

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80).map(lambda t: " ".join(t.split()))
bodies = st.lists(texts, max_size=4).map("\n".join).map(str.strip)
walls = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(
    lambda d: d.replace(minute=0, second=0, microsecond=0)
)


@st.composite
def components(draw):
    zone = draw(st.sampled_from([*ZONES, None]))
    wall = draw(walls)
    start = Moment(wall.replace(hour=0) if zone is None else wall.replace(hour=max(wall.hour, 4)), zone)
    span = timedelta(days=draw(st.integers(1, 3))) if zone is None else timedelta(hours=draw(st.integers(1, 30)))
    rules = draw(st.sampled_from([(), ("FREQ=WEEKLY;COUNT=6",), ("FREQ=DAILY;INTERVAL=2;COUNT=9",), ("FREQ=YEARLY",)]))
    days = draw(st.sets(st.integers(1, 5), max_size=3)) if rules[:1] == ("FREQ=WEEKLY;COUNT=6",) else set()
    return Component(
        start=start,
        stamp=NO_STAMP,
        end=start.plus(span),
        summary=draw(texts),
        description=draw(bodies),
        location=draw(texts),
        status=draw(st.sampled_from([Status.CONFIRMED, Status.TENTATIVE])),
        rules=rules,
        rdates=draw(st.sampled_from([(), (Period(start.plus(timedelta(days=100))),)])),
        exdates=tuple(start.plus(timedelta(weeks=n)) for n in sorted(days)),
    )


def plan(component):
    """What an organizer would recognise; whoever writes it may choose other words for the same instants."""
    return replace(
        component,
        stamp=NO_STAMP,
        extra=(),
        html="",
        rdates=tuple(sorted((p.start.instant(), p.end) for p in component.rdates)),
        exdates=tuple(sorted(m.instant() for m in component.exdates)),
    )


@given(components())
def test_an_event_put_together_and_taken_apart_is_the_same(component):
    event = Event("e" * 16, "invites.test", "ann@club.test", "Ann", "uid", T0, T0, (component,))
    calendar = publish(event, "uid-1", "rsvp@invites.test")
    understood = understand(read(mail(calendar, method="PUBLISH")), T0)
    assert not understood.faults, understood.faults
    (submission,) = understood.submissions
    (again,) = submission.components
    assert plan(again) == plan(component)
    assert again.change_from(component).name in ("NONE", "MINOR")
    second = publish(replace(event, components=(again,)), "uid-1", "rsvp@invites.test")
    assert sorted(second.splitlines()) == sorted(calendar.splitlines())
