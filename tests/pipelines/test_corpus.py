"""Every real mail of the corpus goes through the whole server: nothing crashes, nothing becomes a dead letter, every
organizer is answered, and every event that comes of it goes out as an invite that is valid for each guest."""

from email import message_from_bytes, policy

import icalendar
import pytest

from invited.admission import request_send
from invited.engines import open_engine
from invited.entrypoints.inject import inject
from invited.entrypoints.worker import work_off
from invited.imip.lint import Severity, lint
from invited.messages import Attendee
from invited.settings import Settings
from tests.conversations.script import Clock
from tests.corpus import ABSENT, CORPUS, files

if CORPUS is None:
    pytest.skip(ABSENT, allow_module_level=True)

FROM_ORGANIZERS = files("organizer-request", "update", "recurring", "timezones", "malformed-ics", "malformed-mime")
FROM_OTHERS = files("cancel", "reply", "counter", "bounce", "tnef")

# Mails without any sender or from a mailing list, which nobody answers; and replies, which are no organizer's mail.
UNANSWERED = {
    "malformed-ics/bluemind__event_1601.ics",
    "malformed-mime/mail-parser__malformed-019.eml",
    "malformed-mime/mail-parser__thirdparty-014.eml",
    "malformed-mime/mail-parser__malformed-009.eml",
    "malformed-mime/mail-parser__malformed-012.eml",
    "malformed-mime/mail-parser__malformed-015.eml",
    "malformed-mime/mail-parser__malformed-016.eml",
    "malformed-mime/mail-parser__malformed-017.eml",
}

# A list of dates without a rule, as its organizer planned it: one UID cannot tell it in a way that Outlook reads.
UNMENDABLE = {"rdate-alone"}


@pytest.fixture
def engine(tmp_path):
    settings = Settings(
        domain="invites.test", data_dir=tmp_path, inbound_auth="trust", public_url="https://invites.test"
    )
    with open_engine(settings, memory=True, now=Clock()) as engine:
        yield engine


def drain(engine):
    while work_off(engine.ports, engine.queue):
        pass


def events(engine):
    return engine.ports.store.events(limit=1000)


@pytest.mark.parametrize("path", FROM_ORGANIZERS)
def test_an_organizers_mail_becomes_events_or_an_answer(engine, path):
    inject(engine.ports, (CORPUS / path).read_bytes(), "create")
    drain(engine)
    assert [letter.error for letter in engine.ports.dead_letters.page()] == []
    subjects = [mail.subject for mail in engine.lab.mails()]
    told = [subject for subject in subjects if subject.startswith(("Ready to send", "Not done"))]
    assert told or path in UNANSWERED, subjects
    assert len([s for s in told if s.startswith("Ready")]) == len(events(engine))


@pytest.mark.parametrize("path", FROM_ORGANIZERS)
def test_what_became_an_event_goes_out_as_a_valid_invite(engine, path):
    inject(engine.ports, (CORPUS / path).read_bytes(), "create")
    drain(engine)
    for event in events(engine):
        request_send(engine.ports, event, [Attendee("bob@fan.test", "Bob"), Attendee("cid@fan.test")], "api")
    drain(engine)
    assert [letter.error for letter in engine.ports.dead_letters.page()] == []
    mails = [engine.lab.raw(mail.id) for mail in engine.lab.mails(to="bob@fan.test")]
    assert len(mails) >= len([event for event in events(engine) if not event.is_cancelled])
    for raw in mails:
        check_invite(raw)


@pytest.mark.parametrize("path", FROM_OTHERS)
@pytest.mark.parametrize("mailbox", ["create", "rsvp"])
def test_whatever_else_comes_harms_nothing(engine, path, mailbox):
    inject(engine.ports, (CORPUS / path).read_bytes(), mailbox)
    drain(engine)
    assert [letter.error for letter in engine.ports.dead_letters.page()] == []


def check_invite(raw):
    message = message_from_bytes(raw, policy=policy.default)
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    icalendar.use_zoneinfo()
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == calendar["METHOD"] == "REQUEST"
    for event in calendar.walk("VEVENT"):
        assert str(event["ATTENDEE"]).lower() == "mailto:bob@fan.test"
        assert str(event["ORGANIZER"]).lower() == "mailto:rsvp@invites.test"
        assert "@invites.test" in event["UID"]
    faults = [f for f in lint(raw) if f.severity is Severity.ERROR and f.rule not in UNMENDABLE]
    assert not faults, faults
