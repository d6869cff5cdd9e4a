from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from invited.domain.errors import Refused
from invited.imip.tnef.recurrence import read
from tests.imip.winmail import MINUTES, outcome, pattern, u32

DAILY, WEEKLY, MONTHLY, YEARLY = 0x200A, 0x200B, 0x200C, 0x200D
DAY, WEEK, MONTH, NTH, MONTH_END = range(5)
SU, MO, TU, WE, TH, FR, SA = (1 << bit for bit in range(7))
MONDAY = datetime(2026, 6, 1)
UNTIL, COUNT, EVER = 0x2021, 0x2022, 0x2023


def rule(recurrence):
    return ";".join(f"{name}={value}" for name, value in recurrence.parts.items())


@pytest.mark.parametrize(
    ("frequency", "kind", "period", "specific", "start", "expected"),
    [
        (DAILY, DAY, 1 * MINUTES, b"", MONDAY, "FREQ=DAILY"),
        (DAILY, DAY, 3 * MINUTES, b"", MONDAY, "FREQ=DAILY;INTERVAL=3"),
        # “Every weekday” of Outlook's daily page is a daily frequency with a pattern of the week.
        (DAILY, WEEK, 1, u32(MO | TU | WE | TH | FR), MONDAY, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        (WEEKLY, WEEK, 1, u32(MO), MONDAY, "FREQ=WEEKLY;BYDAY=MO"),
        (WEEKLY, WEEK, 2, u32(SU | MO), MONDAY, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU"),
        (MONTHLY, MONTH, 1, u32(15), datetime(2026, 6, 15), "FREQ=MONTHLY;BYMONTHDAY=15"),
        (MONTHLY, MONTH, 2, u32(31), datetime(2026, 7, 31), "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1"),
        (MONTHLY, MONTH, 1, u32(30), datetime(2026, 6, 30), "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        (MONTHLY, MONTH_END, 1, u32(31), datetime(2026, 6, 30), "FREQ=MONTHLY;BYMONTHDAY=-1"),
        (MONTHLY, NTH, 1, u32(TU, 2), datetime(2026, 6, 9), "FREQ=MONTHLY;BYDAY=2TU"),
        (MONTHLY, NTH, 3, u32(FR, 5), datetime(2026, 6, 26), "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR"),
        (MONTHLY, NTH, 1, u32(62, 1), MONDAY, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
        (YEARLY, MONTH, 12, u32(24), datetime(2026, 12, 24), "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),
        (YEARLY, MONTH, 24, u32(31), datetime(2026, 12, 31), "FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=31"),
        (YEARLY, MONTH, 12, u32(29), datetime(2028, 2, 29), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
        (YEARLY, NTH, 12, u32(TH, 4), datetime(2026, 11, 26), "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
    ],
)
def test_each_pattern_is_a_rule_whose_first_occurrence_is_the_first_of_the_series(
    frequency, kind, period, specific, start, expected
):
    found = read(pattern(frequency, kind, period, specific, start))
    assert rule(found) == expected
    assert (found.start, found.end) == (start + timedelta(hours=9), start + timedelta(hours=10))
    assert rrulestr(expected, dtstart=found.start)[0] == found.start
    assert found.last is None
    assert found.deleted == found.changed == ()


@pytest.mark.parametrize(
    ("day", "expected"),
    [(29, ["01-29", "02-28", "03-29"]), (30, ["01-30", "02-28", "03-30"]), (31, ["01-31", "02-28", "03-31"])],
)
def test_a_day_that_a_month_lacks_is_its_last_as_in_outlook(day, expected):
    start = datetime(2026, 1, day)
    found = read(pattern(MONTHLY, MONTH, 1, u32(day), start, ending=COUNT, count=3))
    assert [f"{d:%m-%d}" for d in rrulestr(rule(found), dtstart=found.start)] == expected


def test_a_series_ends_after_a_count_or_on_a_date():
    counted = read(pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, ending=COUNT, count=4))
    assert rule(counted) == "FREQ=WEEKLY;BYDAY=MO;COUNT=4"
    dated = read(pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, ending=UNTIL, last=datetime(2026, 6, 29)))
    assert dated.last == datetime(2026, 6, 29, 9)
    assert "COUNT" not in dated.parts
    assert read(pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, ending=0xFFFFFFFF)).last is None


CHANGES = (
    {
        "start": datetime(2026, 6, 9, 14),
        "end": datetime(2026, 6, 9, 15, 30),
        "original": datetime(2026, 6, 8, 9),
        "subject": "Spiel in Łódź",
        "location": "Süd",
        "busy": 3,
    },
    {
        "start": datetime(2026, 6, 22),
        "end": datetime(2026, 6, 23),
        "original": datetime(2026, 6, 22, 9),
        "is_all_day": True,
    },
)
DELETED = (datetime(2026, 6, 8), datetime(2026, 6, 15), datetime(2026, 6, 22))


@pytest.mark.parametrize("version", [0x3008, 0x3009])
def test_deleted_occurrences_are_those_that_were_not_changed(version):
    found = read(pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, deleted=DELETED, changed=CHANGES, version=version))
    assert found.deleted == (datetime(2026, 6, 15, 9),)
    first, second = found.changed
    assert (first.original, first.start, first.end) == (
        datetime(2026, 6, 8, 9),
        datetime(2026, 6, 9, 14),
        datetime(2026, 6, 9, 15, 30),
    )
    assert (first.subject, first.location, first.busy, first.is_all_day) == ("Spiel in Łódź", "Süd", 3, None)
    assert (second.subject, second.location, second.is_all_day) == (None, None, True)


def test_without_the_extended_part_the_8_bit_strings_stand():
    raw = pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, deleted=DELETED, changed=CHANGES, extended=False)
    assert read(raw).changed[0].subject == "Spiel in ?ód?"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        pattern(DAILY, DAY, 90, b"", MONDAY),
        pattern(DAILY, DAY, 0, b"", MONDAY),
        pattern(DAILY, DAY, 1001 * MINUTES, b"", MONDAY),
        pattern(WEEKLY, WEEK, 1, u32(0), MONDAY),
        pattern(WEEKLY, WEEK, 1, u32(0x80), MONDAY),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, ending=7),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, ending=COUNT, count=0),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, ending=COUNT, count=10_001),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, ending=UNTIL, last=0),
        pattern(MONTHLY, MONTH, 1, u32(32), MONDAY),
        pattern(MONTHLY, NTH, 1, u32(MO, 6), MONDAY),
        pattern(WEEKLY, WEEK, 1, u32(MO), datetime(1601, 1, 1)),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, lasts=2**31),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, deleted=[MONDAY] * 2001),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, changed=[CHANGES[1]] * 500),
        pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, changed=[CHANGES[1] | {"end": MONDAY}]),
    ],
)
def test_what_is_no_pattern_or_beyond_the_limits_is_refused(raw):
    with pytest.raises(Refused, match="how the meeting repeats"):
        read(raw)


@pytest.mark.parametrize(("kind", "calendar"), [(0x0A, 0), (MONTH, 6), (MONTH, 8)])
def test_other_calendars_than_the_gregorian_are_refused_by_name(kind, calendar):
    with pytest.raises(Refused, match="Gregorian"):
        read(pattern(MONTHLY, kind, 1, u32(1), MONDAY, calendar=calendar))


@given(cut=st.integers(0, 400), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_damage_is_refused_or_harmless(cut, at, byte):
    raw = bytearray(pattern(WEEKLY, WEEK, 1, u32(MO), MONDAY, deleted=DELETED, changed=CHANGES))
    raw[at % len(raw)] = byte
    for damaged in (bytes(raw), bytes(raw[:cut])):
        found = outcome(read, damaged)
        assert found is None or len(found.changed) <= 499
