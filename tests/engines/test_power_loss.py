"""After a power cut, whatever was said to be stored is there, and the figures agree with it."""

import random
import shutil
import sqlite3
import subprocess
import sys

import pytest

from invited.engines import open_engine
from invited.settings import Settings
from tests.engines.power import Step, after_a_cut, taken_down
from tests.facts import an_event, an_invitation

# Sixty disks are opened one after the other, on machines that may be busy.
pytestmark = pytest.mark.timeout(300)

WRITER = """
import os, sys
from pathlib import Path
from invited.engines import open_engine
from invited.messages import EventCreated
from invited.settings import Settings
from tests.facts import a_receipt

folder, event_id = Path(sys.argv[1]), sys.argv[2]
for session in range(3):
    with open_engine(Settings(domain="invites.example", data_dir=folder)) as engine:
        for n in range(session * 8, session * 8 + 8):
            engine.queue.publish([EventCreated(f"e{n}")])
            engine.ports.store.record([a_receipt(event_id, f"t{n:02}")])
            key = engine.ports.archive.put(b"mail %d" % n * 500)
            os.write(1, b"%d %s\\n" % (n, key.encode()))
"""


def may_trace():
    return shutil.which("strace") and not subprocess.run(["strace", "-o", "/dev/null", "true"], check=False).returncode


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """All that a process did that stored and told; its folder and the id of its event."""
    if not may_trace():
        pytest.skip("strace is not installed, or may not trace here")
    folder, traces = tmp_path_factory.mktemp("whole") / "data", tmp_path_factory.mktemp("traces")
    event = an_event()
    with open_engine(Settings(domain="invites.example", data_dir=folder)) as engine:
        engine.ports.store.add_event(event, 10)
        engine.ports.store.admit(event.id, [an_invitation(event.id, f"t{n:02}") for n in range(24)], 24)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    steps = taken_down([sys.executable, "-c", WRITER, str(folder), event.id], folder, traces)
    assert {step.what for step in steps} >= {"write", "sync", "told"}
    assert sum(step.what == "told" for step in steps) == 24
    return folder, event.id, before, steps


def test_what_was_told_survives_a_power_cut_at_any_moment(story, tmp_path):
    folder, event_id, before, steps = story
    chance = random.Random(5)
    moments = [*sorted(chance.sample(range(len(steps)), 60)), len(steps)]
    for moment in moments:
        target = tmp_path / str(moment)
        target.mkdir()
        cut(before, steps[:moment], chance, target, folder)
        told = [step.octets.decode().split() for step in steps[:moment] if step.what == "told"]
        hold(target, event_id, told, before)


def cut(before, steps, chance, target, folder):
    started = [Step("write", str(folder / name), octets, 0) for name, octets in before.items()]
    synced = [Step("sync", str(folder / name)) for name in before]
    after_a_cut([*started, *synced, *steps], chance, target, folder)


def hold(target, event_id, told, before):
    for name in ("invited.db", "archive.db"):
        with sqlite3.connect(target / name) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
    assert (target / "secret").read_bytes() == before["secret"]
    with open_engine(Settings(domain="invites.example", data_dir=target)) as engine:
        published = {one.message.event_id for one in engine.queue.take(1000, 60)}
        receipts = engine.ports.store.receipts(event_id, [f"t{n:02}" for n in range(24)])
        assert {f"e{n}" for n, _ in told} <= published
        assert {f"t{int(n):02}" for n, _ in told} <= {receipt.token for receipt in receipts}
        assert engine.ports.store.statistics(event_id).accepted == len(receipts)
        assert all(engine.ports.archive.get(key) == b"mail %d" % int(n) * 500 for n, key in told)


def test_the_game_would_find_a_store_that_does_not_wait(story, tmp_path):
    """Without its fsyncs the same store loses what it told."""
    folder, event_id, before, steps = story
    steps = [step for step in steps if step.what != "sync"]
    lost, chance = 0, random.Random(6)
    for number in range(10):
        target = tmp_path / str(number)
        target.mkdir()
        last = max(place for place, step in enumerate(steps) if step.what == "told" and step.octets.startswith(b"7 "))
        cut(before, steps[: last + 1], chance, target, folder)
        told = [step.octets.decode().split() for step in steps[: last + 1] if step.what == "told"]
        try:
            hold(target, event_id, told, before)
        except (AssertionError, KeyError, sqlite3.Error):
            lost += 1
    assert lost
