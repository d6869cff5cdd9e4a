"""A letter made ready for what a server offers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.engines.embedded.smtp_client.parcel import Offered, Parcel, parcel, stuffed
from invited.engines.embedded.smtp_client.reply import Reply
from invited.imip.transparency import is_transparent
from invited.ports import Letter


def envelope(letter, **offered):
    return parcel(letter, Offered(**offered)).envelope.split(b"\r\n")


def test_what_a_server_offers_is_read_leniently():
    said = "relay.example greets\nPIPELINING\nsize 1000\n8bitmime\nSMTPUTF8\nSTARTTLS\nAUTH=LOGIN\nauth plain login\n\n"
    assert Offered.read(Reply(250, said)) == Offered(
        pipelining=True, eight_bit=True, utf8=True, starttls=True, size=1000, auth=frozenset({"PLAIN", "LOGIN"})
    )
    assert Offered.read(Reply(250, "PIPELINING")) == Offered()
    assert Offered.read(Reply(250, "x\nSIZE")).size == 0
    assert Offered.read(Reply(250, "x\nSIZE " + "9" * 30)).size is None


def test_parameters_are_said_where_offered_and_needed():
    plain, wide = Letter("a@x.example", "b@y.example", b"x"), Letter("", "b@y.example", "é".encode())
    everything = {"eight_bit": True, "utf8": True, "size": 0}
    assert envelope(plain) == [b"MAIL FROM:<a@x.example>", b"RCPT TO:<b@y.example>", b"DATA", b""]
    assert envelope(plain, **everything)[0] == b"MAIL FROM:<a@x.example> SIZE=1"
    assert envelope(wide, **everything)[0] == b"MAIL FROM:<> SIZE=2 BODY=8BITMIME"
    local = Letter("", "jörg@straße.example", b"x")
    assert envelope(local, utf8=True)[:2] == [b"MAIL FROM:<> SMTPUTF8", "RCPT TO:<jörg@straße.example>".encode()]
    assert parcel(local, Offered()).is_permanent
    assert envelope(Letter("", "joerg@straße.example", b"x"))[1] == b"RCPT TO:<joerg@xn--strae-oqa.example>"
    assert envelope(Letter("", '"a b"@x.example', b"x"))[1] == b'RCPT TO:<"a b"@x.example>'


def test_a_mail_that_is_too_large_is_not_begun():
    assert parcel(Letter("", "b@y.example", b"x" * 11), Offered(size=10)).is_permanent
    assert isinstance(parcel(Letter("", "b@y.example", b"x" * 10), Offered(size=10)), Parcel)


@pytest.mark.parametrize(
    "to", ["", "bob", "a>b@x.example", "a@x.example> SIZE=1", "ä>@x.example", "a\r\n@x.example", '"\r\n"@x.example']
)
def test_what_is_no_address_never_goes_out(to):
    assert parcel(Letter("", to, b"x"), Offered(utf8=True)).is_permanent


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r\n.\r\n"])
def test_no_body_holds_an_end_of_its_own(end):
    assert stuffed(b"a" + end + b"MAIL FROM:<evil@x.example>\r\n").startswith(b"a\r\n..\r\nMAIL")


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"x", b"\r\n"])))
def test_what_is_transparent_goes_as_it_is(parts):
    pieces = [piece for piece in parts if is_transparent(piece)]
    raw = b"".join(pieces) + b"x\r\n"
    assert stuffed(raw) == raw + b".\r\n"
    assert parcel(Letter("", "b@y.example", raw, is_transparent=True), Offered()).body == stuffed(raw)


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"x", b"\r\n"])))
def test_stuffing_is_undone_by_every_server(parts):
    raw = b"".join(parts)
    sent = stuffed(raw)
    lines = sent.split(b"\r\n")
    assert sent.endswith(b".\r\n")
    assert lines.index(b".") == len(lines) - 2
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    received = b"\r\n".join(line.removeprefix(b".") for line in lines[:-2])
    meant = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert received == (meant.removesuffix(b"\r\n") if meant else b"")
