"""Every invariant of the data, broken on purpose, is found; and mended where nothing is lost by it."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from invited.domain.errors import Refused
from invited.domain.finding import Level
from invited.domain.invitation import Partstat, State
from invited.domain.job import Job
from invited.domain.receipt import Grade
from invited.domain.statistics import Statistics
from invited.engines import open_embedded
from invited.engines.embedded.checks import files
from invited.engines.embedded.lock import hold
from invited.engines.instants import to_micros
from invited.entrypoints.doctor import examine, examine_data, repair
from invited.messages import DeliveryDue, EventCreated, JobDue, ListDue
from tests.facts import NOW, Clock, a_delivery, a_receipt, an_event, an_invitation

EVENT = "checkedevent"
OTHER = "checkedother"
SOON = NOW + timedelta(hours=2)


@pytest.fixture
def folder(settings):
    """Two events of one organizer: people in every state, who answered, changed their minds, were reminded."""
    with open_embedded(settings, now=Clock()) as engine:
        store = engine.ports.store
        for event_id, job in ((EVENT, "job1"), (OTHER, "job2")):
            mail = engine.archive.put(b"Subject: yes\r\n\r\n")
            store.add_event(an_event(id=event_id, origin_uid=f"{event_id}@club.example"), 10)
            store.open_job(Job(job, event_id, "list", NOW, Statistics()))
            tokens = [f"t{n}" for n in range(8)]
            origins = ["list", "link:mailchimp"]
            store.admit(
                event_id,
                [an_invitation(event_id, t, job=job, origin=origins[n % 2]) for n, t in enumerate(tokens)],
                100,
            )
            store.claim(event_id, tokens, 0, NOW, 60)
            states = [State.SENT] * 5 + [State.FAILED, State.BOUNCED, State.SENT]
            store.mark(event_id, [a_delivery(t, state=s) for t, s in zip(tokens, states, strict=True)])
            store.claim_nudge(event_id, ["t4"], limit=2, before=SOON, now=SOON, lease=60)
            store.mark_nudged(event_id, [a_delivery("t4", at=SOON)])
            later = NOW + timedelta(days=1)
            store.record(
                [
                    a_receipt(event_id, "t0", mail=mail),
                    a_receipt(event_id, "t1", mail=mail, partstat=Partstat.DECLINED),
                    a_receipt(event_id, "t1", mail=mail, sequence=1, arrived=later, dtstamp=later),
                    a_receipt(event_id, "t2", mail=mail, recurrence_id="20261224T170000Z"),
                    a_receipt(event_id, "x1", mail=mail, grade=Grade.FORWARDED),
                ]
            )
    return settings.data_dir


def change(folder, statement, *values, database="invited.db"):
    with closing(sqlite3.connect(folder / database)) as connection:
        changed = connection.execute(statement, values).rowcount
        connection.commit()
    assert changed


def faults(folder, now=SOON):
    return [f for f in (*files.check(folder), *examine_data(folder, now)) if f.level is not Level.OK]


def test_sound_data_are_found_sound(folder):
    found = [*files.check(folder), *examine_data(folder, SOON)]
    assert [finding.text for finding in found if finding.level is not Level.OK] == []
    assert {finding.what for finding in found} == {
        *("files", "invited.db", "archive.db", "lab.db"),
        *("rows", "figures", "queue", "claims", "jobs", "dead letters", "archive"),
    }


FIGURES = [
    ("event:" + EVENT, "answer:accepted"),
    ("event:" + EVENT, "state:bounced"),
    ("event:" + EVENT, "nudges"),
    ("event:" + EVENT, "strangers"),
    ("event:" + EVENT, "occurrence:20261224T170000Z:accepted"),
    ("event:" + EVENT, "origin:link:mailchimp:accepted"),
    ("when:event:" + EVENT, "day:2026-12-01:invitations"),
    ("when:organizer:ann@club.example", "day:2026-12-01:sent"),
    ("when:domain", "hour:2026-12-01T11:nudged"),
    ("recipients:event:" + EVENT, "guests.example:accepted"),
    ("recipients:domain", "guests.example:bounced"),
    ("again:" + EVENT, "-1:declined:0:accepted"),
    ("job:job1", "state:failed"),
    ("organizer:ann@club.example", "origin:link:accepted"),
    ("organizer:ann@club.example", "events"),
    ("domain", "event:confirmed"),
    ("domain", "invitations"),
]


@pytest.mark.parametrize(("scope", "name"), FIGURES)
def test_a_wrong_figure_is_found_and_mended(folder, settings, scope, name):
    change(
        folder,
        "INSERT INTO counter VALUES (?, ?, 7) ON CONFLICT DO UPDATE SET value = value + 7",
        *(scope, name),
    )
    (found,) = faults(folder)
    assert (found.level, found.what) == (Level.WRONG, "figures")
    assert name in found.text
    assert "--repair" in found.remedy
    assert repair(settings, SOON) == [found]
    assert faults(folder) == []


def test_figures_that_are_missing_or_of_nothing_are_found_and_mended(folder, settings):
    change(folder, "DELETE FROM counter WHERE scope = ?", f"event:{EVENT}")
    change(folder, "INSERT INTO counter VALUES ('when:event:gone', 'day:2026-12-01:sent', 3)")
    lost, orphan = faults(folder)
    assert "the rows say 8" in lost.text
    assert "when:event:gone" in orphan.text
    repair(settings, SOON)
    assert faults(folder) == []


ROWS = [
    ("UPDATE invitation SET job = 'gone' WHERE token = 't7'", "belongs to no job of its event"),
    ("UPDATE invitation SET job = 'job1' WHERE token = 't7'", "belongs to no job of its event"),
    ("UPDATE invitation SET partstat = 'DECLINED' WHERE token = 't0'", "does not stand as its winning answer"),
    ("UPDATE invitation SET answered_sequence = 9 WHERE token = 't0'", "does not stand as its winning answer"),
    ("DELETE FROM receipt WHERE token = 't0'", "there is no answer"),
    ("UPDATE receipt SET sequence = 0 WHERE token = 't1'", "not in the order of their SEQUENCEs"),
    ("UPDATE event SET revision = 5", "columns do not say what the event says"),
    ("UPDATE event SET organizer = 'bob@club.example'", "columns do not say what the event says"),
    ("DELETE FROM event_version", "not kept as it was last sent"),
    ("UPDATE invitation SET sent_revision = 3 WHERE token = 't0'", "a version that there never was"),
    ("UPDATE invitation SET sent_sequence = 3 WHERE token = 't0'", "a version that there never was"),
    ("UPDATE event SET pending = 'gone'", "an approval that is not pending"),
    ("UPDATE taken SET event_id = 'gone'", "of an event that is not there"),
    ("INSERT INTO digest VALUES ('gone', NULL, NULL)", "of an event that is not there"),
    ("DELETE FROM invitation WHERE token = 't0'", "belong to nothing, such as"),
    ("DELETE FROM event WHERE id = 'checkedother'", "belong to nothing, such as"),
]


@pytest.mark.parametrize(("statement", "told"), ROWS)
def test_rows_that_do_not_fit_are_found(folder, statement, told):
    change(folder, statement)
    found = [fault for fault in faults(folder) if fault.what == "rows"]
    assert any(told in fault.text for fault in found)
    assert all(fault.level is Level.WRONG and fault.remedy and not fault.mend for fault in found)


HELD = [
    ("UPDATE invitation SET claimed_until = ? WHERE token = 't7'", "claims"),
    (
        """INSERT INTO queue (kind, body, published, due, holder)
        VALUES ('EventCreated', '{"event_id": "e"}', 0, ?, 1)""",
        "queue",
    ),
    (
        "INSERT INTO hook (id, owner, created, version, body, health, claimed_until) VALUES ('h', '', 0, 1, '', '', ?)",
        "claims",
    ),
]


@pytest.mark.parametrize(("statement", "what"), HELD)
def test_what_a_wrong_clock_holds_for_ever_is_let_go(folder, settings, statement, what):
    change(folder, statement, to_micros(SOON + timedelta(days=400)))
    (found,) = faults(folder)
    assert (found.level, found.what) == (Level.WRONG, what)
    assert "a clock was wrong" in found.text
    repair(settings, SOON)
    assert faults(folder) == []


def waiting(settings, *messages):
    with open_embedded(settings, now=Clock(SOON)) as engine:
        store = engine.ports.store
        store.open_job(Job("still", EVENT, "list", NOW, Statistics()))
        store.admit(EVENT, [an_invitation(EVENT, "late", job="still")], 100)
        engine.queue.publish(messages)


def test_a_bulk_send_that_stands_still_is_found_and_goes_on(folder, settings):
    waiting(settings)
    (found,) = faults(folder)
    assert found.text.startswith("job still stands still: 1 people wait")
    repair(settings, SOON)
    assert faults(folder) == []
    with open_embedded(settings, now=Clock(SOON)) as engine:
        assert [taken.message for taken in engine.queue.take(10, 60)] == [JobDue(EVENT, "still")]


def test_a_list_that_nobody_reads_on_is_found_and_goes_on(folder, settings):
    with open_embedded(settings, now=Clock()) as engine:
        key = engine.archive.put(b"[]")
        engine.ports.store.open_job(Job("unread", EVENT, "list", NOW, Statistics(), body=key, size=100))
    (found,) = faults(folder)
    assert "100 octets of its list are to be read" in found.text
    repair(settings, SOON)
    with open_embedded(settings, now=Clock(SOON)) as engine:
        assert [taken.message for taken in engine.queue.take(10, 60)] == [ListDue(EVENT, "unread")]


def test_a_bulk_send_that_is_at_work_or_paused_is_well(folder, settings):
    waiting(settings, DeliveryDue(EVENT, ("late",)))
    assert faults(folder) == []
    change(folder, "DELETE FROM queue")
    change(folder, "UPDATE job SET control = 'paused' WHERE id = 'still'")
    assert faults(folder) == []


def test_a_bulk_send_whose_work_is_dead_names_the_dead_letters(folder, settings):
    waiting(settings, DeliveryDue(EVENT, ("late",)))
    with open_embedded(settings, now=Clock(SOON)) as engine:
        engine.queue.bury(engine.queue.take(1, 60)[0].handle, "no")
    still, dead = faults(folder)
    assert "dead-letters" in still.remedy
    assert (dead.level, dead.text) == (Level.WARNING, "1 DeliveryDue")


def test_messages_that_wait_long_or_cannot_be_read_are_told(folder, settings):
    with open_embedded(settings, now=Clock(NOW)) as engine:
        engine.queue.publish([EventCreated(EVENT)])
    change(folder, "INSERT INTO queue (kind, body, published, due) VALUES ('Nonsense', '{', 0, ?)", to_micros(SOON))
    found = faults(folder)
    assert ["cannot be read" in each.text for each in found] == [True, False]
    assert "waited for more than an hour" in found[1].text
    assert {each.level for each in found} == {Level.WARNING}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE mail SET packed = x'00'", "2 entries cannot be read"),
        ("DELETE FROM mail", "an answer names an entry that is not there"),
    ],
)
def test_an_archive_that_lacks_mails_is_found(folder, statement, told):
    change(folder, statement, database="archive.db")
    assert any(told in fault.text for fault in faults(folder) if fault.what == "archive")


def test_a_list_that_is_not_in_the_archive_is_found(folder):
    change(folder, "UPDATE job SET body = 'gone'")
    assert any("a list names" in fault.text for fault in faults(folder))


def test_files_that_others_may_read_are_found_and_closed(folder, settings):
    key = folder / "dkim" / "invites.example" / "one.pem"
    key.parent.mkdir(parents=True)
    key.write_text("x")
    for path, mode in ((key, 0o644), (folder / "secret", 0o640), (folder, 0o755)):
        path.chmod(mode)
    assert [fault.remedy.split(";")[0] for fault in faults(folder)] == [
        f"chmod 700 {folder}",
        f"chmod 600 {folder / 'secret'}",
        f"chmod 600 {key}",
    ]
    repair(settings, SOON)
    assert faults(folder) == []


def test_missing_and_damaged_files_are_found(folder, settings):
    (folder / "secret").write_bytes(b"short")
    (folder / "lab.db").write_bytes(b"This is not a database. " * 100)
    told = [fault.text for fault in faults(folder)]
    assert "is not 32 octets long" in told[0]
    assert "cannot be read" in told[1]
    raw = bytearray((folder / "invited.db").read_bytes())
    raw[8192:16384] = bytes(8192)
    (folder / "invited.db").write_bytes(raw)
    (folder / "archive.db").unlink()
    found = [fault for fault in examine(settings, SOON, is_online=False) if fault.level is Level.WRONG]
    assert [fault.what for fault in found] == ["files", "files", "invited.db", "lab.db", "data"]
    assert "archive.db is not there" in found[0].text
    assert "damaged" in found[2].text
    assert "not looked at" in found[4].text


def test_a_schema_of_another_shape_or_age_is_told(folder):
    with closing(sqlite3.connect(folder / "invited.db")) as connection:
        connection.execute("DROP INDEX event_listed")
    (found,) = faults(folder)
    assert found.text.endswith("event_listed is missing")
    with closing(sqlite3.connect(folder / "invited.db")) as connection:
        connection.execute("PRAGMA user_version = 0")
    assert [fault.level for fault in faults(folder)] == [Level.WARNING]


def test_nothing_is_mended_while_a_server_runs(folder, settings):
    with hold(folder), pytest.raises(Refused, match="in use by another server"):
        repair(settings, SOON)


def test_no_data_are_refused(settings):
    with pytest.raises(Refused, match="no data folder"):
        list(examine(settings, NOW))
