import io
import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from invited.imip.vtimezone import _onsets, vtimezone

ZONES = sorted(zoneinfo.available_timezones())
YEARS = range(2024, 2031)
OUTLOOKS_RULE = re.compile(
    r"RRULE:FREQ=YEARLY;(UNTIL=\d{8}T\d{6}Z;)?BYMONTH=\d+;BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)"
)


def evaluated(zone, first, last):
    """The VTIMEZONE as dateutil understands it."""
    text = "\r\n".join(["BEGIN:VCALENDAR", *vtimezone(zone, first, last), "END:VCALENDAR", ""])
    return tzical(io.StringIO(text)).get(zone)


def moments(zone, years):
    """The middle of each month, and the second before, at and around every change of the clocks."""
    around = [timedelta(seconds=-1), timedelta(), timedelta(minutes=40), timedelta(hours=-2), timedelta(hours=2)]
    for year in years:
        yield from (datetime(year, month, 15, 12, tzinfo=UTC) for month in range(1, 13))
        for onset in _onsets(zone, year):
            yield from ((onset.at - onset.before).replace(tzinfo=UTC) + step for step in around)


def check(zone, moments, first, last):
    sent = evaluated(zone, first, last)
    for moment in moments:
        local = moment.astimezone(ZoneInfo(zone))
        assert local.replace(tzinfo=sent).utcoffset() == local.utcoffset(), (zone, local)


@pytest.mark.parametrize("begin", sorted({zone[:2] for zone in ZONES}))
def test_every_zone_of_the_world_is_right_over_seven_years(begin):
    for zone in (z for z in ZONES if z.startswith(begin)):
        check(zone, moments(zone, YEARS), date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("zone", ["Africa/Cairo", "Africa/Casablanca", "America/Santiago", "Asia/Almaty", "Asia/Gaza"])
@pytest.mark.parametrize("year", [2023, 2024, 2026])
def test_a_single_day_is_right_wherever_it_falls(zone, year):
    for days in range(0, 366, 6):
        noon = datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)
        check(zone, [noon, noon - timedelta(hours=11), noon + timedelta(hours=11)], noon.date(), noon.date())


@pytest.mark.parametrize("zone", ZONES[::7])
def test_only_rules_that_outlook_reads(zone):
    lines = vtimezone(zone, date(2024, 1, 1), date(2034, 12, 31))
    assert all(OUTLOOKS_RULE.fullmatch(line) for line in lines if line.startswith("RRULE"))
    assert lines.count("BEGIN:STANDARD") >= 1
    assert not any(line.startswith("RDATE") for line in lines)


def test_a_zone_with_summer_time_is_one_yearly_pair():
    assert vtimezone("Europe/Paris", date(2026, 12, 1), date(2026, 12, 1)) == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:STANDARD",
        "DTSTART:20241027T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]


def test_a_zone_without_summer_time_is_one_standard():
    assert vtimezone("Asia/Tokyo", date(2026, 12, 1), date(2026, 12, 1))[2:-1] == [
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "TZNAME:JST",
        "END:STANDARD",
    ]


def test_irelands_summer_is_its_daylight_time_as_outlook_expects():
    lines = vtimezone("Europe/Dublin", date(2026, 6, 1), date(2026, 6, 1))
    daylight = lines[lines.index("BEGIN:DAYLIGHT") :]
    assert "TZOFFSETTO:+0100" in daylight[:6]


@pytest.mark.parametrize("year", [1, 1601, 1850, 1969, 2100, 2500, 9998])
def test_any_year_can_be_asked_for(year):
    sent = evaluated("America/New_York", date(year, 7, 1), date(year, 7, 2))
    if year > 1960:
        assert datetime(year, 7, 1, 12, tzinfo=sent).utcoffset() == timedelta(hours=-4)


def test_the_longest_span_is_told_briefly():
    assert len(vtimezone("Africa/Casablanca", date(1990, 1, 1), date(9999, 12, 31))) < 1000


def test_an_unknown_zone_is_an_error():
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        vtimezone("Mars/Olympus", date(2026, 1, 1), date(2026, 1, 1))


def test_the_rules_end_where_summer_time_was_abolished():
    lines = vtimezone("America/Mexico_City", date(2021, 1, 1), date(2025, 1, 1))
    assert [line for line in lines if line.startswith("RRULE")] == [
        "RRULE:FREQ=YEARLY;UNTIL=20220404T080000Z;BYMONTH=4;BYDAY=1SU",
        "RRULE:FREQ=YEARLY;UNTIL=20221031T070000Z;BYMONTH=10;BYDAY=-1SU",
    ]
