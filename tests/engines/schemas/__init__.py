"""What each version of the schema wrote, as SQL text, to be opened by this one.

Once the schema is changed, and the upgrade to it written, `python -m tests.engines.schemas` adds what the new version
writes. What is there is never changed: it is what lies on the disks of those who run that version.
"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

from invited.domain.job import Job
from invited.domain.statistics import Statistics
from invited.engines import open_embedded
from invited.engines.embedded.schema import DATABASES
from invited.messages import EventCreated
from invited.settings import Settings
from tests.facts import NOW, Clock, a_delivery, a_mail, a_receipt, an_event, an_invitation

HERE = Path(__file__).parent
EVENT = "schemaevent1"


def kept(name, version):
    """The text of a database of that name, written at that version."""
    return HERE / f"{name.removesuffix('.db')}-{version}.sql"


def restored(name, version, folder):
    """Make in `folder` the database that was written at that version."""
    with closing(sqlite3.connect(folder / name)) as connection:
        connection.executescript(kept(name, version).read_text(encoding="utf-8"))
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()


def fill(folder):
    """An event with a job of three, two of whom have answered, in every database something."""
    settings = Settings(domain="invites.example", data_dir=folder)
    with open_embedded(settings, now=Clock()) as engine:
        store = engine.ports.store
        # The same key whenever it is done: the text of one database names what is in that of another.
        with patch("secrets.token_hex", lambda octets: "5c" * octets):
            mail = engine.archive.put(b"Subject: yes\r\n\r\n", [a_mail()])
        event = an_event(id=EVENT, origin_uid="plan@club.example")
        store.add_event(event, 10)
        store.open_job(Job("schemajob1", EVENT, "list", NOW, Statistics()))
        tokens = ("t1", "t2", "t3")
        store.admit(EVENT, [an_invitation(EVENT, token, job="schemajob1") for token in tokens], 10)
        store.claim(EVENT, tokens, 0, NOW, 60)
        store.mark(EVENT, [a_delivery(token) for token in tokens])
        store.record([a_receipt(EVENT, token, mail=mail) for token in tokens[:2]])
        store.suppress("gone@guests.example", "unsubscribed", NOW)
        engine.queue.publish([EventCreated(EVENT)])
        engine.queue.publish([EventCreated("elsewhere")])
        engine.queue.bury(engine.queue.take(1, 60)[0].handle, "no")


def main():
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        for name, schema in DATABASES.items():
            path = kept(name, schema.version)
            if path.exists():
                continue
            with closing(sqlite3.connect(Path(folder) / name)) as connection:
                path.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")
