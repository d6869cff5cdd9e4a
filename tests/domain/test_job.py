"""When a bulk send pauses by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.job import Bounds, Control, Job, Toll, directed
from invited.domain.statistics import Statistics
from tests.facts import NOW

BOUNDS = Bounds(lost=0.05, unwanted=0.003, minimum=200)


def a_job(sent=0, failed=0, bounced=0, complained=0):
    return Job("j", "e", "list", NOW, Statistics(sent=sent, failed=failed, bounced=bounced, complained=complained))


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (a_job(sent=100, failed=99), ""),
        (a_job(sent=200, bounced=10), ""),
        (a_job(sent=200, bounced=11), "11 of 200 mails did not arrive"),
        (a_job(sent=195, failed=5, bounced=6), "11 of 200 mails did not arrive"),
        (a_job(sent=1000, complained=3), ""),
        (a_job(sent=1000, complained=4), "4 of 1,000 mails were called unwanted"),
        (
            a_job(sent=400, bounced=40, complained=4),
            "40 of 400 mails did not arrive and 4 of 400 mails were called unwanted",
        ),
    ],
)
def test_too_much_of_enough_mail_is_an_alarm(job, why):
    assert job.alarm(BOUNDS) == why
    assert not job.alarm(Bounds(0, 0, 1))


def test_what_was_seen_when_it_was_resumed_alarms_nobody_again():
    job = directed(a_job(sent=300, failed=50), Control.PAUSED, NOW, "50 of 350 mails did not arrive")
    assert (job.control, job.why, job.paused) == (Control.PAUSED, "50 of 350 mails did not arrive", NOW)
    job = directed(job, Control.GOING, NOW + timedelta(hours=1))
    assert (job.why, job.seen) == ("", Toll(350, 50, 0))
    assert not job.alarm(BOUNDS)
    assert not replace(job, figures=Statistics(sent=450, failed=60)).alarm(BOUNDS)
    assert job.alarm(replace(BOUNDS, minimum=1)) == ""
    assert replace(job, figures=Statistics(sent=500, failed=70)).alarm(BOUNDS) == "20 of 220 mails did not arrive"


def test_a_pause_by_hand_keeps_why_it_paused_by_itself():
    job = directed(directed(a_job(), Control.PAUSED, NOW, "why"), Control.PAUSED, NOW)
    assert job.why == "why"
