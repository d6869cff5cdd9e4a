"""The database: groups that commit together, each piece of work by itself; processes side by side; a full disk."""

import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, wait

import pytest

from invited.domain.errors import Refused, Temporary
from invited.engines import open_engine
from invited.engines.embedded.database import Database
from invited.engines.embedded.schema import Schema
from invited.messages import EventCreated
from tests.facts import a_receipt, an_event, an_invitation

SCHEMA = Schema("CREATE TABLE fact (name TEXT PRIMARY KEY) STRICT;")


@pytest.fixture(params=["file", "memory"])
def database(request, tmp_path):
    database = Database(tmp_path / "x.db" if request.param == "file" else None, SCHEMA)
    yield database
    database.close()


def add(name):
    return lambda c: c.execute("INSERT INTO fact VALUES (?)", (name,)).rowcount


def facts(database):
    return [row[0] for row in database.read(lambda c: c.execute("SELECT name FROM fact ORDER BY name").fetchall())]


def held_up(database, *works):
    """Hand these in while the writer is busy, so that they come into one group; their futures."""
    started, go_on = threading.Event(), threading.Event()
    database.submit(lambda _: (started.set(), go_on.wait(20)))
    assert started.wait(20)
    futures = [database.submit(work) for work in works]
    go_on.set()
    return futures


def test_a_failure_in_a_group_hurts_itself_alone(database):
    def half(connection):
        add("half")(connection)
        raise ValueError("no")

    one, twice, failed, other = held_up(database, add("a"), add("a"), half, add("b"))
    assert (one.result(20), other.result(20)) == (1, 1)
    with pytest.raises(sqlite3.IntegrityError):
        twice.result(20)
    with pytest.raises(ValueError, match="no"):
        failed.result(20)
    assert facts(database) == ["a", "b"]


def test_work_can_be_taken_back_before_it_begins(database):
    started, go_on = threading.Event(), threading.Event()
    database.submit(lambda _: (started.set(), go_on.wait(20)))
    assert started.wait(20)
    taken_back, done = database.submit(add("a")), database.submit(add("b"))
    assert taken_back.cancel()
    go_on.set()
    assert done.result(20) == 1
    with pytest.raises(CancelledError):
        taken_back.result(20)
    assert facts(database) == ["b"]


def test_a_group_that_sqlite_rolls_back_fails_as_a_whole(database):
    lost, culprit, after = held_up(
        database, add("a"), lambda c: c.execute("INSERT OR ROLLBACK INTO fact VALUES (NULL)"), add("b")
    )
    wait([lost, culprit, after], 20)
    for future in (lost, culprit, after):
        with pytest.raises(Temporary, match="nothing was saved"):
            future.result()
    assert facts(database) == []
    assert database.write(add("c")) == 1


def test_a_full_disk_is_temporary(database):
    def shrink(connection):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    # The limit belongs to the connection: the writer's.
    database.submit(shrink).result(20)
    with pytest.raises(Temporary, match="full"):
        database.write(add("x" * 100_000))
    database.submit(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchall()).result(20)
    assert database.write(add("x" * 100_000)) == 1


def test_what_was_handed_in_is_finished_at_close(tmp_path):
    database = Database(tmp_path / "x.db", SCHEMA)
    futures = [database.submit(add(f"{n:03}")) for n in range(100)]
    database.close()
    assert all(future.result(0) == 1 for future in futures)
    with pytest.raises(Temporary, match="closed"):
        database.read(lambda _: None)
    again = Database(tmp_path / "x.db", SCHEMA)
    assert len(facts(again)) == 100
    again.close()


def test_readers_go_beside_the_writer_and_cannot_write(tmp_path):
    database = Database(tmp_path / "x.db", SCHEMA)
    started, go_on = threading.Event(), threading.Event()
    database.submit(lambda c: (add("a")(c), started.set(), go_on.wait(20)))
    assert started.wait(20)
    assert facts(database) == []
    go_on.set()
    with pytest.raises(Temporary, match="readonly"):
        database.read(add("b"))
    database.close()


def test_schemas_are_migrated_step_by_step(tmp_path):
    path = tmp_path / "x.db"
    old = Database(path, SCHEMA)
    old.write(add("a"))
    old.close()
    newer = Schema(
        "CREATE TABLE fact (name TEXT PRIMARY KEY, note TEXT) STRICT; CREATE INDEX i ON fact (note);",
        ("-- a remark; with a semicolon\nALTER TABLE fact ADD COLUMN note TEXT;\nCREATE INDEX i ON fact (note);",),
    )
    for _ in range(2):
        database = Database(path, newer)
        assert database.read(lambda c: c.execute("PRAGMA user_version").fetchone()) == (2,)
        assert facts(database) == ["a"]
        database.close()
    with pytest.raises(Refused, match="newer version") as refused:
        Database(path, SCHEMA)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ("CREATE TABLE fact (name TEXT PRIMARY KEY, note TEXT) STRICT;", "fact differs in note"),
        ("CREATE TABLE fact (name TEXT PRIMARY KEY);", "fact differs in "),
        ("CREATE TABLE fact (name INTEGER PRIMARY KEY) STRICT;", "fact differs in name|key of fact"),
        (f"{SCHEMA.whole} CREATE INDEX i ON fact (name);", "i is missing"),
        (f"{SCHEMA.whole} CREATE TABLE other (x);", "other is missing"),
        ("CREATE TABLE other (x);", "fact is not known"),
    ],
)
def test_what_no_release_made_is_refused_and_left_alone(tmp_path, wanted, fault):
    path = tmp_path / "x.db"
    Database(path, SCHEMA).close()
    with pytest.raises(Refused, match=f"not made by a release of invited: ({fault})"):
        Database(path, Schema(wanted))
    Database(path, SCHEMA).close()


def test_a_broken_step_leaves_nothing_behind(tmp_path):
    path = tmp_path / "x.db"
    Database(path, SCHEMA).close()
    with pytest.raises(Refused, match="syntax error"):
        Database(path, Schema(SCHEMA.whole, ("CREATE TABLE other (x);\nCREATE NONSENSE;",)))
    database = Database(path, SCHEMA)
    assert facts(database) == []
    database.close()


def test_what_is_no_database_is_refused(tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(b"This is not a database. " * 100)
    with pytest.raises(Refused, match="cannot be used"):
        Database(path, SCHEMA)
    with pytest.raises(Refused, match="cannot be used"):
        Database(tmp_path / "no" / "folder.db", SCHEMA)


def test_the_commit_is_made_to_wait_for_the_disk(tmp_path):
    database = Database(tmp_path / "x.db", SCHEMA)
    asked = [database.write(lambda c, p=p: c.execute(f"PRAGMA {p}").fetchone()[0]) for p in PRAGMAS]
    assert asked == ["wal", 2, 1]
    database.close()


PRAGMAS = ("journal_mode", "synchronous", "foreign_keys")

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from invited.engines import open_engine
from invited.messages import EventCreated
from invited.settings import Settings
from tests.facts import a_receipt

folder, event_id, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open_engine(Settings(domain="invites.example", data_dir=folder)) as engine:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(count):
        engine.queue.publish([EventCreated(f"{sys.argv[4]}{n}")])
        engine.ports.store.record([a_receipt(event_id, f"t{n:04}")])
        key = engine.ports.archive.put(b"mail %d" % n)
        print(n, key, flush=True)
"""


def start_writer(settings, event_id, count, name):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(settings.data_dir), event_id, str(count), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def tell(process):
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.fixture
def event(settings):
    event = an_event()
    with open_engine(settings) as engine:
        engine.ports.store.add_event(event, 10)
        engine.ports.store.admit(event.id, [an_invitation(event.id, f"t{n:04}") for n in range(2000)], 2000)
    return event


def test_two_processes_write_at_the_same_time(settings, event):
    with start_writer(settings, event.id, 50, "other") as other, open_engine(settings) as engine:
        tell(other)
        for n in range(50, 100):
            engine.queue.publish([EventCreated(f"mine{n}")])
            engine.ports.store.record([a_receipt(event.id, f"t{n:04}")])
        told = other.communicate()[0].splitlines()
        assert other.returncode == 0
        assert engine.ports.store.statistics(event.id).accepted == 100
        assert len({one.message for one in engine.queue.take(200, 60)}) == 100
        assert [engine.archive.get(line.split()[1]) for line in told] == [b"mail %d" % n for n in range(50)]


def test_a_kill_loses_nothing_that_was_told(settings, event):
    for kill in range(10):
        with start_writer(settings, event.id, 2000, f"{kill}-") as process:
            tell(process)
            told = [process.stdout.readline().split() for _ in range(5 + kill)]
            process.send_signal(signal.SIGKILL)
            told += [words for line in process.stdout.readlines() if len(words := line.split()) == 2]
        with open_engine(settings) as engine:
            published = {one.message.event_id for one in engine.queue.take(10_000, 10**9)}
            answered = {r.token for r in engine.ports.store.receipts(event.id, [f"t{int(n):04}" for n, _ in told])}
            assert {f"{kill}-{n}" for n, _ in told} <= published
            assert answered == {f"t{int(n):04}" for n, _ in told}
            assert all(engine.archive.get(key) == b"mail %d" % int(n) for n, key in told)
            assert engine.ports.store.statistics(event.id).accepted >= len(told)
