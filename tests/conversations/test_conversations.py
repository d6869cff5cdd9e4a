"""Every conversation in this folder, word by word, on every engine."""

from pathlib import Path

import pytest

from invited.domain.finding import Level
from invited.engines import open_engine
from invited.engines.embedded.checks import figures, rows, work
from invited.settings import Settings
from tests.conversations.script import Clock, Conversation, settings_of

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("*.txt")))
def test_conversation(name, tmp_path):
    clock = Clock()
    text = (HERE / f"{name}.txt").read_text()
    values = {"inbound_auth": "trust", "event_limit": 3, "invitation_limit": 5} | settings_of(text)
    settings = Settings(domain="invites.test", data_dir=tmp_path, **values)
    with open_engine(settings, memory=True, now=clock) as engine:
        Conversation(engine, clock).run(text)
        assert faults(engine, clock()) == []


def faults(engine, now):
    """What the doctor finds wrong with what the conversation left; the archive is not beside the facts in memory."""
    database = engine.ports.store._database
    checks = (rows.check, figures.check, work.check)
    found = database.read(lambda connection: [finding for check in checks for finding in check(connection, now)])
    return [finding for finding in found if finding.level is Level.WRONG]
