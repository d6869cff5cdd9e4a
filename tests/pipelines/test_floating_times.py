"""Times without a zone are refused, or taken in a zone that their organizer is told of."""

import pytest
from pydantic import ValidationError

from invited.engines import open_engine
from invited.entrypoints.worker import work_off
from invited.messages import MailArrived
from invited.settings import Settings
from tests.facts import Clock, a_mail
from tests.imip import inbound_mails
from tests.imip.inbound_mails import calendar, event

FLOATING = "DTSTART:20261201T100000"
ZONED = "DTSTART;TZID=America/New_York:20261201T100000"


def arrived(tmp_path, text, **settings):
    """The event, if any, and the text of the only mail to its organizer."""
    chosen = Settings(domain="invites.localhost", data_dir=tmp_path, inbound_auth="trust", **settings)
    with open_engine(chosen, memory=True, now=Clock()) as engine:
        key = engine.ports.archive.put(inbound_mails.mail(text, sender="ann@club.example"))
        engine.ports.queue.publish([MailArrived(a_mail(key=key))])
        while work_off(engine.ports, engine.queue):
            pass
        (mail,) = engine.lab.mails()
        found = engine.ports.store.events()
        return (found[0] if found else None), inbound_mails.read(engine.lab.raw(mail.id), "").text


def test_by_default_they_are_refused(tmp_path):
    found, text = arrived(tmp_path, calendar(event(start=FLOATING)))
    assert found is None
    assert "no time zone" in text


def test_the_organizers_zone_is_taken_and_said(tmp_path):
    chosen = {"floating_times": "organizer", "default_zone": "Europe/Paris"}
    found, text = arrived(tmp_path, calendar(event(start=FLOATING)), **chosen)
    assert found.head.start.to_text() == "2026-12-01T10:00:00[Europe/Paris]"
    assert "names no time zone, so it was taken in Europe/Paris" in text


@pytest.mark.parametrize(
    "text",
    [
        calendar(event(start=ZONED)),
        calendar(event(start="DTSTART;VALUE=DATE:20261201")),
        calendar("X-WR-TIMEZONE:America/New_York", event(start=FLOATING)),
    ],
)
def test_what_names_its_zone_needs_no_guess(tmp_path, text):
    found, told = arrived(tmp_path, text, floating_times="organizer", default_zone="Europe/Paris")
    assert found.head.start.zone in ("America/New_York", None)
    assert "Please check the time" not in told


def test_the_settings_go_together():
    for wrong in ({"floating_times": "organizer"}, {"default_zone": "Mars/Olympus"}):
        with pytest.raises(ValidationError):
            Settings(**wrong)
