"""A bulk send makes its templates once; whoever changes the event or its looks in the middle is obeyed at once."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from invited.admission import request_send
from invited.domain.branding import Branding, MailTemplate
from invited.imip import compose
from invited.messages import Attendee
from tests.facts import NOW


@pytest.fixture
def said(engine, event, work, relay):
    """Invite this one; what their mail says."""

    def said(address):
        request_send(engine, event, [Attendee(address)], "api")
        work()
        (letter,) = [letter for letter in relay.letters if letter.to == address]
        mail = message_from_bytes(letter.raw, policy=policy.default)
        return f"{mail['Subject']} {mail.get_body(('plain',)).get_content()}"

    return said


def test_a_template_serves_all_batches(said, monkeypatch):
    made, original = [], compose.wrapped
    monkeypatch.setattr(compose, "wrapped", lambda *args, **kwargs: made.append(1) or original(*args, **kwargs))
    assert "Ball" in said("ada@fans.example")
    assert "Ball" in said("bob@fans.example")
    assert len(made) == 1


def test_the_next_batch_has_the_looks_of_then(engine, event, said):
    said("ada@fans.example")
    own = {"invite": {"invitation": "Come along!"}}
    engine.store.replace_branding(event.domain, Branding(wording=own), 0)
    assert "Come along!" in said("bob@fans.example")
    engine.store.set_mail_template(event.domain, MailTemplate("invite", "{{ part.summary }}, mine\nHello", "", NOW))
    assert "Ball, mine" in said("cleo@fans.example")
    engine.store.remove_mail_template(event.domain, "invite")
    assert "Come along!" in said("dan@fans.example")


def test_the_next_batch_tells_the_event_of_then(engine, event, said):
    said("ada@fans.example")
    changed = replace(event, revision=1, components=(replace(event.head, summary="Gala", revision=1),))
    engine.store.replace_event(changed, 0)
    assert "Gala" in said("bob@fans.example")
