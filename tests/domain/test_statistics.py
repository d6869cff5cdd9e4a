from invited.domain import statistics
from invited.domain.invitation import Partstat, State
from tests.facts import a_delivery, a_receipt, an_event, an_invitation

ANSWERED = (Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE)


def test_counters_are_of_answers_or_of_anything_else_never_of_both():
    invitation = an_invitation(an_event().id, origin="link:x:y")
    answers = statistics.of_stranger()
    for partstat in ANSWERED:
        for occurrence in ("", "20261201"):
            receipt = a_receipt("e", partstat=partstat, recurrence_id=occurrence, client="a: b")
            answers += statistics.of_receipt(invitation, None, receipt)
    assert all(statistics.is_of_answers(name) for name in answers)
    others = statistics.of_invitation(invitation)
    for state in State:
        others.update(statistics.of_delivery(invitation, a_delivery(state=state)))
    assert not any(statistics.is_of_answers(name) for name in others)
