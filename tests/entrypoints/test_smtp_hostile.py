"""The door as a slow, broken or hostile client sees it."""

import socket
from time import monotonic

import pytest

from invited.entrypoints.smtp import conversation

MAIL = b"From: joe@there.example\r\nSubject: Match\r\n\r\nSee you\r\n"


def is_alone(house):
    """Wait until nobody is inside any more."""
    house.run(house.door._emptied())
    return not house.door._inside


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r.\r", b"\n.\r\r\n"])
def test_only_crlf_dot_crlf_ends_a_mail(open_door, end):
    house = open_door()
    with house.client() as client:
        client.begin()
        second = b"MAIL FROM:<boss@there.example>\r\nRCPT TO:<rsvp@invites.example>\r\nDATA\r\nSubject: b\r\n\r\n"
        client.send(b"Subject: a\r\n\r\nbefore" + end + second + b"after\r\n.\r\nNOOP\r\n")
        assert client.reply().startswith("250 2.0.0 Received")
        assert client.reply().startswith("250 OK")
    [(raw, _)] = house.mails
    assert b"before" in raw
    assert second in raw
    assert raw.endswith(b"after\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_mail_that_ends_in_a_cut_line_goes_on(open_door):
    house = open_door()
    with house.client() as client:
        client.begin()
        client.send(b"a\r\n.\r")
        client.send(b"\n")
        assert client.reply().startswith("250")
        client.begin()
        client.send(b"a\r")
        client.send(b"\n.")
        client.send(b"\r\n")
        assert client.reply().startswith("250")
    assert [raw[-3:] for raw, _ in house.mails] == [b"a\r\n", b"a\r\n"]


def test_a_line_may_be_long_but_not_endless(open_door):
    house = open_door()
    with house.client() as client:
        client.begin()
        client.send(b"x" * 9_000 + b"\r\n.\r\n")
        assert client.reply().startswith("250")
        for octets in (10_001, 100_001):
            client.begin()
            client.send(b"x" * octets + b"\r\n.\r\n")
            assert client.reply().startswith("554 5.6.0")
    assert len(house.mails) == 1


def test_long_commands_and_garbage_are_refused(open_door):
    house = open_door()
    with house.client() as client:
        assert client.say("EHLO client.example").startswith("250")
        assert client.say("NOOP " + "x" * 2000).startswith("500")
        assert client.say("NOOP " + "x" * 50_000).startswith("500")
        client.send(b"\xff\xfe\x00garbage\r\n")
        assert client.reply().startswith("500")
        client.send(b"\x00\x01FOO\rBAR \xe9\r\n")
        reply = client.reply()
        assert reply.startswith("500")
        assert reply[:-2].isprintable()
        assert client.say("").startswith("500")
        client.send(b"EHLO \xff\xfe(x)\x1b[31m y\r\n")
        assert client.reply().startswith("250")
        client.begin(name="a\rX-Evil:(b)\0")
        client.send(b"a\x00b\xff\r\n.\r\n")
        assert client.reply().startswith("250")
    [(raw, [envelope])] = house.mails
    assert raw.startswith(b"Received: from a?X-Evil:?b?? ([127.0.0.1])\r\n\tby ")
    assert raw.endswith(b"a\x00b\xff\r\n")
    assert envelope.helo == "a?X-Evil:?b??"


def test_unknown_commands_end_the_conversation(open_door):
    house = open_door()
    with house.client() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"Cookie: y\r\n" * 100)
        assert len(client.all_replies()) <= 5
    assert is_alone(house)


def test_errors_that_bring_no_mail_end_the_conversation(open_door):
    house = open_door()
    with house.client() as client:
        client.say("EHLO client.example")
        client.say("MAIL FROM:<joe@there.example>")
        client.send(b"RCPT TO:<nobody@invites.example>\r\n" * 100)
        replies = client.all_replies()
    assert [reply[:3] for reply in replies] == ["550"] * conversation.MAX_ERRORS + ["421"]
    assert is_alone(house)


def test_a_body_sent_as_commands_ends_the_conversation(open_door):
    house = open_door()
    with house.client() as client:
        client.send(b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<nobody@invites.example>\r\nDATA\r\n" + MAIL * 30 + b".\r\n")
        assert client.all_replies()[-1][:3] in ("421", "502")
    assert house.mails == []


def test_idle_talk_ends_the_conversation(open_door):
    house = open_door()
    with house.client() as client:
        client.send(b"NOOP\r\n" * 1000)
        replies = client.all_replies()
    assert replies[-1].startswith("421")
    assert len(replies) < 350


def test_a_client_that_brings_mail_may_err_for_ever(open_door):
    house = open_door()
    with house.client() as client:
        for _ in range(30):
            client.say("EHLO client.example")
            client.say("MAIL FROM:<joe@there.example>")
            client.say("RCPT TO:<nobody@invites.example>")
            client.say("RSET")
            client.begin()
            client.send(MAIL + b".\r\n")
            assert client.reply().startswith("250")


@pytest.mark.parametrize("said", ["", "EHLO client.example\r\n", "EHLO client.exam"])
def test_an_idle_client_is_hung_up_on(open_door, said):
    house = open_door(smtp_timeout=0.2)
    with house.client() as client:
        client.send(said.encode())
        assert client.all_replies()[-1].startswith("421 4.4.2")
    assert is_alone(house)


def test_a_client_that_falls_silent_in_data_is_hung_up_on(open_door):
    house = open_door(smtp_timeout=0.5)
    with house.client() as client:
        client.begin()
        client.send(b"Subject: a\r\n")
        assert client.all_replies()[-1].startswith("421 4.4.2")
    assert is_alone(house)
    assert house.mails == []


def drip(client, data, seconds):
    """Send octet by octet until the server hangs up; how long that took."""
    began = monotonic()
    client.socket.settimeout(seconds)
    while True:
        try:
            client.send(data)
            if not client.socket.recv(1000):
                return monotonic() - began
        except TimeoutError:
            continue
        except OSError:
            return monotonic() - began


def test_a_command_that_comes_octet_by_octet_ends(open_door):
    house = open_door(smtp_timeout=0.2)
    with house.client() as client:
        assert drip(client, b"x", 0.05) < 5
    assert is_alone(house)


def test_a_mail_that_comes_octet_by_octet_ends_but_may_be_slow(open_door, monkeypatch):
    monkeypatch.setattr(conversation, "PATIENCE", 3)
    house = open_door(smtp_timeout=0.5)
    with house.client() as client:
        client.begin()
        assert 1 < drip(client, b"x", 0.05) < 10
    assert is_alone(house)
    assert house.mails == []


def test_a_client_that_never_reads_is_cut_off(open_door):
    house = open_door(smtp_timeout=0.2)
    with house.client() as client:
        client.socket.settimeout(0.1)
        try:
            while True:
                client.send(b"HELP\r\n" * 1000)
        except OSError:
            pass
        assert is_alone(house)


def test_a_mail_without_end_is_cut_off(open_door):
    house = open_door(smtp_max_bytes=10_000)
    with house.client() as client:
        client.begin()
        with pytest.raises(OSError):  # noqa: PT011 - whichever way the line is cut
            client.send((b"x" * 98 + b"\r\n") * 1_000_000)
    assert is_alone(house)


@pytest.mark.parametrize("how", ["close", "reset", "half"])
@pytest.mark.parametrize("said", [b"", MAIL, MAIL + b"."])
def test_a_client_that_leaves_in_data_brought_nothing(open_door, said, how):
    house = open_door()
    with house.client() as client:
        client.begin()
        client.send(said)
        if how == "reset":
            client.reset()
        if how == "half":
            client.socket.shutdown(socket.SHUT_WR)
            assert client.all_replies() == []
    assert is_alone(house)
    assert house.mails == []


def test_a_client_that_leaves_while_its_mail_is_stored_leaves_no_trace(open_door):
    house = open_door()
    house.may_store.clear()
    with house.client() as client:
        client.begin()
        client.send(MAIL + b".\r\n")
        assert house.is_storing.wait(20)
    assert is_alone(house)


@pytest.mark.parametrize("limit", ["smtp_max_connections", "smtp_max_per_peer"])
def test_connections_are_limited(open_door, limit):
    house = open_door(**{limit: 2})
    with house.client(), house.client(), house.client("421") as third:
        assert third.reply() == ""
    assert is_alone(house)
    with house.client("220"):
        pass


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n"])
@pytest.mark.parametrize("how", ["close", "reset", "stay"])
def test_a_handshake_that_comes_to_nothing_frees_its_place(open_door, certificate, said, how):
    house = open_door(smtp_timeout=0.3 if how == "stay" else 60, **certificate)
    with house.client() as client:
        client.say("EHLO client.example")
        assert client.say("STARTTLS").startswith("220")
        client.send(said)
        if how == "reset":
            client.reset()
        if how == "stay":
            client.wait_for_the_end()
    assert is_alone(house)


def test_a_stop_hangs_up_on_the_idle(open_door):
    house = open_door()
    with house.client() as client:
        client.say("EHLO client.example")
        house.run(house.door.stop())
        assert client.reply().startswith("421 4.3.2")
        assert client.reply() == ""
        house.run(house.door.start())
    with house.client():
        pass


def test_a_stop_waits_for_the_mail_on_its_way(open_door):
    house = open_door()
    with house.client() as client:
        client.begin()
        client.send(b"Subject: a\r\n")
        stopping = house.start(house.door.stop())
        client.send(b"\r\nb\r\n.\r\n")
        assert client.reply().startswith("250")
        assert client.reply().startswith("421")
        assert client.reply() == ""
        stopping.result(20)
    assert len(house.mails) == 1


def test_a_stop_does_not_wait_for_ever(open_door):
    house = open_door(smtp_timeout=0.5)
    house.may_store.clear()
    with house.client() as client:
        client.begin()
        client.send(MAIL + b".\r\n")
        assert house.is_storing.wait(20)
        house.run(house.door.stop())
        assert client.all_replies() == []
