"""The suppression list taken in and given out whole."""

import tracemalloc

import pytest

from invited import suppressions
from invited.domain.errors import Refused
from invited.engines import open_engine
from invited.settings import Settings
from invited.suppressions import export, take_in
from tests.facts import NOW, Clock

ANN = "ann@club.example"


@pytest.fixture
def engine(tmp_path):
    with open_engine(Settings(data_dir=tmp_path), memory=True, now=Clock()) as engine:
        yield engine.ports


def test_a_list_is_taken_in_once(engine):
    raw = b"email,name\nAda@X.example,Ada\nbob\nb@x.example,\nada@x.example,\nno@,\n"
    found = take_in(engine, [raw], ANN, "imported")
    assert (found.rows, found.added, found.already, found.invalid) == (5, 2, 1, 2)
    assert [fault.line for fault in found.faults] == [3, 6]
    again = take_in(engine, [raw], ANN, "otherwise")
    assert (again.rows, again.added, again.already, again.invalid) == (5, 0, 3, 2)
    assert [(e.address, e.reason) for e in engine.store.suppressions(ANN)] == [
        ("ada@x.example", "imported"),
        ("b@x.example", "imported"),
    ]
    assert engine.store.suppressions() == []


def test_what_is_no_list_is_refused(engine):
    with pytest.raises(Refused):
        take_in(engine, [b"PK\x03\x04"], "", "imported")


def test_what_is_given_out_can_be_taken_in(engine, monkeypatch):
    monkeypatch.setattr(suppressions, "PAGE", 2)
    addresses = ["+plus@x.example", "=sum@x.example", "a@x.example", "b@x.example", "'quoted@x.example"]
    for address in addresses:
        engine.store.suppress(address, "bounced: 550, no", NOW)
    text = "".join(export(engine.store, ""))
    assert text.startswith("email,reason,since\r\n")
    assert '\'=sum@x.example,"bounced: 550, no",2026-12-01T09:00:00+00:00\r\n' in text
    found = take_in(engine, [text.encode()], ANN, "moved")
    assert (found.added, found.invalid) == (5, 0)
    assert sorted(entry.address for entry in engine.store.suppressions(ANN)) == sorted(addresses)


class Forgetful:
    """Stores nothing, so that only our own memory is seen."""

    def __init__(self):
        self.store, self.now = self, Clock()

    def suppress_all(self, entries):
        return [True] * len(entries)


def test_a_long_list_takes_no_more_memory_than_a_short_one():
    def chunks(count):
        for start in range(0, count, 1000):
            yield b"".join(b"guest%d@x.example\n" % n for n in range(start, start + 1000))

    def peak(count):
        tracemalloc.start()
        try:
            assert take_in(Forgetful(), chunks(count), "", "imported").added == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert peak(20_000) < 1.5 * peak(5_000)
