"""Signatures as a verifier sees them: every one is held to dkimpy."""

from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from invited.imip.dkim import create_key, load_signer, signed

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
KEYS = {kind: create_key(kind) for kind in ("rsa", "ed25519")}
SIGNERS = [load_signer("invites.example", kind, KEYS[kind][0]) for kind in KEYS]
MAIL = (
    b"From: =?utf-8?b?SsO2cmc=?=\r\n <rsvp@invites.example>\r\n"
    b"To:\tBob  <bob@guests.example>\r\nSubject:  A   ball \r\n"
    b"Date: Wed, 01 Jul 2026 12:00:00 +0000\r\nMessage-ID: <1@invites.example>\r\nMIME-Version: 1.0\r\n"
    b"Auto-Submitted: auto-generated\r\nList-Unsubscribe: <https://invites.example/u/1>\r\n"
    b'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nContent-Type: multipart/alternative;\r\n boundary="x"\r\n'
    b"X-Other: 1\r\n\r\n--x\r\n\r\n two  blanks \t\r\n\r\n.dot\r\n--x--\r\n\r\n\r\n"
)


def record(name, timeout=5):
    return KEYS[name.partition(b".")[0].decode()][1].encode()


def verified(raw):
    """Whether each signature of `raw` holds, for dkimpy."""
    count = raw.count(b"DKIM-Signature:")
    return [holds(dkim.DKIM(raw), place) for place in range(count)]


def holds(mail, place):
    try:
        return mail.verify(idx=place, dnsfunc=record)
    except dkim.ValidationError:
        return False


def tags(raw):
    field = raw.partition(b"\r\nFrom")[0].decode().replace("\r\n ", "")
    return dict(tag.strip().split("=", 1) for tag in field.partition(":")[2].split(";"))


def test_both_kinds_hold():
    raw = signed(MAIL, SIGNERS, NOW)
    assert raw.endswith(MAIL)
    assert verified(raw) == [True, True]
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


def test_what_matters_is_covered_and_from_once_more():
    said = tags(signed(MAIL, SIGNERS[:1], NOW))
    assert (said["a"], said["c"], said["d"], said["s"]) == ("rsa-sha256", "relaxed/relaxed", "invites.example", "rsa")
    assert said["t"] == str(int(NOW.timestamp()))
    assert "l" not in said
    assert said["h"].split(":") == [
        *("from", "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted"),
        *("list-unsubscribe", "list-unsubscribe-post"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"A   ball", b"The ball"),
        (b"two", b"three"),
        (b"From: ", b"From: <eve@x.example>\r\nFrom: "),
        (b"u/1>", b"u/2>"),
        (b"One-Click", b"Two-Click"),
        (b"auto-generated", b"no"),
    ],
)
def test_a_change_breaks_it(old, new):
    raw = signed(MAIL, SIGNERS, NOW)
    assert verified(raw.replace(old, new)) == [False, False]


def test_what_relays_do_to_blanks_does_not():
    raw = signed(MAIL, SIGNERS, NOW)
    relayed = raw.replace(b"Subject:  A   ball ", b"SUBJECT: A\r\n ball").replace(b"two  blanks \t", b"two blanks")
    assert verified(b"Received: by x\r\n" + relayed.removesuffix(b"\r\n")) == [True, True]


@given(
    st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b".", b"\xc3\xa9"])).map(b"".join),
    st.lists(st.sampled_from([b" ", b"\t", b"\r\n ", b"x", b":", b"\xc3\xa9"])).map(b"".join),
    st.integers(0, 2),
)
def test_every_body_and_header_holds(body, subject, copies):
    head = (
        b"From: a@invites.example\r\nSubject:x"
        + subject
        + b"y\r\n"
        + b"To: b@x.example\r\nto: c@x.example\r\n" * copies
    )
    raw = signed(head + b"\r\n" + body, SIGNERS[1:], NOW)
    # SMTP ends every mail with a line end (RFC 5321 §4.1.1.4).
    assert verified(raw if raw.endswith(b"\r\n") else raw + b"\r\n") == [True]


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("domain", "key", "why"),
    [
        ("invites.example", "nonsense", "no private key in PEM"),
        ("invites.example", pem(ec.generate_private_key(ec.SECP256R1())), "neither RSA"),
        ("invites.example; l=0", KEYS["rsa"][0], "cannot stand"),
        ("straße.example", KEYS["rsa"][0], "cannot stand"),
    ],
)
def test_what_cannot_sign_is_told(domain, key, why):
    with pytest.raises(ValueError, match=why):
        load_signer(domain, "s", key)


def test_an_old_rsa_key_still_signs():
    key = rsa.generate_private_key(65537, 1024)
    assert load_signer("invites.example", "s", pem(key)).key.key_size == 1024


def test_keys_are_published_as_verifiers_want_them():
    assert KEYS["ed25519"][1].startswith("v=DKIM1; k=ed25519; p=")
    assert len(KEYS["ed25519"][1]) == 22 + 44
    with pytest.raises(ValueError, match="rsa or ed25519"):
        create_key("dsa")
