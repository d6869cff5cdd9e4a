"""A mail handed on is whole, and no content of it can break out of its part."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from invited.imip.forwarded import MAX_WHOLE, forward


def forwarded(raw, **changes):
    facts = {
        "text": "Bob wrote:\n> Hi\n",
        "subject": "Re: Game",
        "sender": ("Bob Bell", "rsvp@invites.test"),
        "reply_to": "bob@fan.test",
        "to": "ann@club.test",
        "message_id": "<m1@invites.test>",
        "date": datetime(2026, 12, 1, tzinfo=UTC),
    }
    made = forward(raw, **(facts | changes))
    assert b"\n" not in made.replace(b"\r\n", b"")
    return message_from_bytes(made, policy=policy.default)


def test_from_us_with_the_writers_name_and_reply_to():
    mail = forwarded(b"From: bob@fan.test\n\nHi\n")
    assert (mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec) == (
        "Bob Bell",
        "rsvp@invites.test",
    )
    assert (mail["Reply-To"], mail["To"], mail["Subject"]) == ("bob@fan.test", "ann@club.test", "Re: Game")
    assert mail["Auto-Submitted"] == "auto-generated"
    text, whole = mail.iter_parts()
    assert text.get_content().splitlines() == ["Bob wrote:", "> Hi"]
    assert whole.get_content_type() == "message/rfc822"
    assert whole.get_content()["From"] == "bob@fan.test"


def test_nothing_in_a_name_or_subject_begins_another_field():
    mail = forwarded(b"x", sender=('Eve"\r\nBcc: x@y.z', "rsvp@invites.test"), subject="Hi\r\nBcc: x@y.z")
    assert "Bcc" not in mail


@pytest.mark.parametrize("raw", [b"From: a@b.c\n\n" + b"x" * 2000 + b"\n", b"From: a@b.c\n\n\0\n"])
def test_what_no_server_would_carry_goes_as_a_file(raw):
    _, whole = forwarded(raw).iter_parts()
    assert whole.get_content_type() == "application/octet-stream"
    assert whole.get_content() == raw


def test_eight_bits_are_told():
    _, whole = forwarded("From: a@b.c\n\nÄ\n".encode()).iter_parts()
    assert whole["Content-Transfer-Encoding"] == "8bit"


def test_of_a_large_mail_only_the_text_goes_on():
    assert len(list(forwarded(b"x\n" * MAX_WHOLE).iter_parts())) == 1
