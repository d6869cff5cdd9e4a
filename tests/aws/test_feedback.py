"""What SES tells of mails that it sent and took, in the shapes of its developer guide."""

import json
from datetime import UTC, datetime

import pytest

from invited.domain.bounce import BounceKind
from invited.domain.errors import Aside
from invited.engines.aws.feedback import bounce
from invited.engines.aws.notices import arrivals
from tests.aws import ses

TAGS = {"event": "a" * 16, "token": "b" * 16}
AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, BounceKind.HARD),
        ({"status": "5.2.2", "words": "smtp; 552 5.2.2 mailbox full"}, BounceKind.SOFT),
        ({"kind": "Transient", "sub": "General", "status": "4.4.7", "words": "smtp; expired"}, BounceKind.SOFT),
        ({"kind": "Permanent", "sub": "OnAccountSuppressionList", "status": "5.1.1"}, BounceKind.HARD),
        ({"kind": "Permanent", "sub": "NoEmail", "status": "", "words": ""}, BounceKind.HARD),
        ({"kind": "Undetermined", "sub": "Undetermined", "status": "", "words": ""}, BounceKind.SOFT),
    ],
)
def test_bounces(told, kind):
    found = bounce(ses.bounce(TAGS, **told))
    assert (found.kind, found.uid, found.received) == (kind, f"{'a' * 16}-{'b' * 16}@", AT)


def test_a_rejected_mail_is_a_bounce():
    found = bounce(ses.event("Reject", TAGS, reason="Bad content"))
    assert (found.kind, found.reason) == (BounceKind.SOFT, "SES rejected the mail: Bad content")


@pytest.mark.parametrize("text", [ses.event("Delivery", TAGS), ses.bounce({}), ses.bounce({"event": "a" * 16})])
def test_what_is_about_no_invite_is_set_aside(text):
    with pytest.raises(Aside):
        bounce(text)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"eventType": "Bounce"}'])
def test_what_is_no_event_is_told_apart(text):
    with pytest.raises((ValueError, KeyError, TypeError)):
        bounce(text)


def notice(recipients=("create@a.example",), sender="ann@club.example", **receipt):
    return ses.notice("bucket", "m1", sender, list(recipients), AT, **receipt)


def test_a_mail_comes_once_for_each_of_our_mailboxes():
    found = arrivals(
        notice(["Create@a.example", "create+x@a.example", "rsvp@b.example", "eve@a.example"]), ["a.example"]
    )
    assert [(mail.mailbox, mail.recipient, mail.domain) for mail in found] == [
        ("create", "Create@a.example", "a.example")
    ]
    (mail,) = found
    assert (mail.envelope_from, mail.received, mail.helo, mail.key.endswith(".m1")) == (
        "ann@club.example",
        AT,
        "amazonses.com",
        True,
    )
    assert arrivals(notice(sender="<>"), ["a.example"])[0].envelope_from == ""


def test_spam_may_answer_and_nothing_else():
    spam = {"spamVerdict": {"status": "FAIL"}}
    found = arrivals(notice(["create@a.example", "rsvp@a.example"], **spam), ["a.example"])
    assert [mail.mailbox for mail in found] == ["rsvp"]
    with pytest.raises(Aside):
        arrivals(notice(**spam), ["a.example"])


def test_viruses_and_strangers_are_set_aside():
    for text in (notice(virusVerdict={"status": "FAIL"}), notice(["eve@a.example"]), notice(["create@b.example"])):
        with pytest.raises(Aside):
            arrivals(text, ["a.example"])


def test_a_notice_must_be_of_our_own_bucket_rule():
    told = json.loads(notice())
    told["receipt"]["action"]["objectKey"] = "elsewhere/m1"
    with pytest.raises(ValueError, match="inbound/"):
        arrivals(json.dumps(told), ["a.example"])
