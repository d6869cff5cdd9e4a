"""Real signatures and real policies; the zone is a dict."""

import base64
from datetime import UTC, datetime, timedelta
from time import perf_counter

import dkim
import nacl.encoding
import nacl.signing
import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from invited.engines import lookup
from invited.engines.embedded.verifier import SenderVerifier
from invited.engines.lookup import DnsTrouble
from invited.messages import Mail
from invited.settings import Settings

JOE = "joe@there.example"
HEAD = b"From: Joe <joe@there.example>\r\nTo: create@invites.example\r\nSubject: Match\r\n"
RAW = HEAD + b"\r\nSee  you \t\r\n\r\nthere\r\n\r\n\r\n"
NOW = datetime.now(UTC)

_rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RSA = _rsa.private_bytes(form.Encoding.PEM, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption())
RSA_RECORD = (
    "v=DKIM1; k=rsa; p="
    + base64.b64encode(
        _rsa.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    ).decode()
)
_ed = nacl.signing.SigningKey.generate()
ED = _ed.encode(nacl.encoding.Base64Encoder)
ED_RECORD = "v=DKIM1; k=ed25519; p=" + _ed.verify_key.encode(nacl.encoding.Base64Encoder).decode()

ZONE = {
    ("s._domainkey.there.example", "TXT"): [RSA_RECORD],
    ("s._domainkey.mail.there.example", "TXT"): ["unrelated", RSA_RECORD],
    ("s._domainkey.evil.example", "TXT"): [RSA_RECORD],
    ("s._domainkey.example", "TXT"): [RSA_RECORD],
    ("e._domainkey.there.example", "TXT"): [ED_RECORD],
    ("revoked._domainkey.there.example", "TXT"): ["v=DKIM1; k=rsa; p="],
    ("twice._domainkey.there.example", "TXT"): [RSA_RECORD, ED_RECORD],
    ("huge._domainkey.there.example", "TXT"): [RSA_RECORD + "A" * 2000],
}


def zone(extra=None):
    records = ZONE | (extra or {})
    return lambda name, kind, _seconds: records.get((name.lower(), kind), [])


def signed(
    raw=RAW, domain="there.example", selector="s", key=RSA, algorithm=b"rsa-sha256", tags=(), covers=None, **how
):
    class Signer(dkim.DKIM):
        def gen_header(self, fields, include_headers, *rest):
            fields[-2:-2] = tags
            if covers:
                include_headers = covers
                fields[:] = [(k, b":".join(covers) if k == b"h" else v) for k, v in fields]
            return super().gen_header(fields, include_headers, *rest)

    signer = Signer(raw, signature_algorithm=algorithm)
    return signer.sign(selector.encode(), domain.encode(), key, **how) + raw


def mail(**given):
    return Mail(
        **(
            {
                "key": "k",
                "mailbox": "create",
                "recipient": "create@invites.example",
                "domain": "invites.example",
                "envelope_from": "",
                "received": NOW,
            }
            | given
        )
    )


def verifier(records=None, **settings):
    return SenderVerifier(Settings(domain="invites.example", **settings), zone(records))


def is_signed_by(raw, address=JOE, **given):
    return verifier().is_authenticated(mail(**given), raw, address)


# DKIM


@pytest.mark.parametrize("canonicalize", [(b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")])
def test_a_signature_of_the_sender_vouches(canonicalize):
    assert is_signed_by(signed(canonicalize=canonicalize))
    assert is_signed_by(b"Received: from x by y; now\r\n" + signed(canonicalize=canonicalize))
    assert not is_signed_by(RAW)


def test_an_ed25519_signature_vouches():
    raw = signed(selector="e", key=ED, algorithm=b"ed25519-sha256")
    assert is_signed_by(raw)
    assert not is_signed_by(raw.replace(b"Match", b"Catch"))


def test_alignment_is_by_organization():
    assert is_signed_by(signed(domain="mail.there.example"))
    assert not is_signed_by(signed(domain="evil.example"))
    assert not is_signed_by(signed(domain="example"))


def test_every_signature_is_tried_up_to_five():
    def broken(raw, times):
        return signed(selector="none").partition(b"From:")[0] * times + raw

    assert is_signed_by(broken(signed(), 4))
    assert not is_signed_by(broken(signed(), 5))
    assert is_signed_by(signed(domain="evil.example").partition(b"From:")[0] * 20 + signed())


@pytest.mark.parametrize(("old", "new"), [(b"See", b"Sea"), (b"Match", b"Catch"), (b"Joe <", b"Boss <")])
def test_what_was_changed_is_not_vouched_for(old, new):
    assert not is_signed_by(signed().replace(old, new))


def test_a_partial_signature_vouches_for_nothing():
    raw = signed(length=True)
    assert dkim.verify(raw + b"more\r\n", dnsfunc=lambda *_, **__: RSA_RECORD.encode())
    assert not is_signed_by(raw)


def test_an_expired_signature_vouches_for_nothing():
    raw = signed(tags=[(b"x", str(int(NOW.timestamp()) + 1000).encode())])
    assert is_signed_by(raw)
    assert not is_signed_by(raw, received=NOW + timedelta(seconds=2000))


def test_rsa_sha1_vouches_for_nothing():
    raw = signed(algorithm=b"rsa-sha1")
    assert dkim.verify(raw, dnsfunc=lambda *_, **__: RSA_RECORD.encode())
    assert not is_signed_by(raw)


@pytest.mark.parametrize("selector", ["none", "revoked", "twice", "huge", "é"])
def test_a_key_that_is_not_there_vouches_for_nothing(selector):
    assert not is_signed_by(signed(selector=selector))


def test_the_from_must_be_signed():
    raw = signed(covers=[b"subject"])
    assert dkim.verify(raw, dnsfunc=lambda *_, **__: RSA_RECORD.encode())
    assert not is_signed_by(raw)
    assert is_signed_by(signed(covers=[b"subject", b"from"]))


@pytest.mark.parametrize(
    "more",
    [
        b"From: boss@there.example\r\n",
        b"from : boss@there.example\r\n",
        b"X: y\rFrom: boss@there.example\r\n",
        b"not a field\r\n",
    ],
)
def test_there_must_be_one_from(more):
    assert not is_signed_by(more + signed())


@pytest.mark.parametrize(
    "author",
    [
        b"joe@there.example, boss@there.example",
        b"joe@there.example <boss@there.example>",
        b"boss@there.example",
        b"Joe",
        b"",
        b"<[>",
        b"undisclosed:;",
    ],
)
def test_the_from_must_be_the_one_asked_about(author):
    assert not is_signed_by(signed(RAW.replace(b"Joe <joe@there.example>", author)))


def test_the_from_may_be_written_in_any_way():
    for author in (
        b"JOE@There.Example",
        b'"evil@evil.example" <joe@there.example>',
        b"=?utf-8?q?J=C3=B6?= <joe@there.example>",
    ):
        assert is_signed_by(signed(RAW.replace(b"Joe <joe@there.example>", author)))


def test_trouble_with_dns_vouches_for_nothing():
    def trouble(*_):
        raise DnsTrouble("timeout")

    asked = SenderVerifier(Settings(domain="invites.example"), trouble)
    sent = mail(peer="192.0.2.1", helo="there.example", envelope_from=JOE)
    assert not asked.is_authenticated(sent, signed(), JOE)


@pytest.mark.parametrize("value", [b"v=1; a=rsa-sha256; b=x", b"=;=", b"\xff", b""])
def test_broken_signatures_vouch_for_nothing(value):
    assert not is_signed_by(b"DKIM-Signature: " + value + b"\r\n" + RAW)


def test_an_oversized_signature_is_not_looked_at():
    assert is_signed_by(signed(tags=[(b"z", b"a" * 1000)]))
    assert not is_signed_by(signed(tags=[(b"z", b"a" * 4000)]))


@pytest.mark.parametrize("padding", [b"\r\n " * 20_000, b" " * 60])
def test_a_padded_signature_is_not_looked_at(padding):
    raw = signed()
    padded = raw.replace(b"; c=", b";" + padding + b"c=", 1)
    assert padded != raw
    began = perf_counter()
    assert not is_signed_by(padded)
    assert perf_counter() - began < 5


def test_a_body_of_blanks_takes_no_square_time():
    raw = signed().partition(b"\r\n\r\n")[0].replace(b"c=relaxed/simple", b"c=relaxed/relaxed")
    began = perf_counter()
    assert not is_signed_by(raw + b"\r\n\r\n" + (b" " * 9_000 + b"x\r\n") * 500)
    assert perf_counter() - began < 5


# SPF

HOME = {
    ("there.example", "TXT"): ["other text", "v=spf1 ip4:192.0.2.1 include:relays.example mx -all"],
    ("relays.example", "TXT"): ["v=spf1 a:out.relays.example ip6:2001:db8::/32 ?all"],
    ("out.relays.example", "A"): ["192.0.2.7"],
    ("out.relays.example", "AAAA"): ["2001:db8:ffff::7"],
    ("there.example", "MX"): ["mx.there.example"],
    ("mx.there.example", "A"): ["192.0.2.25"],
    ("bounces.there.example", "TXT"): ["v=spf1 redirect=there.example"],
    ("ptr.example", "TXT"): ["v=spf1 ptr exists:%{ir}.%{l1r-}.ptr.example -all"],
    ("1.2.0.192.in-addr.arpa", "PTR"): ["host.ptr.example"],
    ("host.ptr.example", "A"): ["192.0.2.1"],
    ("8.2.0.192.joe.ptr.example", "A"): ["127.0.0.2"],
    ("loose.example", "TXT"): ["v=spf1 ~all"],
    ("two.example", "TXT"): ["v=spf1 +all", "v=spf1 +all"],
    ("loop.example", "TXT"): ["v=spf1 include:loop2.example +all"],
    ("loop2.example", "TXT"): ["v=spf1 include:loop.example +all"],
    ("void.example", "TXT"): ["v=spf1 a:a.void.example a:b.void.example a:c.void.example +all"],
    ("open.example", "TXT"): ["v=spf1 +all"],
}


def is_sent_by(peer, envelope_from, address=JOE, helo="mail.there.example", **settings):
    raw = RAW.replace(b"joe@there.example", address.encode())
    sent = mail(peer=peer, helo=helo, envelope_from=envelope_from)
    return verifier(HOME, **settings).is_authenticated(sent, raw, address)


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("192.0.2.1", True),
        ("192.0.2.7", True),
        ("192.0.2.25", True),
        ("2001:db8::1", True),
        ("::ffff:192.0.2.1", True),
        ("192.0.2.2", False),
        ("2001:dead::1", False),
        ("", False),
        ("unix", False),
        ("127.0.0.1", False),
        ("::1", False),
    ],
)
def test_a_client_is_permitted_by_the_policy(peer, expected):
    assert is_sent_by(peer, JOE) is expected
    assert is_sent_by(peer, "bounce-7@bounces.there.example") is expected


def test_a_policy_must_be_of_the_senders_organization():
    assert is_sent_by("198.51.100.1", "joe@open.example", "joe@open.example")
    assert not is_sent_by("198.51.100.1", "joe@open.example")
    assert not is_sent_by("192.0.2.1", '"x@open.example"@there.example')
    assert not is_sent_by("198.51.100.1", '"x@open.example"@there.example')
    assert not is_sent_by("192.0.2.1", "nobody")


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "", "unix"])
def test_a_client_on_this_machine_says_nothing(peer):
    assert not is_sent_by(peer, "joe@open.example", "joe@open.example")


def test_a_null_sender_is_judged_by_its_helo():
    assert is_sent_by("192.0.2.1", "", helo="bounces.there.example")
    assert not is_sent_by("192.0.2.1", "", helo="open.example")
    assert not is_sent_by("192.0.2.1", "", helo="")
    assert not is_sent_by("192.0.2.1", "joe@open.example", helo="there.example")


@pytest.mark.parametrize("domain", ["loose", "two", "loop", "void", "none", "a..b", "é", "x" * 70])
def test_no_policy_or_a_bad_one_permits_nothing(domain):
    address = f"joe@{domain}.example"
    assert not is_sent_by("192.0.2.1", address, address)


def test_ptr_and_macros_work():
    address = "joe@ptr.example"
    assert is_sent_by("192.0.2.1", address, address)
    assert is_sent_by("192.0.2.8", address, address)
    assert not is_sent_by("192.0.2.9", address, address)


def test_behind_a_server_in_front_the_client_says_nothing():
    assert not is_sent_by("192.0.2.1", JOE, smtp_lmtp=True)
    assert not is_sent_by("192.0.2.1", JOE, trusted_authserv="mx.invites.example")


def test_lookups_are_bounded():
    asked = []

    def endless(name, kind, _seconds):
        asked.append(name)
        if kind == "TXT":
            return [f"v=spf1 mx:{len(asked)}.there.example include:{len(asked)}.there.example -all"]
        return [f"mx{i}-{len(asked)}.there.example" for i in range(10)] if kind == "MX" else ["198.51.100.9"]

    bounded = SenderVerifier(Settings(domain="invites.example"), endless)
    assert not bounded.is_authenticated(mail(peer="192.0.2.1", envelope_from=JOE), RAW, JOE)
    assert len(asked) == lookup.MAX_LOOKUPS


# The server in front

PASS = b"dmarc=pass (p=reject) header.from=there.example"


def is_vouched(*headers, address=JOE):
    asked = SenderVerifier(Settings(domain="invites.example", trusted_authserv="MX.invites.example"), zone())
    raw = b"".join(b"Authentication-Results: " + value + b"\r\n" for value in headers) + RAW
    return asked.is_authenticated(mail(), raw, address)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (PASS, True),
        (b"dkim=pass header.d=mail.there.example", True),
        (b"dkim=pass header.i=@there.example;\r\n\tdmarc=none header.from=there.example", True),
        (b"dkim=fail header.d=there.example; spf=pass smtp.mailfrom=bounce@there.example", True),
        (b"spf=pass smtp.mailfrom=there.example", True),
        (b"spf=pass smtp.helo=there.example", True),
        (b"spf=pass\r\n (a (nested) comment)\r\n smtp.mailfrom=there.example", True),
        (b"dmarc=pass header.from=evil.example", False),
        (b"dmarc=pass header.from=mail.there.example", False),
        (b"dmarc=pass", False),
        (b"dmarc=fail header.from=there.example; dkim=pass header.d=there.example", False),
        (b"dmarc=temperror; dkim=pass header.d=there.example", False),
        (b"dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example", False),
        (b"dkim=fail header.d=there.example", False),
        (b"spf=softfail smtp.mailfrom=there.example", False),
        (b"arc=pass header.d=there.example", False),
        (b"spf=fail (dmarc=pass header.from=there.example)", False),
        (b'spf=pass smtp.mailfrom="there.example"@evil.example', False),
        (b"spf=pass smtp.mailfrom=there.example=x@evil.example", False),
        (b"none", False),
        (b"dkim=pass header.d=there.example (", False),
    ],
)
def test_the_word_of_the_server_in_front_counts(value, expected):
    assert is_vouched(b"mx.invites.example; " + value) is expected


def test_only_the_topmost_word_counts():
    ours, theirs = b"mx.invites.example; ", b"mx.evil.example; "
    assert is_vouched(ours + PASS, ours + b"dkim=fail", theirs + PASS)
    assert not is_vouched(ours + b"none", ours + PASS)
    assert not is_vouched(theirs + b"none", ours + PASS)
    assert not is_vouched(theirs + PASS)
    assert not is_vouched(b"xmx.invites.example; " + PASS)
    assert not is_vouched()
    assert not is_vouched(ours + PASS + b"\r\nFrom:")


def test_without_a_trusted_server_no_word_counts():
    assert not is_signed_by(b"Authentication-Results: mx.invites.example; " + PASS + b"\r\n" + RAW)


def test_with_a_trusted_server_signatures_are_its_business():
    asked = SenderVerifier(Settings(domain="invites.example", trusted_authserv="mx.invites.example"), zone())
    assert not asked.is_authenticated(mail(), signed(), JOE)


@given(st.binary(max_size=80), st.integers(0, 1000))
def test_no_mail_breaks_it(junk, at):
    raw = SIGNED[: at % len(SIGNED)] + junk + SIGNED[at % len(SIGNED) :]
    verifier(HOME).is_authenticated(mail(peer="192.0.2.9", envelope_from=JOE), raw, JOE)


SIGNED = signed()
