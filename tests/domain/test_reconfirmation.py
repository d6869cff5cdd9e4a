from collections import Counter
from dataclasses import replace

import pytest

from invited.domain.event import Stamp, Status, cancelled, updated
from invited.domain.invitation import Partstat
from invited.domain.reconfirmation import KEPT, Answers, of_answers, read
from tests.facts import NOW, a_receipt, an_event

NOBODY = dict.fromkeys(("accepted", "declined", "tentative"), 0)


def joined(*receipts):
    answers = Answers()
    for receipt in receipts:
        answers = answers.joined(receipt)
    return answers


def test_of_one_sequence_the_greatest_answer_is_kept():
    first, second = a_receipt("e"), a_receipt("e", mail="mail2", partstat=Partstat.DECLINED)
    assert joined(first, second) == joined(second, first) == Answers((second,))
    answers = joined(second)
    assert answers.joined(first) is answers
    assert Answers().standing is None


def test_only_so_many_sequences_are_kept():
    many = [a_receipt("e", sequence=n) for n in range(KEPT + 5)]
    kept = Answers(tuple(many[5:]))
    assert joined(*many) == joined(*reversed(many)) == kept
    assert kept.joined(many[0]) is kept
    assert kept.before(KEPT) == many[KEPT - 1]
    assert kept.before(5) is None


def test_an_occurrence_is_in_no_report():
    one = joined(a_receipt("e", recurrence_id="20261224"))
    assert of_answers(Answers(), one) == Counter()


def test_what_is_taken_back_leaves_no_trace():
    first = joined(a_receipt("e"))
    again = first.joined(a_receipt("e", sequence=1, partstat=Partstat.TENTATIVE))
    sums = of_answers(Answers(), first)
    sums.update(of_answers(first, again))
    assert {name: n for name, n in sums.items() if n} == of_answers(Answers(), again)
    assert read(sums, 1).was["accepted"] == NOBODY | {"tentative": 1, "silent": 0}
    assert read(sums, 2).was["tentative"] == NOBODY | {"silent": 1}


def test_before_the_first_change_there_is_nothing_to_tell():
    report = read(of_answers(Answers(), joined(a_receipt("e"))), 0)
    assert (report.sequence, report.was["accepted"], report.new) == (0, NOBODY | {"silent": 0}, NOBODY)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [({"start": an_event().head.end}, 1), ({"status": Status.TENTATIVE}, 1), ({"summary": "Gala"}, 0)],
)
def test_only_what_is_significant_for_all_asks_again(changes, asked):
    event = an_event()
    after, _ = updated(event, (replace(event.head, stamp=Stamp(1, NOW, NOW), **changes),), NOW)
    assert after.asked == asked


def test_a_cancel_and_a_single_date_ask_nobody_again():
    event = an_event(components=(replace(an_event().head, rules=("FREQ=DAILY",)),), sequence=3, asked=2)
    stamp = Stamp(9, NOW, NOW)
    off, _ = cancelled(event, {None: stamp}, NOW)
    said, _ = updated(event, (replace(event.head, status=Status.CANCELLED, stamp=stamp),), NOW)
    date = replace(event.head, recurrence_id=event.head.start, start=event.head.end, rules=(), stamp=stamp)
    moved, _ = updated(event, (date,), NOW)
    assert [(e.sequence, e.asked) for e in (off, said, moved)] == [(4, 2)] * 3
    back, _ = updated(off, (replace(event.head, stamp=Stamp(10, NOW, NOW)),), NOW)
    assert (back.sequence, back.asked) == (5, 5)
