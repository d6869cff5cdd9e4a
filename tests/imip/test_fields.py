import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.imip.fields import MAX_FIELDS, MAX_HEAD, fields


def test_fields_come_unfolded_and_in_order():
    raw = b"Received: a\r\n\tb\r\nFROM : J\xc3\xb6 <j@x.example>\r\nreceived:c\r\n\r\nFrom: body\r\n"
    assert fields(raw) == [("received", "a\tb"), ("from", "Jö <j@x.example>"), ("received", "c")]
    assert fields(raw.replace(b"\r\n", b"\n")) == fields(raw)
    assert fields(b"A: b\r\n") == fields(b"A: b") == [("a", "b")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\nbody",
        b" folded: first\r\n\r\n",
        b"no field\r\n\r\n",
        b"A: b\rFrom: c\r\n\r\n",
        b"A: b\0\r\n\r\n",
        b"A: b\r\n" * (MAX_FIELDS + 1) + b"\r\n",
        b"A: " + b"b" * MAX_HEAD + b"\r\n\r\n",
        b": b\r\n\r\n",
    ],
)
def test_what_parsers_may_read_in_two_ways_is_not_read(raw):
    with pytest.raises(ValueError, match="header"):
        fields(raw)


@given(st.binary(max_size=100))
def test_anything_is_read_or_refused(raw):
    try:
        fields(raw)
    except ValueError:
        return
