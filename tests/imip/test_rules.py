from datetime import datetime

import pytest

from invited.domain.errors import Refused
from invited.domain.moment import Moment
from invited.imip.rules import checked

PARIS = Moment(datetime(2026, 10, 1, 9), "Europe/Paris")
DAY = Moment(datetime(2026, 10, 1))


@pytest.mark.parametrize(
    ("rule", "start", "kept"),
    [
        ("freq=weekly;byday=mo", PARIS, "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=10;", PARIS, "FREQ=MONTHLY;BYDAY=-1FR;COUNT=10"),
        ("FREQ=WEEKLY;UNTIL=20261231", PARIS, "FREQ=WEEKLY;UNTIL=20261231T225959Z"),
        ("FREQ=WEEKLY;UNTIL=20261231T090000", PARIS, "FREQ=WEEKLY;UNTIL=20261231T080000Z"),
        ("FREQ=WEEKLY;UNTIL=20261231T090000Z", PARIS, "FREQ=WEEKLY;UNTIL=20261231T090000Z"),
        ("FREQ=WEEKLY;UNTIL=20261231T000000Z", DAY, "FREQ=WEEKLY;UNTIL=20261231"),
    ],
)
def test_good_rules_are_put_alike(rule, start, kept):
    assert checked(rule, start) == kept


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=15",
        "FREQ=INVALID",
        "COUNT=3",
        "FREQ=WEEKLY;UNTL=20191023",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=WEEKLY;UNTIL=20261231T090000Z;COUNT=3",
        "FREQ=MONTHLY;BYDAY=+1,3MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=99999999",
        "FREQ=DAILY;INTERVAL=100000",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;WKST=XX",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=1,2,3,4,5,6,7,8,9,10",
        "D1 #5",
        "FREQ=DAILY;BYSETPOS=" + ",".join(["1"] * 2000),
    ],
)
def test_bad_rules_are_refused_with_the_reason(rule):
    with pytest.raises(Refused) as caught:
        checked(rule, PARIS)
    assert caught.value.reason.endswith(".")
    assert caught.value.remedy
