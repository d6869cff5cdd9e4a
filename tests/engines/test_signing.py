"""Mail leaves signed once there is a key, and every signature is one that a library verifies."""

import dkim
import pytest

from invited.domain.errors import Refused
from invited.engines import open_engine
from invited.engines.embedded.folder import made
from invited.engines.embedded.signing import add_key
from invited.ports import Letter
from invited.settings import Settings

RAW = b"From: Ann <rsvp@invites.test>\r\nTo: <bob@fan.test>\r\nSubject: Game\r\n\r\nCome!\r\n"


@pytest.fixture
def settings(tmp_path):
    return Settings(domain="invites.test", data_dir=tmp_path / "data")


def sent(settings, raw=RAW):
    with open_engine(settings) as engine:
        engine.ports.outbox.send([Letter("rsvp@invites.test", "bob@fan.test", raw)])
        return engine.lab.raw(engine.lab.mails()[0].id)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_mail_is_signed_with_the_keys_of_its_domain(settings, kind):
    name, value = add_key(made(settings.data_dir), "invites.test", "k1", kind)
    raw = sent(settings)
    assert raw.count(b"DKIM-Signature:") == 1
    assert dkim.verify(raw, dnsfunc=lambda asked, timeout=5: value.encode() if asked.decode() == f"{name}." else b"")


def test_mail_of_another_domain_and_mail_without_a_key_leave_as_they_are(settings):
    assert sent(settings) == RAW
    add_key(settings.data_dir, "other.test", "k1", "ed25519")
    assert sent(settings) == RAW


def test_a_broken_key_stops_the_start(settings):
    add_key(made(settings.data_dir), "invites.test", "k1", "ed25519")
    next((settings.data_dir / "dkim").glob("*/*.pem")).write_text("nonsense")
    with pytest.raises(Refused, match="cannot be used"):
        open_engine(settings)


def test_a_key_is_never_overwritten(settings):
    add_key(made(settings.data_dir), "invites.test", "k1", "ed25519")
    with pytest.raises(Refused, match="already"):
        add_key(settings.data_dir, "invites.test", "k1", "ed25519")
