from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.imip.slots import joined, slotted

MARKER, OWN = b"m" * 33, b"p" * 33
TEXTS = st.lists(st.text("abc é", min_size=3, max_size=130).map(str.encode), min_size=1, max_size=4)


def encoded(octets):
    flat = b64encode(octets)
    return b"".join(flat[at : at + 76] + b"\r\n" for at in range(0, len(flat), 76))


@given(TEXTS)
def test_filled_text_is_what_encoding_it_whole_gives(texts):
    found = slotted(MARKER.join(texts), MARKER)
    assert len(found.slots) == len(texts) - 1
    assert b"".join(found.filled(OWN)) == encoded(OWN.join(texts))


@given(TEXTS, TEXTS)
def test_pieces_are_filled_behind_one_another(one, other):
    whole = joined(b"head\r\n", slotted(MARKER.join(one), MARKER), b"--\r\n", slotted(MARKER.join(other), MARKER))
    expected = b"head\r\n" + encoded(OWN.join(one)) + b"--\r\n" + encoded(OWN.join(other))
    assert b"".join(whole.filled(OWN)) == expected


def test_without_a_marker_nothing_is_personal():
    assert slotted(b"abc" * 40, b"").filled(b"") == [encoded(b"abc" * 40)]


def test_places_that_cannot_be_filled_are_refused():
    with pytest.raises(ValueError, match="too close"):
        slotted(b"a" + MARKER + b"c" + MARKER, MARKER)
    with pytest.raises(ValueError, match="50 octets"):
        slotted(b"x", b"m" * 51)
