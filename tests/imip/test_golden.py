"""The wire form of four mails, byte for byte; `INVITED_GOLDEN=write pytest tests/imip/test_golden.py` writes it anew.

Beside each mail stands its calendar, decoded, so that a change can be read in a diff.
"""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from invited.domain.event import Property, Status
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.compose import Words, compose
from tests.imip.made import CHANGED, SENDER, at, component, copy, event, occurrence, read_mail

GOLDEN = Path(__file__).parent / "golden"

SINGLE = component(
    summary="Season opening: Tigers – Bears",
    location="Stadium, Gate 4; Main Street 1",
    description="Doors open at nine.\nBring your ticket, please.",
    html="<p>Doors open at nine.<br>Bring your <b>ticket</b>, please.</p>",
    extra=(Property("CATEGORIES", (), "SPORT"), Property("URL", (), "https://club.example/opening")),
)
DAYS = component(Moment.day(date(2026, 12, 24)), end=Moment.day(date(2026, 12, 27)), summary="Closed for the holidays")
SERIES = component(
    at("2026-12-01T18:30", "America/New_York"),
    duration=timedelta(minutes=90),
    summary="Training",
    rules=("FREQ=WEEKLY;BYDAY=TU;COUNT=12",),
    exdates=(at("2026-12-29T18:30", "America/New_York"),),
)
MOVED = occurrence(
    at("2026-12-15T23:30", "UTC"), at("2026-12-16T19:00", "America/New_York"), summary="Training (moved to Wednesday)"
)

CASES = {
    "single": (event(SINGLE), "REQUEST", copy()),
    "all-day": (event(DAYS, organizer_name="Zoë Łęcka"), "REQUEST", copy(name="Łukasz Żółć")),
    "series": (
        event(SERIES, MOVED, sequence=2, revision=3),
        "REQUEST",
        copy(partstat=Partstat.ACCEPTED, asks=False),
    ),
    "cancel": (
        event(component(summary="Season opening", status=Status.CANCELLED), sequence=1, revision=1),
        "CANCEL",
        copy(partstat=Partstat.ACCEPTED, asks=False),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_wire_form_stays(name):
    whole, method, to = CASES[name]
    words = Words(
        f"{method.title()}: {whole.head.summary}", "Hello Bob,\nsee you there.", "<p>Hello Bob, see you there.</p>"
    )
    template = compose(whole, whole.components, method, words, sender=SENDER, date=CHANGED)
    raw = template.fill(to, message_id=f"<{name}@invites.example>")
    calendar = list(read_mail(raw).iter_parts())[2].get_payload(decode=True)
    if os.environ.get("INVITED_GOLDEN") == "write":
        (GOLDEN / f"{name}.eml").write_bytes(raw)
        (GOLDEN / f"{name}.ics").write_bytes(calendar)
    assert calendar == (GOLDEN / f"{name}.ics").read_bytes()
    assert raw == (GOLDEN / f"{name}.eml").read_bytes()
