import pytest

from invited.imip.bounces import read_bounce
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
    assert bounce.is_permanent
    assert bounce.reason == "5.1.1 550 5.1.1 no such user"
    assert (bounce.recipient, bounce.uid) == ("guest@x.org", "e-t@x")


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_headers_are_enough(kind):
    bounce = read_bounce(report(FAILED, returned="Subject: x\nX-Invited-UID: e-t@x\n", kind=kind))
    assert bounce.uid == "e-t@x"


@pytest.mark.parametrize(
    ("blocks", "is_permanent"),
    [
        ([FAILED], True),
        ([DELAYED], False),
        ([DELIVERED, DELAYED, FAILED], True),
        (["Final-Recipient: rfc822; a@x.org\nStatus: 5.0.0 (gone)"], True),
        (["Final-Recipient: rfc822; a@x.org\nStatus: 4.0.0"], False),
        (["Final-Recipient: rfc822; a@x.org\nAction: failed\nStatus: 4.4.7"], True),
        ([FAILED + "\n" + DELIVERED], True),
    ],
)
def test_given_up_or_only_late(blocks, is_permanent):
    bounce = read_bounce(report(*blocks))
    assert bounce.is_permanent is is_permanent
    assert bounce.uid == ""


@pytest.mark.parametrize(
    "found",
    [
        report(DELIVERED),
        report(),
        report("Disposition: manual-action; displayed", report_type="disposition-notification"),
        report("Feedback-Type: abuse", report_type="feedback-report"),
        read(mail(calendar(event()))),
        read(b""),
    ],
)
def test_what_is_no_bounce(found):
    assert read_bounce(found) is None
