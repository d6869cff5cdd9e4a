from datetime import UTC, datetime, timedelta

import pytest

from invited.domain.moment import Moment


@pytest.mark.parametrize(
    ("wall", "zone", "instant"),
    [
        ("2026-07-01T10:00", "Europe/Paris", "2026-07-01T08:00"),
        ("2026-07-01T10:00", "UTC", "2026-07-01T10:00"),
        ("2026-07-01T00:00", None, "2026-07-01T00:00"),
        # Skipped by the clocks: the offset before the gap (RFC 5545 §3.3.5).
        ("2026-03-29T02:30", "Europe/Paris", "2026-03-29T01:30"),
        # Repeated: the first of the two.
        ("2026-10-25T02:30", "Europe/Paris", "2026-10-25T00:30"),
    ],
)
def test_a_wall_time_names_one_instant(wall, zone, instant):
    assert Moment(datetime.fromisoformat(wall), zone).instant() == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_days_follow_the_wall_clock_and_hours_elapse():
    eve = Moment(datetime(2026, 3, 28, 12), "Europe/Paris")
    assert eve.plus(timedelta(days=1)).wall == datetime(2026, 3, 29, 12)
    assert eve.plus(timedelta(hours=15)).wall == datetime(2026, 3, 29, 4)
