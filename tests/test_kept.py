import pytest

from invited.kept import MOST, Kept


def test_a_thing_is_made_once_until_its_source_changes():
    kept, made = Kept(), []

    def make():
        made.append(len(made))
        return made[-1]

    assert [kept.get("a", [1], make), kept.get("a", [1], make)] == [0, 0]
    assert [kept.get("a", [2], make), kept.get("a", [1], make)] == [1, 2]
    assert kept.get("b", [1], make) == 3


def test_what_was_used_last_is_kept():
    kept = Kept()
    for n in range(MOST):
        kept.get(n, "", lambda n=n: n)
    kept.get(0, "", lambda: "made again")
    kept.get(MOST, "", lambda: MOST)
    assert kept.get(0, "", lambda: "made again") == 0
    assert kept.get(1, "", lambda: "made again") == "made again"


def test_a_fault_is_not_kept():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.get("a", 1, lambda: 1 / 0)
    assert kept.get("a", 1, lambda: "fine") == "fine"
