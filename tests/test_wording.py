from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from invited.domain.moment import Moment
from invited.wording import repeats, when
from tests.facts import an_event

HEAD = an_event().head


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY", "every week"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=10", "every 2 weeks on Tuesday and Thursday, 10 times"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;WKST=MO", "every week on Monday, Wednesday and Friday"),
        ("FREQ=DAILY;UNTIL=20270301T120000Z", "every day, until 2027-03-01"),
        ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "every month"),
        ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", "every year"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "on several dates"),
        ("FREQ=YEARLY;BYDAY=20MO", "on several dates"),
        ("FREQ=WEEKLY;BYDAY=XX", "on several dates"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "on several dates"),
        ("FREQ=HOURLY", "on several dates"),
    ],
)
def test_a_rule_in_words(rule, words):
    assert repeats(replace(HEAD, rules=(rule,))) == words


def test_what_happens_once_does_not_repeat():
    assert repeats(HEAD) == ""


@pytest.mark.parametrize(
    ("start", "hours", "words"),
    [
        (
            Moment(datetime(2026, 12, 24, 18), "Europe/Paris"),
            2,
            "Thu 24 December 2026, 18:00 - 20:00 (Europe/Paris, UTC+01:00)",
        ),
        (
            Moment(datetime(2026, 12, 24, 23), "UTC"),
            2,
            "Thu 24 December 2026, 23:00 - Fri 25 December 2026, 01:00 (UTC)",
        ),
        (Moment(datetime(2026, 12, 24, 18), "UTC"), 0, "Thu 24 December 2026, 18:00 (UTC)"),
        (Moment(datetime(2026, 12, 24)), 24, "Thu 24 December 2026"),
        (Moment(datetime(2026, 12, 24)), 48, "Thu 24 December 2026 - Fri 25 December 2026"),
    ],
)
def test_a_time_in_words(start, hours, words):
    assert when(replace(HEAD, start=start, end=None, duration=timedelta(hours=hours))) == words
