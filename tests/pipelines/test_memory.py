"""What was refused is gone: nothing of a mail that came to nothing stays in memory."""

import ast
import gc
from pathlib import Path

import pytest

import invited
from invited.entrypoints.inject import inject
from invited.imip.mail import InboundMail
from tests.imip.inbound_mails import calendar, event, mail

SOURCES = Path(invited.__file__).parent

MAILS = {
    "no calendar": mail(),
    "nothing readable in it": mail(calendar(event(start="DTSTART:nonsense"))),
    "an answer to nothing": mail(calendar(event("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.example"), method="REPLY")),
    "far too many events": mail(calendar(*(event(uid=f"u{n}") for n in range(201)))),
}


@pytest.mark.parametrize("mailbox", ["create", "rsvp", "list", "report"])
@pytest.mark.parametrize("raw", MAILS.values(), ids=MAILS)
def test_nothing_of_a_refused_mail_stays(engine, work, mailbox, raw):
    before = {id(kept): kept for kept in mails()}
    for _ in range(2):
        inject(engine, raw, mailbox)
        work()
    assert not [found for found in mails() if id(found) not in before]


def mails():
    """Those in memory; other tests may keep some."""
    gc.collect()
    return [found for found in gc.get_objects() if isinstance(found, InboundMail)]


def test_no_exception_that_is_kept_is_raised():
    """One that is raised again and again gathers the frames of each time, and with them the mails."""
    kept, raised = set(), set()
    for path in SOURCES.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                kept |= {(path, target.id) for target in node.targets if isinstance(target, ast.Name)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
                raised.add((path, node.exc.id))
    assert kept
    assert raised
    assert not kept & raised
