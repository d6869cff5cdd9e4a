"""DKIM signatures on outgoing mail, relaxed/relaxed, by RSA and Ed25519 (RFC 6376, 8301, 8463).

Verifying is a library's work; signing is here because it is on the way of every mail of a bulk and, but for the key's
own arithmetic, costs little when the mail is taken apart only once for all its signatures.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SIGNED = (
    *("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding", "auto-submitted"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post"),
)
"""The header fields that a signature covers where the mail has them (RFC 6376 §5.4.1, RFC 8058 §4)."""

RSA_BITS = 2048
"""Of new keys; RFC 8301 §3.2 wants at least 1024, and longer ones outgrow what DNS carries easily."""

_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_SPACE = re.compile(rb"[ \t\r\n]+")
_BLANKS = re.compile(rb"[ \t]+")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE)

_PrivateKey: TypeAlias = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of a domain: its public half stands in DNS at <selector>._domainkey.<domain>."""

    domain: str
    selector: str
    key: _PrivateKey


def load_signer(domain: str, selector: str, private_key: str) -> Signer:
    """A signer by a private key in PEM, domain in ASCII; raises ValueError with a line that says what is wrong."""
    for name in (domain, selector):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot stand in a DKIM signature")
    try:
        key = load_pem_private_key(private_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"the DKIM key of {domain} is no private key in PEM without a password: {error}") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= 1024:
        return Signer(domain, selector, key)
    if isinstance(key, Ed25519PrivateKey):
        return Signer(domain, selector, key)
    raise ValueError(f"the DKIM key of {domain} is neither RSA of 1024 bits or more nor Ed25519")


def create_key(kind: str) -> tuple[str, str]:
    """A new "rsa" or "ed25519" key: the private half in PEM, and the value of the TXT record that publishes the other.

    The value of an RSA key is longer than the 255 octets of one string of a TXT record: whoever writes it down for a
    zone file splits it.
    """
    key: _PrivateKey
    if kind == "rsa":
        key = generate_private_key(65537, RSA_BITS)
    elif kind == "ed25519":
        key = Ed25519PrivateKey.generate()
    else:
        raise ValueError(f"{kind!r} is no kind of DKIM key: rsa or ed25519")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), _published(key)


def public_record(signer: Signer) -> str:
    """The value of the TXT record that publishes a signer's key, as `create_key` gave it."""
    return _published(signer.key)


def _published(key: _PrivateKey) -> str:
    if isinstance(key, RSAPrivateKey):
        kind, public = "rsa", key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, public = "ed25519", key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={kind}; p={b64encode(public).decode()}"


def signed(raw: bytes, signers: Sequence[Signer], now: datetime) -> bytes:
    """`raw`, with CRLF line ends, behind one DKIM-Signature by each signer; `now` is aware and stands in them."""
    head, _, body = raw.partition(b"\r\n\r\n")
    names, covered = _covered(head)
    body_hash = b64encode(sha256(_relaxed_body(body)).digest())
    signatures = [_signature(signer, int(now.timestamp()), names, covered, body_hash) for signer in signers]
    return b"".join([*signatures, raw])


def _covered(head: bytes) -> tuple[bytes, bytes]:
    """The value of h= and the fields it names, relaxed; of several with one name the last comes first (§5.4.2).

    From is named once more than it is there, so that nobody can add one above the signed.
    """
    fields: dict[bytes, list[bytes]] = {}
    for field in reversed(_FIELD_END.split(head)):
        name, _, value = field.partition(b":")
        fields.setdefault(name.rstrip(b" \t").lower(), []).append(value)
    names, covered = [b"from"], []
    for name in _SIGNED:
        for value in fields.get(name, ()):
            names.append(name)
            covered.append(_relaxed_field(name, value) + b"\r\n")
    return b":".join(names), b"".join(covered)


def _signature(signer: Signer, time: int, names: bytes, covered: bytes, body_hash: bytes) -> bytes:
    """The whole field, with its CRLF."""
    algorithm = "rsa" if isinstance(signer.key, RSAPrivateKey) else "ed25519"
    tags = (
        f" v=1; a={algorithm}-sha256; c=relaxed/relaxed;\r\n d={signer.domain}; s={signer.selector}; t={time};\r\n h="
    )
    value = tags.encode() + _folded(names, b":") + b";\r\n bh=" + body_hash + b";\r\n b="
    octets = covered + _relaxed_field(b"dkim-signature", value)
    return b"DKIM-Signature:" + value + _folded(b64encode(_sign(signer.key, octets)), b"") + b"\r\n"


def _sign(key: _PrivateKey, octets: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(octets, PKCS1v15(), SHA256())
    # RFC 8463 §3: the hash is what is signed.
    return key.sign(sha256(octets).digest())


def _relaxed_field(name: bytes, value: bytes) -> bytes:
    """RFC 6376 §3.4.2, without the CRLF."""
    return name + b":" + _SPACE.sub(b" ", value).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376 §3.4.4."""
    # A body in base64 has nothing to reduce, and to see that is much quicker than to reduce nothing.
    if b"  " in body or b"\t" in body:
        body = _BLANKS.sub(b" ", body)
    if not body.endswith(b"\r\n"):
        # On its way it will get the line end that it lacks.
        body += b"\r\n"
    if b" \r\n" in body:
        body = body.replace(b" \r\n", b"\r\n")
    body = body.rstrip(b"\r\n")
    return body and body + b"\r\n"


def _folded(text: bytes, after: bytes) -> bytes:
    """`text` over lines of some 70 octets, broken behind `after` or anywhere."""
    if not after:
        return b"\r\n ".join(text[at : at + 70] for at in range(0, len(text), 70))
    lines = [b""]
    for word in re.split(b"(?<=" + re.escape(after) + b")", text):
        if len(lines[-1]) + len(word) > 70:
            lines.append(b"")
        lines[-1] += word
    return b"\r\n ".join(lines)


_SIGNED = tuple(name.encode() for name in SIGNED)
