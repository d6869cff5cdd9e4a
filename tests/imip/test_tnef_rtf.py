import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.domain.errors import Refused
from invited.imip.tnef.rtf import MAX_RTF, MAX_TEXT, decompressed, plain, text_of
from tests.imip.winmail import outcome, rtf_plain, u32

# The second example of MS-OXRTFCP 4.2 stands for a reference that runs into itself: "{\rtf1 WXYZWXYZWXYZWXYZWXYZ}".
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def test_references_into_the_dictionary_and_into_themselves():
    assert decompressed(CROSSING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert text_of(CROSSING) == "WXYZWXYZWXYZWXYZWXYZ"


def test_the_container_without_compression():
    assert text_of(rtf_plain(b"{\\rtf1 Hello}")) == "Hello"


@pytest.mark.parametrize(
    ("rtf", "words"),
    [
        (rb"{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe}", "Grüße"),
        (rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0}", "Пр"),
        (rb"{\rtf1\uc1 \u321?\u243?d\u378?!}", "Łódź!"),
        (rb"{\rtf1\uc1\u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1{\uc0\u321}b}", "Łb"),
        (rb"{\rtf1 One\par Two\line Three\tab Four\emdash Five}", "One\nTwo\nThree\tFour—Five"),
        (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator Word;}{\info{\title No}}Yes}", "Yes"),
        (rb"{\rtf1 a\{b\}c\\d\~e}", "a{b}c\\d\u00a0e"),
        (
            rb"{\rtf1\fromhtml1{\*\htmltag <b>}\htmlrtf {\b \htmlrtf0 Bold\htmlrtf\par\htmlrtf0{\*\htmltag </b>}}",
            "Bold",
        ),
        (b"", ""),
        (b"}}}{{{", ""),
    ],
)
def test_the_words_of_rtf(rtf, words):
    assert plain(rtf) == words


def test_limits():
    assert len(plain(b"x" * (MAX_TEXT + 1000))) == MAX_TEXT
    with pytest.raises(Refused):
        text_of(u32(0, MAX_RTF + 1) + b"LZFu" + u32(0))
    with pytest.raises(Refused):
        text_of(u32(0, 10) + b"ZIP!" + u32(0))
    with pytest.raises(Refused):
        plain(b"{" * 2000)


def test_a_thousandfold_repetition_stops_at_the_announced_size():
    # Each reference repeats 17 bytes of the dictionary.
    bomb = u32(0, 1000) + b"LZFu" + u32(0) + (b"\xff" + b"\x00\x0f" * 8) * 10_000
    assert len(decompressed(bomb)) == 1000


@given(raw=st.binary(max_size=500))
def test_random_bytes_are_read_or_refused(raw):
    outcome(plain, raw)
    outcome(text_of, u32(0, 5000) + b"LZFu" + u32(0) + raw)
