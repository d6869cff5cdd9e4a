from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.domain.errors import Refused
from invited.imip.tnef.stream import read
from invited.imip.tnef.zone import definition, structure, zone_of
from tests.imip.winmail import (
    BERLIN,
    NO_DST,
    ZONE,
    ZONE_STRUCT,
    ZONE_TEXT,
    Code,
    outcome,
    tnef,
    zone_definition,
    zone_struct,
)

NEW_YORK = (300, 0, -60, (0, 11, 0, 1, 2), (0, 3, 0, 2, 2))
SYDNEY = (-600, 0, -60, (0, 4, 0, 1, 3), (0, 10, 0, 1, 2))


def zone(values, *, is_series=False):
    return zone_of(read(tnef("", values)).message().properties, is_series=is_series)


@pytest.mark.parametrize(
    ("rule", "windows", "iana"),
    [
        (BERLIN, "W. Europe Standard Time", "Europe/Berlin"),
        (NEW_YORK, "Eastern Standard Time", "America/New_York"),
        (SYDNEY, "AUS Eastern Standard Time", "Australia/Sydney"),
    ],
)
@given(hours=st.integers(0, 365 * 24))
def test_a_rule_says_what_tzdata_says(rule, windows, iana, hours):
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    by_rule = definition(zone_definition("Nowhere", (2, rule)))
    by_name = definition(zone_definition(windows, (2, rule)))
    assert (by_rule.iana, by_name.iana) == (None, iana)
    wall = by_name.wall(instant)
    assert by_rule.wall(instant) == wall
    # An hour that the clocks show twice may be read either way.
    assert by_name.wall(by_rule.instant(wall)) == wall


def test_the_effective_rule_counts_else_the_last():
    assert definition(zone_definition("X", (0, NO_DST), (2, BERLIN), (0, NEW_YORK))).rule.standard == timedelta(hours=1)
    assert definition(zone_definition("X", (0, BERLIN), (1, NO_DST))).rule.standard == timedelta(hours=5.5)


def test_a_windows_name_is_kept_and_its_rules_become_a_vtimezone():
    lines = definition(zone_definition("W. Europe Standard Time", (2, BERLIN))).component().to_ical().decode()
    assert lines.splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:W. Europe Standard Time",
        "BEGIN:STANDARD",
        "DTSTART:16011028T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010325T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]


def test_no_summer_time_is_one_part_and_a_date_is_no_rule():
    assert structure(zone_struct(NO_DST)).offset(datetime(2026, 7, 1)) == timedelta(hours=5.5)
    assert b"DAYLIGHT" not in definition(zone_definition("X", (2, NO_DST))).component().to_ical()
    once = (-60, 0, -60, (2026, 10, 0, 25, 3), (2026, 3, 0, 29, 2))
    lines = definition(zone_definition("X", (2, once))).component().to_ical()
    assert b"DTSTART:20261025T030000" in lines
    assert b"RRULE" not in lines


def test_the_structure_serves_where_no_definition_can_be_read():
    values = {ZONE: b"junk", ZONE_STRUCT: zone_struct(), ZONE_TEXT: Code(b'(UTC+01:00) Berlin, "Bern"')}
    found = zone(values)
    assert (found.tzid, found.rule.standard, found.iana) == ("(UTC+01:00) Berlin, Bern", timedelta(hours=1), None)
    assert zone(values | {ZONE: zone_definition("W. Europe Standard Time", (2, BERLIN))}).iana == "Europe/Berlin"
    assert zone({ZONE_STRUCT: zone_struct()}).tzid == "Time zone of the organizer"
    assert zone({ZONE_STRUCT: b"\0" * 47}) is None
    assert zone({}) is None


@pytest.mark.parametrize(
    "rule",
    [
        (2000, 0, 0, *BERLIN[3:]),
        (-60, 0, -60, (0, 13, 0, 5, 3), BERLIN[4]),
        (-60, 0, -60, (0, 10, 7, 5, 3), BERLIN[4]),
        (-60, 0, -60, (0, 10, 0, 6, 3), BERLIN[4]),
        (-60, 0, -60, (0, 10, 0, 5, 99), BERLIN[4]),
        (-60, 0, -60, (2026, 2, 0, 30, 3), BERLIN[4]),
        (-60, 0, -60, (60000, 2, 0, 3, 3), BERLIN[4]),
    ],
)
def test_rules_that_cannot_be_are_refused(rule):
    with pytest.raises(Refused, match="the time zone"):
        structure(zone_struct(rule))


@given(raw=st.binary(max_size=300))
def test_random_bytes_are_no_zone(raw):
    outcome(structure, raw)
    outcome(definition, raw)
