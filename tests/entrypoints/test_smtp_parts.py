"""The door's pure parts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.entrypoints.smtp.content import Content
from invited.entrypoints.smtp.syntax import BadSyntax, path
from invited.entrypoints.smtp.trace import Hop, clean_helo, is_looping, received

OCTETS = st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"a", b".\r\n", b"\n."]), max_size=30).map(b"".join)


def pieces(wire, limit):
    """As the reader gives them: lines, and parts of lines that are too long for its buffer."""
    for line in _lines(wire):
        while len(line) > limit:
            yield line[:limit]
            line = line[limit:]  # noqa: PLW2901
        yield line


def _lines(wire):
    *lines, last = wire.split(b"\n")
    return [line + b"\n" for line in lines] + [last] * bool(last)


@given(OCTETS, st.integers(3, 20))
def test_a_stuffed_mail_comes_out_with_whole_line_ends(mail, limit):
    whole = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n"
    stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in _lines(whole))
    content = Content(10_000)
    ends = [content.feed(piece) for piece in pieces(stuffed + b".\r\n", limit)]
    assert ends == [False] * (len(ends) - 1) + [True]
    assert content.raw() == whole
    assert content.size == len(whole)


@given(OCTETS)
def test_nothing_but_crlf_dot_crlf_ends_a_mail(wire):
    content = Content(10_000)
    is_ended = any(content.feed(line) for line in _lines(wire))
    assert is_ended == (b"\r\n.\r\n" in b"\r\n" + wire)
    assert is_ended or b"\n" not in content.raw().replace(b"\r\n", b"")


def test_what_is_too_big_is_not_kept():
    content = Content(5)
    assert not content.feed(b"abc\r\n")
    assert not content.is_too_big
    assert not content.feed(b"d\r\n")
    assert content.is_too_big
    assert content.raw() == b""
    assert content.feed(b".\r\n")


@given(st.text(max_size=40))
def test_a_path_is_read_or_refused(text):
    try:
        found = path("FROM", "FROM:<" + text)
    except BadSyntax:
        return
    assert ">" in text
    assert found.address == "" or "@" in found.address


@pytest.mark.parametrize("peer", ["192.0.2.1", "2001:db8::1"])
@given(helo=st.text(max_size=300))
def test_a_received_field_is_one_field(peer, helo):
    field = received(Hop("i", peer, clean_helo(helo), "h", "SMTP", datetime(2026, 1, 2, tzinfo=UTC)))
    assert field.count(b"\r\n") == 3
    assert field.count(b"\r\n\t") == 2
    assert field.endswith(b"\tby h with SMTP id i;\r\n\tFri, 02 Jan 2026 00:00:00 +0000\r\n")
    assert (b"[IPv6:2001:db8::1]" in field) == (":" in peer)


def test_hops_are_counted_in_the_head_only():
    assert is_looping(b"RECEIVED : a\r\n" * 101 + b"\r\n")
    assert not is_looping(b"Received: a\r\n" * 100 + b"\r\n" + b"Received: a\r\n" * 100)
