"""Wrong settings stop the start with one clear line each; the docs lag behind nothing."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from invited.settings import Settings, described, documented, faults, load

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_every_setting_is_documented():
    assert documented() in (DOCS / "settings.md").read_text(), "run: invited settings --markdown"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("DOMAIN", "not a domain", "INVITED_DOMAIN: 'not a domain' is not a mail domain"),
        ("DOMAIN", " , ", "INVITED_DOMAIN: names no domain"),
        ("SMTP_LISTEN", "2525", "INVITED_SMTP_LISTEN: must be HOST:PORT, such as 127.0.0.1:2525"),
        ("HTTP_LISTEN", "localhost:99999", "INVITED_HTTP_LISTEN: must be HOST:PORT, such as 127.0.0.1:2525"),
        ("RELAY", "mail.example:25", "INVITED_RELAY: must be smtp://[user:password@]host[:port] or smtps://…"),
        ("PUBLIC_URL", "invites.example", "INVITED_PUBLIC_URL: must begin with http:// or https:// and name a host"),
        (
            "PUBLIC_SITES",
            "https://a.example,club",
            "INVITED_PUBLIC_SITES: 'club' is no web origin, such as https://club.example (in ASCII) or *",
        ),
        (
            "PUBLIC_LINKS",
            "a b",
            "INVITED_PUBLIC_LINKS: 'a b' is no name of a link: 1 to 40 of a-z 0-9 . _ -, a letter or digit first",
        ),
        ("EVENT_LIMIT", "0", "INVITED_EVENT_LIMIT: Input should be greater than or equal to 1"),
        ("SMTP_TLS_CERT", "cert.pem", "INVITED_SMTP_TLS_CERT and INVITED_SMTP_TLS_KEY go together"),
    ],
)
def test_wrong_settings_are_named(monkeypatch, name, value, line):
    monkeypatch.setenv(f"INVITED_{name}", value)
    with pytest.raises(ValidationError) as wrong:
        load()
    assert faults(wrong.value) == [line]


def test_trusting_every_sender_needs_a_door_that_only_this_machine_reaches(monkeypatch):
    monkeypatch.setenv("INVITED_INBOUND_AUTH", "trust")
    assert load().inbound_auth == "trust"
    monkeypatch.setenv("INVITED_SMTP_LISTEN", "0.0.0.0:25")
    with pytest.raises(ValidationError) as wrong:
        load()
    assert "must be a loopback address" in faults(wrong.value)[0]


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    file = tmp_path / "invited.conf"
    file.write_text("INVITED_EVENT_LIMIT=7\nINVITED_INVITATION_LIMIT=8\n")
    monkeypatch.setenv("INVITED_SETTINGS_FILE", str(file))
    monkeypatch.setenv("INVITED_EVENT_LIMIT", "9")
    settings = load()
    assert (settings.event_limit, settings.invitation_limit) == (9, 8)
    sources = {name: source for name, _, source, _ in described(settings)}
    assert sources["INVITED_EVENT_LIMIT"] == "environment"
    assert sources["INVITED_INVITATION_LIMIT"] == f"file {file}"
    assert sources["INVITED_DOMAIN"] == "default"


def test_the_relay_password_is_never_shown():
    settings = Settings(relay="smtp://user:hunter2@mail.example")
    assert "hunter2" not in repr(settings)
    assert not any("hunter2" in value for _, value, _, _ in described(settings))


def test_several_domains():
    assert Settings(domain="A.example, b.example").domain == ("a.example", "b.example")


def test_the_name_at_the_top_of_mails_is_one_line():
    """It stands in their From, too, where a line break would end every notice."""
    for name in ("The Club\r\nBcc: eve@evil.example", "The Club\n", "\x00"):
        with pytest.raises(ValidationError):
            Settings(brand_name=name)
    assert Settings(brand_name="Größe & <Söhne>").brand_name == "Größe & <Söhne>"
