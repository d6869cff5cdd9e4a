"""DNS over a real socket, to a server of one zone."""

import socket
import threading

import dns.message
import dns.resolver
import dns.rrset
import pytest

from invited.engines import lookup
from invited.engines.lookup import DnsTrouble, Inquiry, dns_lookup

ZONE = {
    ("there.example.", "TXT"): ['"v=spf1 " "mx \\233 -all"', '"other"'],
    ("there.example.", "MX"): ["20 b.there.example.", "10 a.there.example."],
    ("there.example.", "A"): ["192.0.2.1"],
    ("there.example.", "AAAA"): ["2001:db8::1"],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["there.example."],
}


def serve(server):
    while True:
        wire, client = server.recvfrom(4096)
        if not wire:
            return
        query = dns.message.from_wire(wire)
        question = query.question[0]
        key = (question.name.to_text(), dns.rdatatype.to_text(question.rdtype))
        answer = dns.message.make_response(query)
        if question.name.to_text().startswith("silent"):
            continue
        if question.name.to_text().startswith("broken"):
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif key in ZONE:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", key[1], *ZONE[key]))
        elif not question.name.to_text().startswith("there"):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        server.sendto(answer.to_wire(), client)


@pytest.fixture
def resolver(monkeypatch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        found = dns.resolver.Resolver(configure=False)
        found.nameservers = ["127.0.0.1"]
        found.port = server.getsockname()[1]
        monkeypatch.setattr(lookup, "_resolver", lambda: found)
        yield
        server.sendto(b"", server.getsockname())
        thread.join(20)


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("there.example", "TXT", ["v=spf1 mx \xe9 -all", "other"]),
        ("there.example", "MX", ["a.there.example", "b.there.example"]),
        ("there.example", "A", ["192.0.2.1"]),
        ("there.example", "AAAA", ["2001:db8::1"]),
        ("1.2.0.192.in-addr.arpa", "PTR", ["there.example"]),
        ("there.example", "PTR", []),
        ("nowhere.example", "TXT", []),
    ],
)
def test_records_are_found(resolver, name, kind, records):
    found = dns_lookup(name, kind, 10)
    assert (found if kind == "MX" else sorted(found, reverse=True)) == records


@pytest.mark.parametrize(
    "name", ["silent.example", "broken.example", "a" * 70 + ".example", "a..example", "\udcff.example"]
)
def test_trouble_is_told(resolver, name):
    with pytest.raises(DnsTrouble):
        dns_lookup(name, "TXT", 0.2)


def test_a_machine_without_resolvers_is_in_trouble(monkeypatch):
    def none():
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(lookup, "_resolver", none)
    with pytest.raises(DnsTrouble):
        dns_lookup("there.example", "TXT", 1)


def test_an_inquiry_is_bounded_in_number(monkeypatch):
    monkeypatch.setattr(lookup, "MAX_LOOKUPS", 2)
    inquiry = Inquiry(lambda *_: ["x"])
    assert [inquiry.ask("a", "TXT") for _ in range(2)] == [["x"], ["x"]]
    with pytest.raises(DnsTrouble):
        inquiry.ask("a", "TXT")


def test_an_inquiry_is_bounded_in_time():
    now = [0.0]
    given = []

    def slow(_name, _kind, seconds):
        given.append(seconds)
        now[0] += 3.5
        return []

    inquiry = Inquiry(slow, lambda: now[0])
    for _ in range(5):
        assert inquiry.ask("a", "TXT") == []
    assert given == [4, 4, 4, 4, 1]
    with pytest.raises(DnsTrouble):
        inquiry.ask("a", "TXT")
