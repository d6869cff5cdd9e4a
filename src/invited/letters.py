"""A guest's own words on their way to the organizer, who can answer them directly."""

from __future__ import annotations

import hashlib

from invited.domain.event import Event
from invited.domain.invitation import Invitation
from invited.imip.forwarded import forward
from invited.imip.mail import read
from invited.messages import Mail
from invited.ports import Engine, Letter
from invited.templating import environment
from invited.wording import when


def forwarded(engine: Engine, event: Event, invitation: Invitation, mail: Mail) -> Letter:
    """From us, with the writer's name and their address as Reply-To; the null sender keeps it from going in circles."""
    raw = engine.archive.get(mail.key)
    inbound = read(raw, mail.envelope_from)
    template = environment(engine.settings).get_template("mail/letter.txt")
    text = template.render(event=event, part=event.head, invitation=invitation, letter=inbound, when=when)
    told = hashlib.sha256(f"letter {mail.key}".encode()).hexdigest()[:32]
    message = forward(
        raw,
        text=text.strip() + "\n",
        subject=inbound.subject or f"Re: {event.head.summary}",
        sender=(
            inbound.sender_name or invitation.name or inbound.sender,
            engine.settings.address("rsvp", event.domain),
        ),
        reply_to=inbound.sender,
        to=event.organizer,
        message_id=f"<{told}@{event.domain}>",
        date=engine.now(),
    )
    return Letter("", event.organizer, message)
