"""DKIM on the way out: every mail is signed with the keys that lie in the data folder for its From domain."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from invited.domain.errors import Refused
from invited.domain.mailboxes import ascii_domain
from invited.imip.dkim import Signer, create_key, load_signer, public_record, signed
from invited.ports import Letter, Outbox, Sent

_FROM = re.compile(rb"^From:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*?@([^@<>\s]+?)>?\s*$", re.IGNORECASE | re.MULTILINE)


class SigningOutbox:
    """An outbox in front of another: signs what it can and hands it on."""

    def __init__(self, outbox: Outbox, signers: Sequence[Signer], now: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._signers = signers
        self._now = now

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        return self._outbox.send([self._signed(letter) for letter in letters])

    def _signed(self, letter: Letter) -> Letter:
        found = _FROM.search(letter.raw.partition(b"\r\n\r\n")[0])
        domain = found[1].decode("ascii", "replace").lower() if found else ""
        ours = [signer for signer in self._signers if signer.domain == domain]
        if not ours:
            return letter
        return replace(letter, raw=signed(letter.raw, ours, self._now()), is_transparent=False)


def signers(folder: Path) -> list[Signer]:
    """The keys of a data folder: `dkim/<domain>/<selector>.pem`; raises Refused for one that cannot be used."""
    found = []
    for path in sorted((folder / "dkim").glob("*/*.pem")):
        try:
            found.append(load_signer(path.parent.name, path.stem, path.read_text(encoding="ascii")))
        except (OSError, ValueError) as fault:
            raise Refused(f"{path} cannot be used: {fault}.", "Mend the file, or take it away.") from None
    return found


def add_key(folder: Path, domain: str, selector: str, kind: str) -> tuple[str, str]:
    """Make a key and keep it; the name and the value of the TXT record that publishes it.

    Raises Refused where the domain has a key of that selector: mail signed with it may still be under way.
    """
    private, _ = create_key(kind)
    signer = load_signer(ascii_domain(domain), selector, private)
    path = folder / "dkim" / signer.domain / f"{selector}.pem"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(private)
    except FileExistsError:
        raise Refused(f"There is a key {selector} for {domain} already.", "Choose another selector.") from None
    return record(signer)


def record(signer: Signer) -> tuple[str, str]:
    """The name and the value of the TXT record that publishes a signer's key."""
    return f"{signer.selector}._domainkey.{signer.domain}", public_record(signer)
