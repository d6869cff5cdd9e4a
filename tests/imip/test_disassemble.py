from datetime import UTC, datetime, timedelta

import pytest

from invited.domain.event import Period, Property, Status
from invited.domain.moment import Moment
from invited.imip.disassemble import MAX_COMPONENTS, MAX_DATES, MAX_DESCRIPTION
from tests.imip.inbound_mails import ARRIVED, calendar, component, event, fault, understood

PARIS = "DTSTART;TZID=Europe/Paris:20261201T100000"
FLOATING = "DTSTART:20261201T100000"
DAY = "DTSTART;VALUE=DATE:20261201"


def paris(day, hour, minute=0, month=12):
    return Moment(datetime(2026, month, day, hour, minute), "Europe/Paris")


def test_what_is_understood_becomes_typed():
    found = component(
        "SUMMARY;LANGUAGE=en:Opening\\, at last",
        "DESCRIPTION:One\\nTwo",
        "LOCATION:Hall 1",
        "STATUS:tentative",
        "DTEND;TZID=Europe/Paris:20261201T113000",
        "RRULE:FREQ=WEEKLY;COUNT=5",
        "EXDATE;TZID=Europe/Paris:20261208T100000,20261215T100000",
        "RDATE;VALUE=PERIOD:20261203T090000Z/PT1H",
        "SEQUENCE:3",
        "DTSTAMP:20261101T080000Z",
        start=PARIS,
    )
    assert (found.summary, found.description, found.location) == ("Opening, at last", "One\nTwo", "Hall 1")
    assert (found.start, found.end, found.status) == (paris(1, 10), paris(1, 11, 30), Status.TENTATIVE)
    assert found.rules == ("FREQ=WEEKLY;COUNT=5",)
    assert found.exdates == (paris(8, 10), paris(15, 10))
    assert found.rdates == (Period(Moment(datetime(2026, 12, 3, 9), "UTC"), duration=timedelta(hours=1)),)
    assert (found.stamp.sequence, found.stamp.dtstamp) == (3, datetime(2026, 11, 1, 8, tzinfo=UTC))


def test_the_rest_is_kept_as_it_came():
    found = component('X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="A, B":geo:1,2', "CATEGORIES:A\\,B,C", "GEO:1.5;2")
    assert found.extra == (
        Property("X-APPLE-STRUCTURED-LOCATION", (("VALUE", ("URI",)), ("X-TITLE", ("A, B",))), "geo:1,2"),
        Property("CATEGORIES", (), "A\\,B,C"),
        Property("GEO", (), "1.5;2"),
    )


@pytest.mark.parametrize(
    "line",
    [
        "CREATED:20260101T000000Z",
        "LAST-MODIFIED:20260101T000000Z",
        "ORGANIZER:mailto:o@x.org",
        "ATTENDEE:mailto:a@x.org",
        "REQUEST-STATUS:2.0;Success",
        "COMMENT:private",
        "RELATED-TO:another@x.org",
        "X-MICROSOFT-CDO-OWNERAPPTID:1",
        "X-MICROSOFT-CDO-APPT-SEQUENCE:1",
        "X-MS-OLK-CONFTYPE:0",
        "X-MOZ-LASTACK:20260101T000000Z",
        "ATTACH:CID:1234@x",
        "ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA",
        "GEO:43.65",
        "VERSION:2.0",
        "URL:",
        "BEGIN:VALARM\nTRIGGER:-PT15M\nACTION:DISPLAY\nEND:VALARM",
    ],
)
def test_what_belongs_to_the_organizers_own_meeting_stays_behind(line):
    assert component(line).extra == ()


def test_formatted_descriptions_are_made_safe():
    found = component(
        "X-ALT-DESC;FMTTYPE=text/html:<html><body onload=x><script>x</script><p>Hi<br>there</p>"
        "<img src=http://x/y onerror=z></body></html>"
    )
    assert found.html == "<p>Hi<br>there</p>"


@pytest.mark.parametrize(
    ("lines", "start", "ends"),
    [
        (["DTEND:20261201T113000"], PARIS, paris(1, 11, 30)),
        (["DURATION:PT90M"], PARIS, paris(1, 11, 30)),
        (["DTEND;TZID=Europe/Paris:20261201T090000"], PARIS, paris(1, 10)),
        (["DTEND;TZID=Europe/Paris:20261201T100000"], PARIS, paris(1, 10)),
        (["DURATION:-PT1H"], PARIS, paris(1, 10)),
        (["DTEND;VALUE=DATE:20261202"], PARIS, paris(2, 0)),
        (["DTEND;VALUE=DATE:20261201"], PARIS, paris(1, 10)),
        (["DTEND;TZID=Europe/Paris:20261201T120000"], FLOATING, paris(1, 12)),
        (["DTEND;VALUE=DATE:20261201"], DAY, Moment(datetime(2026, 12, 2))),
        (["DTEND:20261203T000000Z"], DAY, Moment(datetime(2026, 12, 3))),
        (["DTEND:20261202T120000Z"], DAY, Moment(datetime(2026, 12, 3))),
        (["DURATION:PT25H"], DAY, Moment(datetime(2026, 12, 3))),
        ([], "DTSTART:20261201", Moment(datetime(2026, 12, 2))),
        ([], "DTSTART;VALUE=DATE:20261201T000000", Moment(datetime(2026, 12, 2))),
    ],
)
def test_ends_that_do_not_fit_their_start(lines, start, ends):
    assert component(*lines, start=start).ends() == ends


def test_dates_of_a_series_take_the_type_of_its_start():
    found = component("RRULE:FREQ=DAILY", "EXDATE;VALUE=DATE:20261208", "EXDATE:20261209T100000", start=PARIS)
    assert found.exdates == (paris(8, 10), paris(9, 10))
    found = component("RRULE:FREQ=DAILY", "EXDATE:20261208T000000Z", start=DAY)
    assert found.exdates == (Moment(datetime(2026, 12, 8)),)


def test_a_version_that_is_missing_is_the_oldest_of_its_arrival():
    assert component().stamp.dtstamp == ARRIVED
    assert component("DTSTAMP:nonsense", "SEQUENCE:-4").stamp.sequence == 0
    assert component("X-MICROSOFT-CDO-APPT-SEQUENCE:7").stamp.sequence == 7


def test_all_day_as_midnight_of_a_zone_stays_timed():
    found = component("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", start="DTSTART;TZID=Europe/Paris:20261201T000000")
    assert found.start == paris(1, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (event(start=""), "has no start"),
        (event("DTSTART:20261202T090000Z"), "two different starts"),
        (event(start="DTSTART:INVALID"), "is no date or time"),
        (event(start="DTSTART:15001201T090000Z"), "is no date or time"),
        (event(start=FLOATING), "no time zone"),
        (event(start="DTSTART;TZID=Customized Time Zone:20261201T100000"), "unknown time zone, “Customized Time Zone”"),
        (event("DTEND:199706211T173000Z"), "is no date or time"),
        (event("DURATION:long"), "is no length"),
        (event("RRULE:FREQ=SECONDLY"), "every few seconds"),
        (event("EXRULE:FREQ=DAILY"), "EXRULE"),
        (event("RRULE"), "A line of the event cannot be read"),
        (event("DESCRIPTION:" + "x" * (MAX_DESCRIPTION + 1)), "longer than"),
        (event("RDATE:" + ",".join(["20261201T090000Z"] * (MAX_DATES + 1))), "lists more than"),
        ("\n".join(["X-A:1"] * 10 + [event(*["X-A:1"] * 400)]), "additional data"),
        (event("X-A:1").replace("END:VEVENT", ""), "cut off"),
    ],
)
def test_what_cannot_be_right_is_refused(text, words):
    assert words in fault(text)


def test_floating_times_read_in_the_calendars_own_zone():
    found = understood(calendar("X-WR-TIMEZONE:Europe/Paris", event(start=FLOATING)))
    assert found.submissions[0].components[0].start == paris(1, 10)


UNNAMEABLE = (
    "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:20000101T000000\n"
    "TZOFFSETFROM:+0017\nTZOFFSETTO:+0017\nEND:STANDARD\nEND:VTIMEZONE"
)


def test_a_zone_that_only_the_mail_knows_serves_a_single_event():
    single = event(start="DTSTART;TZID=Mine:20261201T100000")
    found = understood(calendar(single, UNNAMEABLE)).submissions[0].components[0]
    assert found.start == Moment(datetime(2026, 12, 1, 9, 43), "UTC")
    series = event("RRULE:FREQ=DAILY", start="DTSTART;TZID=Mine:20261201T100000")
    assert "unknown time zone" in fault(UNNAMEABLE, series)


def test_a_lying_definition_moves_nobody():
    lie = UNNAMEABLE.replace("TZID:Mine", "TZID:Europe/Paris")
    for _ in range(2):
        assert understood(calendar(lie, event(start=PARIS))).submissions[0].components[0].start == paris(1, 10)
    assert component(start=PARIS).start.instant() == datetime(2026, 12, 1, 9, tzinfo=UTC)


SERIES = event("RRULE:FREQ=DAILY;COUNT=5", "SUMMARY:Series", "CLASS:PUBLIC", start=PARIS)


def changed(original, *lines, start="DTSTART;TZID=Europe/Paris:20261202T140000"):
    return event(f"RECURRENCE-ID{original}", *lines, start=start)


def components(*parts, **kwargs):
    found = understood(calendar(*parts, **kwargs))
    assert not found.faults, found.faults
    return found.submissions[0].components


@pytest.mark.parametrize(
    "original", [";TZID=Europe/Paris:20261202T100000", ":20261202T090000Z", ":20261202T100000", ";VALUE=DATE:20261202"]
)
def test_a_changed_occurrence_is_known_by_its_instant(original):
    master, exception = components(changed(original, "SUMMARY:Other"), SERIES)
    assert (master.recurrence_id, master.summary) == (None, "Series")
    assert exception.key() == datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert (exception.summary, exception.start, exception.rules) == ("Other", paris(2, 14), ())


def test_an_occurrence_without_its_series():
    (only,) = components(changed(";RANGE=THISANDFUTURE;TZID=Europe/Paris:20261202T100000"))
    assert only.recurrence_id == paris(2, 10)
    assert only.is_this_and_future


def test_outlooks_exceptions_inherit_and_no_others():
    parts = (SERIES, changed(":20261202T090000Z"))
    _, bare = components(*parts)
    assert (bare.summary, bare.extra) == ("", ())
    _, full = components(*parts, product="-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN")
    assert (full.summary, [line.name for line in full.extra]) == ("Series", ["CLASS"])


def test_of_two_versions_the_newer_counts():
    old, new = event("SEQUENCE:1", "SUMMARY:old"), event("SEQUENCE:2", "SUMMARY:new")
    for order in ((old, new), (new, old)):
        (only,) = components(*order)
        assert only.summary == "new"
    (only,) = components(new, new)
    assert only.summary == "new"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((event("SUMMARY:a"), event("SUMMARY:b")), "two different versions"),
        ((SERIES, changed(":20261202T090000Z", "SUMMARY:a"), changed(":20261202T090000Z")), "two different versions"),
        ((SERIES, changed(":20261202T080000Z")), "an occurrence (2026-12-02T08:00:00Z) that its series does not have"),
        ((event(start=PARIS), changed(":20261202T090000Z")), "that its series does not have"),
        ([event()] * (MAX_COMPONENTS + 1), "more than 500"),
    ],
)
def test_parts_that_contradict_each_other(parts, words):
    assert words in fault(*parts)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
        "FREQ=MONTHLY;BYDAY=20MO",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    ],
)
def test_rules_that_lead_nowhere_are_not_followed(rule):
    found = understood(calendar(event(f"RRULE:{rule}", start=PARIS), changed(":20361202T090000Z")))
    assert found.submissions
