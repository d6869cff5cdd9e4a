"""The door as an honest client sees it."""

import email
import smtplib
import ssl

import pytest

from invited.domain.errors import Temporary
from invited.entrypoints.smtp import Arrival, SmtpDoor
from invited.settings import Settings

MAIL = b"From: joe@there.example\r\nSubject: Match\r\n\r\nSee you\r\n"


def test_a_mail_comes_in_as_it_was_sent_with_its_way_on_top(open_door):
    house = open_door()
    with house.client() as client:
        client.begin()
        client.send(MAIL + b".\r\n")
        assert client.reply().startswith("250 ")
        assert client.say("QUIT").startswith("221")
    [(raw, envelopes)] = house.mails
    assert raw.endswith(MAIL)
    assert envelopes == [
        Arrival(
            "create",
            "create@invites.example",
            "invites.example",
            "joe@there.example",
            "127.0.0.1",
            "client.example",
        )
    ]
    [way] = email.message_from_bytes(raw).get_all("Received")
    assert way.startswith("from client.example ([127.0.0.1])\r\n\tby invites.example with ESMTP id ")


def test_one_line_is_logged_and_it_names_no_stranger(open_door):
    house = open_door()
    with house.client() as client:
        client.begin("create@invites.example", "report@invites.example")
        client.send(MAIL + b".\r\n")
        reply = client.reply()
    [line] = open_door.logs
    assert line.pop("id") in reply
    assert line == {
        "event": "received",
        "log_level": "info",
        "size": len(MAIL),
        "mailboxes": ["create", "report"],
        "peer": "127.0.0.1",
    }


def test_the_standard_library_can_mail_with_any_line_end(open_door):
    house = open_door()
    with smtplib.SMTP("127.0.0.1", house.door.port) as smtp:
        smtp.sendmail("", ["rsvp@invites.example"], b"Subject: a\n\n.\n..b\n.c")
        smtp.sendmail("jö@there.example", ["rsvp@invites.example"], MAIL, ["SMTPUTF8", "BODY=8BITMIME"])
        assert smtp.has_extn("pipelining")
        assert smtp.esmtp_features["size"] == "10000000"
        assert not smtp.has_extn("auth")
        assert not smtp.has_extn("starttls")
    [(first, [envelope]), (second, [other])] = house.mails
    assert first.endswith(b"Subject: a\r\n\r\n.\r\n..b\r\n.c\r\n")
    assert envelope.envelope_from == ""
    assert other.envelope_from == "jö@there.example"
    assert b"with UTF8SMTP id" in second


def test_a_recipient_given_twice_or_with_a_plus_gets_one_mail(open_door):
    house = open_door()
    with house.client() as client:
        client.begin(
            "create@invites.example",
            "CREATE@invites.example",
            "create+x@invites.example",
            "list@invites.example",
            "list.abcdefgh23456789@invites.example",
        )
        client.send(MAIL + b".\r\n")
        assert client.reply().startswith("250")
    [(_, envelopes)] = house.mails
    assert [(e.mailbox, e.recipient) for e in envelopes] == [
        ("create", "create@invites.example"),
        ("list", "list@invites.example"),
        ("list", "list.abcdefgh23456789@invites.example"),
    ]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("RCPT TO:<joe@invites.example>", "550 5.1.1"),
        ("RCPT TO:<postmaster@invites.example>", "550 5.1.1"),
        ("RCPT TO:<create@elsewhere.example>", "550 5.7.1"),
        ("RCPT TO:<create%elsewhere.example@invites.example>", "550 5.7.1"),
        ("RCPT TO:<@hop.example:create@invites.example>", "550 5.7.1"),
        ('RCPT TO:<"create"@invites.example>', "550 5.7.1"),
        ('RCPT TO:<"a b@elsewhere.example"@invites.example>', "550 5.7.1"),
        ("RCPT TO:<create@invites.example> NOTIFY=NEVER", "501"),
        ("RCPT TO:create@invites.example", "501"),
        ("RCPT TO:<>", "501"),
        ("RCPT", "501"),
        ("MAIL FROM:<other@there.example>", "503"),
        ("DATA", "503"),
        ("VRFY create", "252"),
        ("EXPN list", "502"),
        ("AUTH PLAIN AGpvZQBzZWNyZXQ=", "502"),
        ("STARTTLS", "502"),
        ("HELP", "214"),
        ("BDAT 5 LAST", "500"),
        ("LHLO client.example", "500"),
        ("NOOP", "250"),
    ],
)
def test_what_is_refused_within_a_mail(open_door, command, reply):
    house = open_door()
    with house.client() as client:
        client.say("EHLO client.example")
        client.say("MAIL FROM:<joe@there.example>")
        assert client.say(command).startswith(reply)
        assert client.say("RCPT TO:<create@invites.example>").startswith("250")


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("<>", "250"),
        ("<@hop.example,@hop2.example:joe@there.example>", "250"),
        ('<"joe q"@there.example>', "250"),
        ("<joe.@there.example>", "250"),
        ("<joe@[IPv6:2001:db8::1]>", "250"),
        (" <joe@there.example> SIZE=100 BODY=8BITMIME", "250"),
        ("<jö@there.example> SMTPUTF8", "250"),
        ("<jö@there.example>", "553"),
        ("<joe@there.example> SIZE=10000001", "552"),
        ("<joe@there.example> SIZE=x", "501"),
        ("<joe@there.example> SIZE=1 SIZE=2", "501"),
        ("<joe@there.example> BODY=BINARYMIME", "501"),
        ("<joe@there.example> AUTH=<>", "555"),
        ("<joe@there.example> RET=HDRS", "555"),
        ("<joe@there.example>SIZE=1", "501"),
        ("<joe>", "501"),
        ("<joe@there.example", "501"),
        ("joe@there.example", "501"),
        ("<joe@@there.example>", "501"),
        ("<joe\x00@there.example>", "501"),
        ("<joe\r@there.example>", "501"),
        ("<" + "j" * 250 + "@there.example>", "501"),
        ("", "501"),
    ],
)
def test_senders(open_door, argument, reply):
    house = open_door()
    with house.client() as client:
        client.say("EHLO client.example")
        assert client.say(f"MAIL FROM:{argument}").startswith(reply)


def test_plain_smtp_knows_no_parameters(open_door):
    house = open_door()
    with house.client() as client:
        assert client.say("MAIL FROM:<joe@there.example>").startswith("503")
        assert client.say("HELO").startswith("501")
        assert client.say("EHLO").startswith("501")
        assert client.say("HELO client.example").startswith("250 invites.example")
        assert client.say("MAIL FROM:<joe@there.example> SIZE=1").startswith("555")
        assert client.say("MAIL FROM:<joe@there.example>").startswith("250")


def test_recipients_are_limited(open_door):
    house = open_door(smtp_max_recipients=2)
    with house.client() as client:
        client.say("EHLO client.example")
        client.say("MAIL FROM:<joe@there.example>")
        assert client.say("RCPT TO:<create@invites.example>").startswith("250")
        assert client.say("RCPT TO:<rsvp@invites.example>").startswith("250")
        assert client.say("RCPT TO:<list@invites.example>").startswith("452 4.5.3")
        client.say("DATA")
        client.send(MAIL + b".\r\n")
        assert client.reply().startswith("250")
    assert len(house.mails[0][1]) == 2


def test_a_mail_that_is_too_big_is_refused_and_the_next_is_taken(open_door):
    house = open_door(smtp_max_bytes=10_000)
    with house.client() as client:
        client.begin()
        client.send(b"x" * 98 + b"\r\n" + b"y" * 98 + b"\r\n")
        client.send((b"z" * 98 + b"\r\n") * 100 + b".\r\n")
        assert client.reply().startswith("552 5.3.4")
        client.begin()
        client.send(MAIL + b".\r\n")
        assert client.reply().startswith("250")
    assert len(house.mails) == 1


def test_250_is_said_only_after_the_mail_is_stored(open_door):
    house = open_door()
    house.may_store.clear()
    with house.client() as client:
        client.begin()
        client.send(MAIL + b".\r\n")
        assert house.is_storing.wait(20)
        client.socket.settimeout(0.05)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(20)
        house.may_store.set()
        assert client.socket.recv(100).startswith(b"250")


def test_storing_may_take_longer_than_a_client_may(open_door):
    house = open_door(smtp_timeout=0.4)
    house.may_store.clear()
    with house.client() as client:
        client.begin()
        client.send(MAIL + b".\r\n")
        assert house.is_storing.wait(20)
        client.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(20)
        house.may_store.set()
        assert client.socket.recv(100).startswith(b"250")


@pytest.mark.parametrize("error", [Temporary("the disk is full"), OSError("See you"), ValueError("See you")])
def test_what_cannot_be_stored_is_left_with_the_client(open_door, error):
    house = open_door()
    house.fails_with = error
    with house.client() as client:
        client.begin()
        client.send(MAIL + b".\r\n")
        assert client.reply() == "451 4.3.0 The mail could not be stored, try again later\r\n"
        house.fails_with = None
        client.begin()
        client.send(MAIL + b".\r\n")
        assert client.reply().startswith("250")
    assert open_door.logs[0]["log_level"] == "error"
    assert "See you" not in str(open_door.logs)


def test_rset_forgets_the_mail(open_door):
    house = open_door()
    with house.client() as client:
        client.say("EHLO client.example")
        client.say("MAIL FROM:<joe@there.example>")
        client.say("RCPT TO:<create@invites.example>")
        assert client.say("RSET").startswith("250")
        assert client.say("DATA").startswith("503")
        client.begin("rsvp@invites.example")
        client.send(MAIL + b".\r\n")
        assert client.reply().startswith("250")
    assert [e.mailbox for e in house.mails[0][1]] == ["rsvp"]


def test_commands_may_be_pipelined(open_door):
    house = open_door()
    one = b"MAIL FROM:<>\r\nRCPT TO:<rsvp@invites.example>\r\nRCPT TO:<nobody@invites.example>\r\nDATA\r\n"
    with house.client() as client:
        client.send(b"EHLO client.example\r\n" + (one + MAIL + b".\r\n") * 2 + b"QUIT\r\n")
        codes = [reply[:3] for reply in client.all_replies()]
    assert codes == ["250", *["250", "250", "550", "354", "250"] * 2, "221"]
    assert len(house.mails) == 2


def test_an_empty_mail_is_a_mail(open_door):
    house = open_door()
    with house.client() as client:
        client.begin()
        assert client.say(".").startswith("250")
    assert len(house.mails) == 1


def test_a_mail_that_goes_in_circles_is_refused(open_door):
    house = open_door()
    with house.client() as client:
        client.begin()
        client.send(b"Received: from a\r\n by b; now\r\n" * 101 + MAIL + b".\r\n")
        assert client.reply().startswith("554 5.4.6")
    assert house.mails == []


def test_lmtp_answers_once_per_recipient(open_door):
    house = open_door(smtp_lmtp=True)
    with house.client() as client:
        assert client.say("EHLO client.example").startswith("500")
        assert client.say("HELO client.example").startswith("500")
        assert "250-PIPELINING" in client.say("LHLO client.example")
        client.say("MAIL FROM:<joe@there.example>")
        client.say("RCPT TO:<create@invites.example>")
        client.say("RCPT TO:<nobody@invites.example>")
        client.say("RCPT TO:<create@invites.example>")
        client.say("RCPT TO:<rsvp@invites.example>")
        client.say("DATA")
        client.send(MAIL + b".\r\nNOOP\r\n")
        replies = [client.reply() for _ in range(4)]
        assert [reply[:9] for reply in replies] == ["250 2.0.0"] * 3 + ["250 OK\r\n"]
        house.fails_with = Temporary("the disk is full")
        client.begin("create@invites.example", "rsvp@invites.example", hello="LHLO")
        client.send(MAIL + b".\r\nNOOP\r\n")
        assert [client.reply()[:3] for _ in range(3)] == ["451", "451", "250"]
        assert client.say("DATA").startswith("503")
    [(raw, envelopes)] = house.mails
    assert [e.mailbox for e in envelopes] == ["create", "rsvp"]
    assert b"with LMTP id" in raw


def test_lmtp_answers_for_every_recipient_of_a_refused_mail(open_door):
    house = open_door(smtp_lmtp=True, smtp_max_bytes=10_000)
    with house.client() as client:
        client.begin(*["create@invites.example"] * 50, hello="LHLO")
        client.send((b"z" * 98 + b"\r\n") * 150 + b".\r\nNOOP\r\n")
        assert [client.reply()[:3] for _ in range(51)] == ["552"] * 50 + ["250"]


def test_starttls_begins_anew(open_door, certificate, authority):
    house = open_door(**certificate)
    with house.client() as client:
        assert "250-STARTTLS" in client.say("EHLO before.example")
        client.say("MAIL FROM:<joe@there.example>")
        assert client.say("STARTTLS").startswith("220")
        client.start_tls(authority)
        assert client.socket.version() in ("TLSv1.2", "TLSv1.3")
        assert client.say("RCPT TO:<create@invites.example>").startswith("503")
        assert "STARTTLS" not in client.say("EHLO after.example")
        assert "AUTH" not in client.say("EHLO after.example")
        assert client.say("STARTTLS").startswith("503")
        client.begin(name="after.example")
        client.send(MAIL + b".\r\n")
        assert client.reply().startswith("250")
        assert client.say("QUIT").startswith("221")
    assert b"from after.example ([127.0.0.1])\r\n\tby invites.example with ESMTPS id" in house.mails[0][0]


def test_what_was_said_in_plain_text_after_starttls_is_dropped(open_door, certificate, authority):
    house = open_door(**certificate)
    with house.client() as client:
        client.say("EHLO client.example")
        client.send(b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@there.example>\r\n")
        assert client.reply().startswith("220")
        client.start_tls(authority)
        assert client.say("MAIL FROM:<joe@there.example>").startswith("503 Error: send HELO first")


def test_old_tls_is_refused(open_door, certificate, authority):
    house = open_door(**certificate)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with pytest.warns(DeprecationWarning, match="TLSVersion"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with house.client() as client:
        client.say("EHLO client.example")
        client.say("STARTTLS")
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            context.wrap_socket(client.socket, server_hostname="invites.example")


def test_a_certificate_that_cannot_be_used_stops_the_start(tmp_path):
    (tmp_path / "pem").write_text("nonsense")
    settings = Settings(domain="invites.example", smtp_tls_cert=tmp_path / "pem", smtp_tls_key=tmp_path / "pem")
    with pytest.raises(ValueError, match="INVITED_SMTP_TLS_CERT"):
        SmtpDoor(settings, None)


def test_the_door_has_no_port_before_it_opens():
    with pytest.raises(RuntimeError):
        _ = SmtpDoor(Settings(domain="invites.example"), None).port
