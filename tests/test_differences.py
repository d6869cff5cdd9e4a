from dataclasses import replace
from datetime import timedelta

from invited.differences import MAX_DIFFERENCES, Difference, differences
from invited.domain.event import Period, Property, Status
from tests.facts import an_event

EVENT = an_event()
MASTER = EVENT.head
DAY = timedelta(days=1)


def told(before, after):
    made = [replace(EVENT, components=parts if isinstance(parts, tuple) else (parts,)) for parts in (before, after)]
    return list(differences(*made))


def exception(days, **changes):
    original = MASTER.start.plus(days * DAY)
    facts = {"start": original, "end": original.plus(timedelta(hours=2)), "recurrence_id": original}
    return replace(MASTER, **(facts | changes))


def test_each_part_is_told_old_and_new():
    after = replace(
        MASTER,
        start=MASTER.start.plus(timedelta(hours=1)),
        summary="Gala",
        location="Hall 2",
        rules=("FREQ=WEEKLY;COUNT=3",),
        rdates=(Period(MASTER.start.plus(2 * DAY)),),
        exdates=(MASTER.start.plus(7 * DAY),),
        status=Status.TENTATIVE,
        html="<p>x</p>",
        extra=(Property("URL", (), "https://club.example"), Property("PRIORITY", (), "1")),
    )
    assert told(MASTER, after) == [
        ("Status", "takes place", "tentative"),
        ("Title", "Ball", "Gala"),
        (
            "When",
            "Thu 24 December 2026, 18:00 - 20:00 (Europe/Paris, UTC+01:00)",
            "Thu 24 December 2026, 19:00 - 20:00 (Europe/Paris, UTC+01:00)",
        ),
        ("Repeats", "once", "every week, 3 times"),
        ("Further dates", "", "Sat 26 December 2026"),
        ("Dates left out", "", "Thu 31 December 2026"),
        ("Where", "", "Hall 2"),
        ("Layout of the text", "", "changes"),
        ("Other details", "", "PRIORITY, URL change"),
    ]
    assert told(MASTER, MASTER) == []
    assert told(MASTER, replace(MASTER, revision=7)) == []


def test_a_rule_that_words_cannot_tell_is_shown():
    (repeats,) = told(replace(MASTER, rules=("FREQ=DAILY",)), replace(MASTER, rules=("FREQ=DAILY;BYSETPOS=1",)))
    assert repeats == ("Repeats", "every day", "on several dates (FREQ=DAILY;BYSETPOS=1)")


def test_of_a_text_only_the_changed_lines_are_shown():
    old = "Gates open at five.\nBring a scarf.\nSee you!"
    (text,) = told(replace(MASTER, description=old), replace(MASTER, description=old.replace("five", "six")))
    assert text == Difference("Text", "Gates open at five.", "Gates open at six.")
    ((_, was, will),) = told(MASTER, replace(MASTER, description="x" * 999 + "\n" + "\n".join("abcdefghijklmno")))
    assert (was, will.splitlines()[0], will.splitlines()[-1]) == ("", "x" * 200 + "…", "…")
    long = "\n".join(map(str, range(1000)))
    (far,) = told(replace(MASTER, description=long), replace(MASTER, description=long + "!"))
    assert far == ("Text", "", "changes further down")


def test_single_dates_are_told_by_their_date():
    series = replace(MASTER, rules=("FREQ=WEEKLY",))
    moved = exception(7, start=MASTER.start.plus(8 * DAY), end=MASTER.end.plus(8 * DAY))
    off = exception(14, status=Status.CANCELLED)
    assert told(series, (series, moved, off)) == [
        (
            "Thu 31 December 2026: When",
            "Thu 31 December 2026, 18:00 - 20:00 (Europe/Paris, UTC+01:00)",
            "Fri 1 January 2027, 18:00 - 20:00 (Europe/Paris, UTC+01:00)",
        ),
        ("Thu 7 January 2027: Status", "takes place", "cancelled"),
    ]
    ((what, _, new),) = told((series, moved), series)
    assert (what, new) == ("Thu 31 December 2026", "as in the series")
    ((what, old, new),) = told(moved, (moved, off))
    assert (what, old) == ("Thu 7 January 2027", "")
    assert new.endswith("Ball")


def test_many_differences_are_told_in_part():
    series = replace(MASTER, rules=("FREQ=WEEKLY",))
    found = told(series, (series, *(exception(7 * n, summary="Gala") for n in range(1, 60))))
    assert len(found) == MAX_DIFFERENCES + 1
    assert found[-1] == ("More", "", "further dates change, too")
