from datetime import UTC, datetime, timedelta

import pytest

from invited.domain.event import Property
from invited.imip.values import address, bare_address, date_time, duration, integer, stamp, text


def test_text_is_unescaped():
    assert text(r"a\, b\; c\\d\ne\Nf\"g") == 'a, b; c\\d\ne\nf"g'


@pytest.mark.parametrize(
    ("value", "wall", "is_date", "is_utc"),
    [
        ("20261201", datetime(2026, 12, 1), True, False),
        (" 20261201T093000Z ", datetime(2026, 12, 1, 9, 30), False, True),
        ("20261201T0930", datetime(2026, 12, 1, 9, 30), False, False),
        ("20261231T235960Z", datetime(2026, 12, 31, 23, 59, 59), False, True),
        ("2026-12-01T09:30:00", datetime(2026, 12, 1, 9, 30), False, False),
    ],
)
def test_dates_and_times(value, wall, is_date, is_utc):
    written = date_time(value)
    assert (written.wall, written.is_date, written.is_utc) == (wall, is_date, is_utc)


@pytest.mark.parametrize(
    "value", ["", "soon", "20261301", "20260230T100000", "20261201T13000Z", "00010101", "٢٠٢٦١٢٠١"]
)
def test_what_is_no_date(value):
    assert date_time(value) is None


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("PT1H30M", timedelta(minutes=90)),
        ("P1W", timedelta(weeks=1)),
        ("P1DT", timedelta(days=1)),
        ("-PT15M", timedelta(minutes=-15)),
        ("P", None),
        ("PT", None),
        ("1H", None),
        ("PT999999999999H", None),
    ],
)
def test_durations(value, span):
    assert duration(value) == span


def test_numbers_and_stamps():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert (integer(" 7 "), integer("-1"), integer("x"), integer("9" * 30)) == (7, -1, None, None)
    assert stamp("20131216T170211", now) == datetime(2013, 12, 16, 17, 2, 11, tzinfo=UTC)
    assert stamp("", now) == now


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("MAILTO:Tom@Willow.VMW", "tom@willow.vmw"),
        ("mailto:'a@x.org'", "a@x.org"),
        ("tom@x.org", "tom@x.org"),
        ("Test User <tom@x.org>", "tom@x.org"),
        ("one@x.org:mailto:two@x.org", "two@x.org"),
        ("mailto:x@y:invalid:nomail", ""),
        ("/principal/1234/", ""),
        ("", ""),
    ],
)
def test_calendar_addresses(value, found):
    assert bare_address(value) == found


def test_an_address_may_stand_beside_its_value():
    line = Property("ORGANIZER", (("EMAIL", ("john@x.org",)),), "/principal/1234/")
    assert address(line) == "john@x.org"
    assert address(None) == ""
