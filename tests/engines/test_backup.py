"""Backups: made beside a server at work, whole or refused, and put back without losing what was there."""

import json
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest

from invited.domain.errors import Refused
from invited.domain.finding import Level
from invited.domain.job import Job
from invited.domain.statistics import Statistics
from invited.engines import open_embedded
from invited.engines.embedded.backup import back_up, restore, verified
from invited.engines.embedded.lock import hold
from invited.engines.embedded.signing import add_key
from invited.entrypoints.doctor import examine_data
from invited.messages import EventCreated, JobDue
from tests.engines.schemas import EVENT, fill
from tests.facts import NOW, Clock, a_receipt, an_event, an_invitation


@pytest.fixture
def folder(settings):
    fill(settings.data_dir)
    add_key(settings.data_dir, "invites.example", "one", "ed25519")
    return settings.data_dir


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def accepted(settings):
    with open_embedded(settings, now=Clock()) as engine:
        return engine.ports.store.statistics(EVENT).accepted


def test_a_backup_holds_all_and_is_for_its_owner_alone(folder, tmp_path):
    octets = back_up(folder, tmp_path / "copy", NOW)
    names = {"invited.db", "archive.db", "lab.db", "secret", "dkim/invites.example/one.pem", "manifest.json"}
    assert contents(tmp_path / "copy").keys() == names
    assert octets == sum(map(len, contents(tmp_path / "copy").values()))
    for path in [tmp_path / "copy", *(path for path in (tmp_path / "copy").rglob("*") if path.is_file())]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    told = json.loads((tmp_path / "copy" / "manifest.json").read_text())
    assert told["made"] == NOW.isoformat()
    assert told["files"].keys() == names - {"manifest.json"}


def test_a_backup_put_back_has_what_was_there_then_and_sets_aside_what_came_since(folder, settings, tmp_path):
    back_up(folder, tmp_path / "copy", NOW)
    secret = (folder / "secret").read_bytes()
    with open_embedded(settings, now=Clock()) as engine:
        engine.ports.store.record([a_receipt(EVENT, "t3")])
    assert accepted(settings) == 3
    aside = restore(tmp_path / "copy", folder, datetime(2026, 12, 2, tzinfo=UTC))
    assert aside == folder / "before-restore-20261202T000000Z"
    assert accepted(settings) == 2
    assert (folder / "secret").read_bytes() == secret
    assert (folder / "dkim" / "invites.example" / "one.pem").exists()
    assert {finding.level for finding in examine_data(folder, NOW)} <= {Level.OK, Level.WARNING}
    settings = settings.model_copy(update={"data_dir": aside})
    assert accepted(settings) == 3


def test_a_backup_becomes_a_new_server(folder, settings, tmp_path):
    back_up(folder, tmp_path / "copy", NOW)
    new = tmp_path / "new"
    assert restore(tmp_path / "copy", new, NOW) is None
    assert accepted(settings.model_copy(update={"data_dir": new})) == 2


def test_a_backup_beside_a_server_at_work_is_of_one_instant(folder, settings, tmp_path):
    """Each step takes an answer as a server does: its mail, a message, its receipt. A backup may not part them."""
    stop = threading.Event()
    with open_embedded(settings, now=Clock()) as engine:
        store = engine.ports.store
        store.add_event(an_event(id="busy", origin_uid="busy@club.example"), 10)
        engine.queue.publish([JobDue("busy", "busyjob")])
        tokens = [f"b{n:05}" for n in range(5000)]
        store.open_job(Job("busyjob", "busy", "list", NOW, Statistics()))
        store.admit("busy", [an_invitation("busy", token, job="busyjob") for token in tokens], 5000)
        done = []

        def work():
            for token in tokens:
                if stop.is_set():
                    return
                mail = engine.archive.put(token.encode())
                engine.queue.publish([EventCreated(token)])
                store.record([a_receipt("busy", token, mail=mail)])
                done.append(token)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            copies = []
            for n in range(5):
                before = len(done)
                back_up(folder, tmp_path / str(n), NOW)
                copies.append((tmp_path / str(n), before, len(done) + 1))
        finally:
            stop.set()
            worker.join()
    for copy, least, most in copies:
        assert [f for f in examine_data(copy, NOW) if f.level is Level.WRONG] == []
        with closing(sqlite3.connect(copy / "invited.db")) as connection:
            count = connection.execute("SELECT count(*) FROM receipt WHERE event_id = 'busy'").fetchone()[0]
        assert least <= count <= most


def test_a_backup_that_was_changed_is_refused_and_nothing_is_touched(folder, settings, tmp_path):
    back_up(folder, tmp_path / "copy", NOW)
    before = contents(folder)
    for name in ("secret", "invited.db", "dkim/invites.example/one.pem"):
        path = tmp_path / "copy" / name
        kept = path.read_bytes()
        path.write_bytes(kept[:-1] + b"?")
        with pytest.raises(Refused, match="is not as it was backed up"):
            restore(tmp_path / "copy", folder, NOW)
        path.unlink()
        with pytest.raises(Refused, match="lacks"):
            restore(tmp_path / "copy", folder, NOW)
        path.write_bytes(kept)
    (tmp_path / "copy" / "manifest.json").write_text("{}")
    with pytest.raises(Refused, match="no backup"):
        restore(tmp_path / "copy", folder, NOW)
    after = contents(folder)
    after.pop("serve.lock", None)
    assert after == before


def test_a_manifest_that_leads_out_of_the_backup_is_refused(folder, tmp_path):
    back_up(folder, tmp_path / "copy", NOW)
    (tmp_path / "elsewhere").write_bytes(b"x")
    path = tmp_path / "copy" / "manifest.json"
    told = json.loads(path.read_text())
    told["files"]["../elsewhere"] = {"size": 1}
    path.write_text(json.dumps(told))
    with pytest.raises(Refused, match="lacks"):
        verified(tmp_path / "copy")


def test_a_damaged_database_is_no_backup(folder, tmp_path):
    raw = bytearray((folder / "archive.db").read_bytes())
    raw[4096:8192] = bytes(4096)
    (folder / "archive.db").write_bytes(raw)
    with pytest.raises(Refused, match=r"damaged|not whole"):
        back_up(folder, tmp_path / "copy", NOW)


def test_a_newer_version_s_backup_is_refused(folder, tmp_path):
    back_up(folder, tmp_path / "copy", NOW)
    with closing(sqlite3.connect(folder / "invited.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Refused, match="newer version"):
        back_up(folder, tmp_path / "other", NOW)


def test_nothing_is_restored_under_a_running_server(folder, tmp_path):
    back_up(folder, tmp_path / "copy", NOW)
    with hold(folder), pytest.raises(Refused, match="in use by another server"):
        restore(tmp_path / "copy", folder, NOW)


def test_a_backup_goes_into_a_new_or_empty_folder_alone(folder, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thing").write_text("x")
    for taken in (tmp_path / "full", tmp_path / "full" / "thing"):
        with pytest.raises(Refused, match="is there already"):
            back_up(folder, taken, NOW)
    with pytest.raises(Refused, match="There is no"):
        back_up(tmp_path / "full", tmp_path / "copy", NOW)
