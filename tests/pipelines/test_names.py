"""Whose name stands on an invite."""

import pytest

from invited.engines import open_engine
from invited.entrypoints.inject import inject
from invited.entrypoints.worker import work_off
from invited.settings import Settings
from tests.conversations.script import Clock
from tests.imip.inbound_mails import calendar, event, mail


@pytest.mark.parametrize(
    ("organizer", "sender", "name"),
    [
        ("ORGANIZER;CN=Ann:mailto:ann@club.test", "Annie <ann@club.test>", "Ann"),
        ("ORGANIZER:mailto:ann@club.test", "Annie <ann@club.test>", "Annie"),
        # Whoever passes an invite on does not lend it their name.
        ("ORGANIZER:mailto:ann@club.test", "Pat <pat@club.test>", ""),
    ],
)
def test_the_organizer_is_called_as_their_calendar_or_their_mail_does(tmp_path, organizer, sender, name):
    settings = Settings(domain="invites.test", data_dir=tmp_path, inbound_auth="trust")
    with open_engine(settings, memory=True, now=Clock()) as engine:
        inject(engine.ports, mail(calendar(event(organizer)), sender=sender), "create")
        while work_off(engine.ports, engine.queue):
            pass
        (stored,) = engine.ports.store.events()
    assert stored.organizer_name == name
