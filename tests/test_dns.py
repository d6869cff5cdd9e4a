"""The records to publish, and how each stands in what DNS has."""

import pytest

from invited.dns import Published, Purpose, alike, purpose, records, standing
from invited.settings import Settings

KEY = ("s1._domainkey.invites.example", "v=DKIM1; k=rsa; p=MIIB")
MX, SPF, DMARC, DKIM = records(
    Settings(domain="invites.example", public_url="https://mx.invites.example", _env_file=None), [KEY]
)


def test_each_record_has_its_purpose():
    assert [purpose(record) for record in (MX, SPF, DMARC, DKIM)] == [
        Purpose.MX,
        Purpose.SPF,
        Purpose.DMARC,
        Purpose.DKIM,
    ]
    assert MX.value == "10 mx.invites.example."


@pytest.mark.parametrize(
    ("record", "found", "stands"),
    [
        (MX, None, Published.UNKNOWN),
        (MX, [], Published.MISSING),
        (MX, ["backup.example", "MX.invites.example"], Published.PUBLISHED),
        (MX, ["mx.old.example"], Published.DIFFERS),
        (SPF, ["google-site-verification=x"], Published.MISSING),
        (SPF, ["v=spf1 mx include:relay.example -all"], Published.PUBLISHED),
        (SPF, ["v=spf1 include:relay.example -all"], Published.DIFFERS),
        (SPF, ["v=spf1 mx ~all", "v=spf1 a ~all"], Published.DIFFERS),
        (DMARC, ["v=DMARC1; p=reject; rua=mailto:x@y.example"], Published.PUBLISHED),
        (DMARC, ["x"], Published.MISSING),
        (DKIM, ["v=DKIM1; p=MI IB; t=s"], Published.PUBLISHED),
        (DKIM, ["v=DKIM1; p="], Published.DIFFERS),
        (DKIM, ["v=DKIM1; k=rsa; p=OTHER"], Published.DIFFERS),
    ],
)
def test_how_a_record_stands(record, found, stands):
    assert standing(record, found) is stands


def test_only_what_is_about_the_same_thing_is_told():
    assert alike(SPF, ["v=spf1 -all", "something else"]) == ["v=spf1 -all"]
