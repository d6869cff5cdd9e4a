"""Reading what a relay says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.engines.embedded.smtp_client.reply import MAX_LINE, MAX_LINES, Broken, Reply, ReplyReader


def read(*chunks):
    """The replies in these chunks, ended by the error's type where there is one."""
    reader, replies = ReplyReader(), []
    try:
        for chunk in chunks:
            replies.extend(reader.feed(chunk))
    except Broken:
        return [*replies, Broken]
    return replies


def test_one_line_many_lines_and_lenient_line_ends():
    assert read(b"250 ok\r\n250-a\r\n250-b\r\n250 c\r\n354\n220 \xff\x00!\r\n") == [
        Reply(250, "ok"),
        Reply(250, "a\nb\nc"),
        Reply(354, ""),
        Reply(220, "\ufffd !"),
    ]


@pytest.mark.parametrize("junk", [b"hello", b"199 x", b"600 x", b"25 x", b"2500 x", b"", b"250x", b"250 a\rb"])
def test_what_is_no_reply_ends_the_session(junk):
    assert read(b"250 ok\r\n" + junk + b"\r\n") == [Reply(250, "ok"), Broken]


def test_endless_replies_are_cut_off():
    assert read(b"250 " + b"x" * MAX_LINE) == [Broken]
    assert read(b"250 " + b"x" * MAX_LINE + b"\r\n") == [Broken]
    assert read(b"250-x\r\n" * (MAX_LINES + 1)) == [Broken]
    assert read(b"250-x\r\n" * MAX_LINES + b"250 x\r\n")[0].code == 250


@given(st.lists(st.sampled_from([b"2", b"250", b" ", b"-", b"\r", b"\n", b"x", b"250 ok\r\n", b"\xe9"])))
def test_chunks_never_matter_and_nothing_else_is_raised(chunks):
    whole = b"".join(chunks)
    assert read(*chunks) == read(whole) == read(*(whole[i : i + 1] for i in range(len(whole))))


def test_a_reason_is_one_short_line():
    assert str(Reply(550, "a\n  b\tc ")) == "550 a b c"
    assert len(str(Reply(550, "x" * 1000))) == 300
