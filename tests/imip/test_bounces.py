from base64 import b64encode

import pytest

from invited.domain.bounce import BounceKind
from invited.imip.bounces import read_bounce
from invited.imip.diagnosis import kind_of
from invited.imip.mail import read
from tests.imip.inbound_mails import calendar, event, mail


def report(*blocks, returned="", kind="message/rfc822", report_type="delivery-status"):
    status = "\n\n".join(["Reporting-MTA: dns; mx.x.org", *blocks])
    return read(
        (
            "From: MAILER-DAEMON@x.org\n"
            f"Content-Type: multipart/report; report-type={report_type}; boundary=b\n\n"
            "--b\nContent-Type: text/plain\n\nSorry.\n"
            f"--b\nContent-Type: message/{report_type}\n\n{status}\n\n"
            f"--b\nContent-Type: {kind}\n\n{returned}\n--b--\n"
        ).encode()
    )


FAILED = (
    "Final-Recipient: rfc822; Guest@x.org\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 no such\n user"
)
DELAYED = "Final-Recipient: rfc822; guest@x.org\nAction: delayed\nStatus: 4.4.1"
DELIVERED = "Final-Recipient: rfc822; other@x.org\nAction: delivered\nStatus: 2.0.0"


def test_a_failure_gives_back_the_invite():
    bounce = read_bounce(report(FAILED, returned=mail(calendar(event(uid="e-t@x"))).decode()))
    assert bounce.kind is BounceKind.HARD
    assert bounce.reason == "5.1.1 550 5.1.1 no such user"
    assert (bounce.recipient, bounce.uid) == ("guest@x.org", "e-t@x")


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_headers_are_enough(kind):
    bounce = read_bounce(report(FAILED, returned="Subject: x\nX-Invited-UID: e-t@x\n", kind=kind))
    assert bounce.uid == "e-t@x"


@pytest.mark.parametrize(
    ("blocks", "kind"),
    [
        ([FAILED], BounceKind.HARD),
        ([DELAYED], BounceKind.DELAYED),
        ([DELIVERED, DELAYED, FAILED], BounceKind.HARD),
        (["Final-Recipient: rfc822; a@x.org\nStatus: 5.0.0 (gone)"], BounceKind.SOFT),
        (["Final-Recipient: rfc822; a@x.org\nStatus: 4.0.0"], BounceKind.DELAYED),
        (["Final-Recipient: rfc822; a@x.org\nAction: failed\nStatus: 4.4.7"], BounceKind.SOFT),
        (["Final-Recipient: rfc822; a@x.org\nAction: failed\nStatus: 5.2.2"], BounceKind.SOFT),
        (["Final-Recipient: rfc822; a@x.org\nAction: failed"], BounceKind.SOFT),
        ([FAILED + "\n" + DELIVERED], BounceKind.HARD),
    ],
)
def test_what_it_means_for_the_address(blocks, kind):
    bounce = read_bounce(report(*blocks))
    assert bounce.kind is kind
    assert bounce.uid == ""


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "anything", BounceKind.HARD),
        ("5.1.10", "", BounceKind.HARD),
        ("5.1.8", "bad sender", BounceKind.SOFT),
        ("5.7.1", "user unknown, says the filter", BounceKind.SOFT),
        ("5.2.2", "mailbox full", BounceKind.SOFT),
        ("", "550 No such user here", BounceKind.HARD),
        ("", "sorry, no mailbox here by that name: account disabled", BounceKind.HARD),
        ("", "550 the mailbox of this user is full", BounceKind.SOFT),
        ("", "554 rejected as spam: user unknown", BounceKind.SOFT),
        ("5.0.0", "550 5.1.1 unknown or illegal alias", BounceKind.HARD),
        ("5.4.4", "Host or domain name not found", BounceKind.HARD),
        ("5.4.4", "no route to host", BounceKind.SOFT),
        ("", "", BounceKind.SOFT),
    ],
)
def test_the_diagnosis(status, words, kind):
    assert kind_of(status, words) is kind


UID = f"{'a' * 16}-{'b' * 16}@"
QMAIL = (
    "Hi. This is the qmail-send program at x.org.\nSorry.\n\n<guest@x.org>:\n{}\n\n--- Below this line is a copy.\n\n"
)


def prose(text, returned="", sender="MAILER-DAEMON@x.org", headers=""):
    return f"From: {sender}\n{headers}Subject: failure notice\n\n{text}{returned}".encode()


def bounce_of(raw, recipient=""):
    return read_bounce(read(raw, ""), raw, recipient)


def test_prose_is_understood():
    bounce = bounce_of(prose(QMAIL.format("Remote host said: 550 5.1.1 No such user")))
    assert (bounce.kind, bounce.recipient) == (BounceKind.HARD, "guest@x.org")
    assert bounce.reason == "Remote host said: 550 5.1.1 No such user"


def test_prose_in_base64():
    text = b64encode(QMAIL.format("550 5.2.2 mailbox full").encode()).decode()
    headers = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
    assert bounce_of(prose(text, headers=headers)).kind is BounceKind.SOFT


def test_an_original_does_not_tell_the_reason():
    bounce = bounce_of(prose(QMAIL.format("It failed."), "Subject: 550 5.1.1 user unknown\n"))
    assert bounce.kind is BounceKind.SOFT


@pytest.mark.parametrize(
    "returned",
    [
        f"Message-ID: <{UID[:-1]}.3.0@invites.test>",
        f"X-Invited-UID: {UID}invites.test",
        f"In-Reply-To: <{UID[:-1]}.0.1@invites.test>",
        f"Return-Path: <rsvp+{UID.upper()}invites.test>",
    ],
)
def test_the_invite_is_found_in_whatever_came_back(returned):
    assert bounce_of(prose(QMAIL.format("no"), returned)).uid == UID


def test_the_return_path_tells_the_invite():
    assert bounce_of(prose(QMAIL.format("no")), f"rsvp+{UID}invites.test").uid == UID
    assert bounce_of(prose(QMAIL.format("no")), "rsvp@invites.test").uid == ""


@pytest.mark.parametrize("sender", ["bob@x.org", "noreply@x.org"])
def test_people_and_absences_may_use_any_words(sender):
    raw = prose(QMAIL.format("550 5.1.1 No such user"), sender=sender, headers="Auto-Submitted: auto-replied\n")
    assert bounce_of(raw, f"rsvp+{UID}invites.test") is None


def test_a_daemon_may_write_other_things():
    assert bounce_of(prose("The list of users is 5.1.1 now.")) is None


ARF = "Feedback-Type: {}\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: <Guest@x.org>"


def complaint(kind):
    return (
        "From: fbl@x.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        f"--b\nContent-Type: message/feedback-report\n\n{ARF.format(kind)}\n\n"
        f"--b\nContent-Type: message/rfc822\n\nX-Invited-UID: {UID}invites.test\nSubject: x\n\nx\n--b--\n"
    ).encode()


@pytest.mark.parametrize("kind", ["abuse", "ABUSE", "fraud", "opt-out"])
def test_a_complaint(kind):
    found = bounce_of(complaint(kind))
    assert (found.kind, found.reason) == (BounceKind.COMPLAINT, kind.lower())
    assert (found.recipient, found.uid) == ("guest@x.org", UID)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", ""])
def test_other_feedback_is_no_complaint(kind):
    assert bounce_of(complaint(kind)) is None


@pytest.mark.parametrize(
    "found",
    [
        report(DELIVERED),
        report(),
        report("Disposition: manual-action; displayed", report_type="disposition-notification"),
        read(mail(calendar(event()))),
        read(b""),
    ],
)
def test_what_is_no_bounce(found):
    assert read_bounce(found) is None
