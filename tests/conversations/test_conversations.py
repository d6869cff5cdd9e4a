"""Every conversation in this folder, word by word, on every engine."""

import re
from pathlib import Path

import pytest

from invited.engines import open_engine
from invited.settings import Settings
from tests.conversations.script import Clock, Conversation

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("*.txt")))
def test_conversation(name, tmp_path):
    clock = Clock()
    limits = {"event_limit": 3, "invitation_limit": 5}
    text = (HERE / f"{name}.txt").read_text()
    # A line such as `# settings: digest_hour -1, decline_counters true`.
    changed = re.search(r"^# settings: (.+)$", text, re.MULTILINE)
    limits |= dict(pair.split() for pair in changed[1].split(",")) if changed else {}
    settings = Settings(domain="invites.test", data_dir=tmp_path, inbound_auth="trust", **limits)
    with open_engine(settings, memory=True, now=clock) as engine:
        Conversation(engine, clock).run(text)
