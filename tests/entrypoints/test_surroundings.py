"""What is around a server, found well or told with the next step."""

import pytest

from invited.domain.finding import Level
from invited.engines.lookup import DnsTrouble
from invited.entrypoints import surroundings
from invited.settings import Settings
from tests.entrypoints.server import free_port

KEY = ("invited._domainkey.invites.club.com", "v=DKIM1; k=rsa; p=AAAA")
PUBLISHED = {
    ("invites.club.com", "MX"): ["invites.club.com", "spare.example"],
    ("invites.club.com", "TXT"): ["other=1", "v=spf1 mx include:relay.example ~all"],
    ("_dmarc.invites.club.com", "TXT"): ["v=DMARC1; p=none"],
    (KEY[0], "TXT"): ["v=DKIM1; p=AA AA"],
}


def settings(**changes):
    real = {
        "domain": "invites.club.com",
        "public_url": "https://invites.club.com",
        "smtp_listen": "127.0.0.1:2525",
        "smtp_lmtp": True,
        "relay": "smtp://127.0.0.1:25",
    }
    return Settings(**(real | changes))


def told(findings):
    return [finding.text for finding in findings if finding.level is not Level.OK]


def test_what_dns_has_is_enough_where_it_serves():
    assert told(surroundings.names(settings(), [KEY], lambda name, kind, _: PUBLISHED[name, kind])) == []


@pytest.mark.parametrize(
    ("place", "found", "text"),
    [
        (("invites.club.com", "MX"), [], "invites.club.com has no MX record"),
        (("invites.club.com", "TXT"), ["other=1"], "invites.club.com has no TXT record v=spf1"),
        (("invites.club.com", "TXT"), ["v=spf1 mx", "v=spf1 a"], "is v=spf1 mx; v=spf1 a instead of"),
        (("invites.club.com", "MX"), ["other.example"], "is other.example instead of"),
        (("_dmarc.invites.club.com", "TXT"), [], "has no TXT record v=DMARC1"),
        ((KEY[0], "TXT"), ["v=DKIM1; p=BBBB"], "instead of v=DKIM1; k=rsa; p=AAAA"),
    ],
)
def test_what_dns_lacks_is_told(place, found, text):
    published = PUBLISHED | {place: found}
    (fault,) = told(surroundings.names(settings(), [KEY], lambda name, kind, _: published[name, kind]))
    assert text in fault


def test_a_resolver_in_trouble_and_an_unsigned_domain_are_warnings():
    def lookup(name, kind, _):
        raise DnsTrouble(f"{kind} of {name}: timed out")

    found = list(surroundings.names(settings(), [], lookup))
    assert {finding.level for finding in found} == {Level.WARNING}
    assert "not signed here" in found[0].text


def test_domains_of_this_machine_are_not_asked_for():
    def lookup(*_):
        raise AssertionError("asked")

    (well,) = surroundings.names(settings(domain="invites.localhost"), [], lookup)
    assert well.level is Level.OK


def test_settings_that_fit_a_public_domain():
    assert told(surroundings.addresses(settings())) == []
    assert told(surroundings.addresses(Settings())) == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"public_url": ""}, "which nobody else can open"),
        ({"public_url": "http://invites.club.com"}, "without TLS"),
        ({"smtp_lmtp": False}, "mail is taken at 127.0.0.1:2525 alone"),
        ({"relay": None}, "no mail goes out"),
    ],
)
def test_settings_that_do_not(changes, text):
    (fault,) = told(surroundings.addresses(settings(**changes)))
    assert text in fault


def test_a_full_disk_is_told(monkeypatch, tmp_path):
    assert told(surroundings.disk(tmp_path)) == []
    monkeypatch.setattr(surroundings, "LOW", 10**18)
    (low,) = surroundings.disk(tmp_path)
    assert (low.level, low.what) == (Level.WRONG, "disk")


def test_a_relay_that_greets_is_ready(open_door):
    port = open_door().door.port
    (well,) = surroundings.relay(settings(relay=f"smtp://127.0.0.1:{port}"))
    assert (well.level, well.text) == (Level.OK, f"127.0.0.1:{port} is ready to take mail")


def test_a_relay_that_offers_no_login_or_is_not_there_is_told(open_door):
    port = open_door().door.port
    (refused,) = surroundings.relay(settings(relay=f"smtp://user:secret@127.0.0.1:{port}"))
    (gone,) = surroundings.relay(settings(relay=f"smtp://127.0.0.1:{free_port()}"))
    assert {refused.level, gone.level} == {Level.WRONG}
    assert "secret" not in refused.text + refused.remedy
    assert list(surroundings.relay(settings(relay=None))) == []
