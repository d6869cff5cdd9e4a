from datetime import date, datetime, timedelta

import pytest

from invited.imip.contentlines import parse
from invited.imip.timezones import define, resolve

EUROPE = """BEGIN:VTIMEZONE
TZID:Whatever
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""

ODD = """BEGIN:VTIMEZONE
BEGIN:STANDARD
DTSTART:20000101T000000
TZOFFSETFROM:+0017
TZOFFSETTO:+0017
END:STANDARD
END:VTIMEZONE"""

AROUND = date(2026, 6, 1)


def definition(text):
    return define(parse(text)[0])


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("US/Eastern", "US/Eastern"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Romance Standard Time", "Europe/Paris"),
        ("Romance", "Europe/Paris"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("British Columbia Standard Time", "America/Vancouver"),
        ("Alberta Standard Time", "America/Edmonton"),
        ("UTC+11", "Etc/GMT-11"),
        ("GMT -3", "Etc/GMT+3"),
        ("/mozilla.org/20070129_1/America/New_York", "America/New_York"),
        ("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("/softwarestudio.org/Tzfile/Europe/Berlin", "Europe/Berlin"),
        ("Sarajevo, Skopje, Warsaw, Zagreb", "Europe/Warsaw"),
        ("(GMT+01.00) Sarajevo/Warsaw/Zagreb", "Europe/Warsaw"),
        ("(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris", "Europe/Paris"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC+09:00) Osaka, Sapporo, Tokyo", "Asia/Tokyo"),
        ("Unknown", None),
        ("Customized Time Zone", None),
        ("", None),
        ("../../etc/passwd", None),
        ("America", None),
    ],
)
def test_names_alone(tzid, zone):
    assert resolve(tzid, None, AROUND) == zone


def test_a_definition_decides_only_where_the_name_says_nothing():
    europe = definition(EUROPE)
    assert resolve("Unknown", europe, AROUND) == "Europe/Paris"
    assert resolve("Asia/Tokyo", europe, AROUND) == "Asia/Tokyo"
    assert resolve("Tokyo Standard Time", europe, AROUND) == "Asia/Tokyo"
    # A city is a weaker word than an offset.
    assert resolve("Tokyo, somewhere", europe, AROUND) == "Europe/Paris"
    assert resolve("Unknown", definition(ODD), AROUND) is None


def test_an_alias_beside_the_tzid_counts():
    aliased = EUROPE.replace("TZID:Whatever", "TZID:Whatever\nX-LIC-LOCATION:Europe/Warsaw")
    assert resolve("Whatever", definition(aliased), AROUND) == "Europe/Warsaw"


def test_offsets_of_a_definition():
    europe = definition(EUROPE)
    assert europe.offset(datetime(2026, 1, 1)) == timedelta(hours=1)
    assert europe.offset(datetime(2026, 7, 1)) == timedelta(hours=2)
    assert definition(ODD).offset(datetime(1999, 1, 1)) == timedelta(minutes=17)
    assert definition("BEGIN:VTIMEZONE\nEND:VTIMEZONE").offset(datetime(2026, 1, 1)) is None


def test_rules_that_ended_and_single_onsets():
    old = definition(
        "BEGIN:VTIMEZONE\nBEGIN:DAYLIGHT\nDTSTART:19670430T020000\n"
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19730429T070000Z\n"
        "TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\n"
        "BEGIN:STANDARD\nDTSTART:19740106T020000\nRDATE:19750223T020000\n"
        "TZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE"
    )
    assert old.offset(datetime(1973, 6, 1)) == timedelta(hours=-4)
    assert old.offset(datetime(1974, 6, 1)) == timedelta(hours=-5)
    assert old.offset(datetime(1980, 1, 1)) == timedelta(hours=-5)


def test_a_hostile_definition_is_passed_over():
    silly = definition(EUROPE.replace("FREQ=YEARLY", "FREQ=SECONDLY"))
    # Without its rules nothing but the last onset is left.
    assert silly.offset(datetime(2026, 7, 1)) == timedelta(hours=1)
