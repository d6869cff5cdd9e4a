"""What every version of the schema wrote is opened by this one, and loses nothing on the way."""

import sqlite3
from contextlib import closing

import pytest

from invited.engines import open_embedded
from invited.engines.embedded.checks import CHECKS, snapshot
from invited.engines.embedded.database import Database, shape
from invited.engines.embedded.schema import DATABASES
from tests.engines.schemas import EVENT, fill, kept, restored
from tests.facts import NOW, Clock

CASES = [(name, version) for name, schema in DATABASES.items() for version in range(1, schema.version + 1)]


@pytest.mark.parametrize(("name", "version"), CASES)
def test_every_version_becomes_what_a_new_database_is(tmp_path, name, version):
    assert kept(name, version).exists(), "make it: python -m tests.engines.schemas"
    restored(name, version, tmp_path)
    Database(tmp_path / name, DATABASES[name]).close()
    Database(tmp_path / "new.db", DATABASES[name]).close()
    with closing(sqlite3.connect(tmp_path / name)) as old, closing(sqlite3.connect(tmp_path / "new.db")) as new:
        assert shape(old) == shape(new)
        assert old.execute("PRAGMA user_version").fetchone() == new.execute("PRAGMA user_version").fetchone()


@pytest.mark.parametrize("name", DATABASES)
def test_a_changed_schema_has_a_version_of_its_own(tmp_path, name):
    """Where this fails, the schema was changed: add upgrades/<name>-<version>.sql, and what the new version writes."""
    restored(name, DATABASES[name].version, tmp_path)
    with closing(sqlite3.connect(tmp_path / name)) as written, closing(sqlite3.connect(":memory:")) as new:
        new.executescript(DATABASES[name].whole)
        assert shape(written) == shape(new)


@pytest.mark.parametrize("version", range(1, DATABASES["invited.db"].version + 1))
def test_the_facts_of_every_version_are_there_afterwards(settings, version):
    fill(settings.data_dir)
    secret = (settings.data_dir / "secret").read_bytes()
    for path in settings.data_dir.glob("*.db*"):
        path.unlink()
    for name, schema in DATABASES.items():
        restored(name, min(version, schema.version), settings.data_dir)
    with open_embedded(settings, now=Clock()) as engine:
        assert engine.ports.secret == secret
        figures = engine.ports.store.statistics(EVENT)
        assert (figures.invitations, figures.sent, figures.accepted) == (3, 3, 2)
        assert engine.ports.store.event(EVENT).head.summary == "Ball"
        assert [step.kind for step in engine.ports.store.life(EVENT, "t1").steps][:2] == ["queued", "sent"]
        assert len(engine.ports.store.receipts(EVENT, ["t1", "t2", "t3"])) == 2
        assert [letter.kind for letter in engine.ports.dead_letters.page()] == ["EventCreated"]
        assert len(engine.queue.take(10, 60)) == 1
        (mail,) = engine.archive.mails()
        assert engine.archive.get(mail.key).startswith(b"Subject: yes")
    with snapshot(settings.data_dir) as connection:
        found = [finding for check in CHECKS for finding in check(connection, NOW)]
    assert [finding for finding in found if finding.level == "wrong"] == []
