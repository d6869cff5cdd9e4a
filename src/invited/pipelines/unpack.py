"""Pipeline 5, Send, from a mail: begin a job for each list that an organizer attached (seeds, step 5A)."""

from __future__ import annotations

from invited.domain.addresses import token
from invited.domain.errors import Aside, Barred
from invited.imip.attached_lists import lists
from invited.imip.mail import read
from invited.jobs import Plan, begin
from invited.messages import InviteRefused, ListMailed
from invited.ports import Engine


def handle(message: ListMailed, engine: Engine) -> None:
    """Begin the jobs; the same mail gives the same jobs, however often it comes; what is under way is left.

    An organizer who may not send to lists is told so.
    """
    event, mail = engine.store.event(message.event_id), message.mail
    if event is None:
        raise Aside("the event is gone")
    for number, content in enumerate(lists(read(engine.archive.get(mail.key), mail.envelope_from))):
        job_id = token(engine.secret, event.id, f"list {number} of mail {mail.key}")
        job = engine.store.job(job_id)
        if job is not None and job.reading.rows:
            continue
        try:
            begin(engine, event, Plan(job_id, "mail-list"), [content])
        except Barred as barred:
            subject = event.head.summary
            engine.queue.publish([InviteRefused(mail, event.organizer, subject, barred.reason, barred.remedy)])
            return
