from hypothesis import given, settings
from hypothesis import strategies as st

from invited.imip.lines import folded, parameter, quoted, text


def unfolded(raw):
    return raw.replace(b"\r\n ", b"").decode()


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=400))
def test_folding_keeps_every_character(value):
    raw = folded(value)
    assert unfolded(raw) == value + "\r\n"
    for line in raw[:-2].split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_line_is_one_line(value):
    raw = folded(f"SUMMARY:{text(value)}")
    assert len(unfolded(raw).splitlines()) == 1
    assert len(unfolded(folded(f"X;CN={quoted(value)}:y")).splitlines()) == 1


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_parameter_closes_its_quotes(value):
    inside = parameter("CN", [value])[4:]
    assert inside.count('"') == (2 if inside.startswith('"') else 0)


def test_every_kind_of_break_is_an_escaped_newline():
    assert text("a\r\nb\rc\nd\u2028e\x85f\x0bg") == r"a\nb\nc\nd\ne\nf\ng"
    assert text("1; 2, 3\\") == r"1\; 2\, 3\\"


def test_a_fold_falls_between_characters():
    assert folded("é" * 38) == ("é" * 37).encode() + b"\r\n " + "é".encode() + b"\r\n"
