"""SPF, RFC 7208: whether the client may send for a domain of the sender's organization. The rules are pyspf's."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import spf

from invited.domain.mailboxes import ascii_domain
from invited.engines.alignment import is_aligned
from invited.engines.lookup import DnsTrouble, Inquiry


def is_permitted(peer: str, helo: str, envelope_from: str, domain: str, inquiry: Inquiry) -> bool:
    """Whether SPF passes for the MAIL FROM, or for the HELO of a null sender, and that is aligned with `domain`.

    Never raises. A client on this machine is a relay or a proxy, whose address says nothing about the sender.
    """
    local, _, claimed = (envelope_from or f"postmaster@{helo}").rpartition("@")
    claimed = ascii_domain(claimed)
    if not _is_client(peer) or "@" in local or not is_aligned(claimed, domain):
        return False
    try:
        result, _, _ = _Query(inquiry, peer, f"{local}@{claimed}", ascii_domain(helo)).check()
    except Exception:  # noqa: BLE001 - hostile policies raise anything; whatever it is, it permits nothing
        return False
    return bool(result == "pass")


def _is_client(peer: str) -> bool:
    try:
        return not ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False


class _Query(spf.query):  # type: ignore[misc]
    """pyspf asks DNS by a function of its module, shared by all threads: here each query has its own."""

    def __init__(self, inquiry: Inquiry, peer: str, sender: str, helo: str) -> None:
        self._inquiry = inquiry
        super().__init__(i=peer, s=sender, h=helo)

    def dns(
        self,
        name: str,
        qtype: str,
        cnames: Mapping[str, str] | None = None,  # noqa: ARG002 - followed by the resolver
        ignore_void: bool = False,  # noqa: FBT001, FBT002 - named by the library
    ) -> list[object]:
        """RFC 7208 §5; counts what is not there (§4.6.4)."""
        name = name.rstrip(".")
        if not name.isascii() or not all(0 < len(label) < 64 for label in name.split(".")):
            return []
        try:
            records = self._inquiry.ask(name.lower(), qtype)
        except DnsTrouble as trouble:
            raise spf.TempError(str(trouble)) from None
        if not records and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many lookups that find nothing")
        return [_as_expected(qtype, place, record) for place, record in enumerate(records)]


def _as_expected(kind: str, place: int, record: str) -> object:
    match kind:
        case "TXT":
            return (record.encode("latin-1"),)
        case "MX":
            return (place, record)
        case _:
            return record
