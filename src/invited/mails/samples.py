"""An example of every mail's values, to preview and to try templates with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from invited.domain.approval import Approval
from invited.domain.event import Change, Component, Event, File, Stamp
from invited.domain.hook import Hook
from invited.domain.invitation import Partstat
from invited.domain.job import Fault, Job, Reading
from invited.domain.moment import Moment
from invited.domain.newcomer import Newcomer
from invited.domain.proposal import Proposal
from invited.domain.receipt import Grade, Receipt
from invited.domain.statistics import Statistics
from invited.mails import values
from invited.messages import ConfirmationNeeded, InviteRefused, LimitMet, Mail, OptInNeeded
from invited.news import Answer, News
from invited.wording import ANSWER_WORDS

NOW = datetime(2027, 1, 11, 9, 30, tzinfo=UTC)
"""When all examples happen."""

ID = "k3v5m2q7x4b6n9d1"
TOKEN = "t7w2m5k9p3x6q8d4"  # noqa: S105 - no secret

PEOPLE = Statistics(invitations=1200, sent=1198, accepted=410, declined=95, tentative=61)


def sample(name: str, url: str, domain: str, kind: str = "invitation") -> dict[str, Any]:
    """What the mail `name` is given, with links below `url`; `kind` is that of an invite. Raises KeyError."""
    event = _event(domain)
    return (_to_organizers(event, url) | _to_guests(event, url, kind))[name]


def _to_organizers(event: Event, url: str) -> dict[str, dict[str, Any]]:
    mail = Mail("m4x7k2p9", "create", f"create@{event.domain}", event.domain, event.organizer, NOW)
    link, decide = f"{url}/events/{ID}", f"{url}/strangers/x"
    about = values.about(event)
    remedy = "Mail the invite again from your calendar, with its calendar part."
    refused = InviteRefused(mail, event.organizer, "Home opener", "There is no invite in your mail.", remedy)
    met = LimitMet(event.organizer, event.domain, "invitation", 1000, "Home opener", ID, over=37, job="job1")
    hook = Hook("h2k7", "", "https://club.example/hooks", NOW, note="CRM", waiting=12)
    ready = {
        "refused": ("setup.exe",),
        "assumed_zone": "",
        "link": link,
        "invite": f"{url}/e/{ID}/invite?origin=button",
    }
    return {
        "approval": values.change(_approval(event), f"{url}/approvals/x", is_dropped=False),
        "confirm": {"message": ConfirmationNeeded(mail, event.organizer, "Home opener"), "link": f"{url}/confirm/x"},
        "created": about | ready,
        "digest": values.digest(event, _news(), PEOPLE, link, lambda _newcomer: decide),
        "expired": values.change(_approval(event), link, is_dropped=True),
        "halted": about | {"job": replace(_job(), why="12% of the mails came back"), "link": link},
        "limit": values.limit(met, named=37),
        "list": values.list_read(event, _job(), link),
        "refused": {"message": refused},
        "report": about | {"figures": PEOPLE, "days": 7, "link": link, "report": f"{url}/reports/x"},
        "sign_in": {"address": event.organizer, "link": f"{url}/sign-in/x", "minutes": 15},
        "stranger": about | {"newcomer": _newcomer(), "link": decide},
        "webhook": {"hook": hook, "reason": "it failed for three days"},
    }


def _to_guests(event: Event, url: str, kind: str) -> dict[str, dict[str, Any]]:
    about, own = values.about(event), f"{url}/mine/x"
    answer = f"{url}/a/{ID}/{TOKEN}/{TOKEN}"
    asked = OptInNeeded(ID, "ada@fans.example", "Ada", "page", NOW)
    return {
        "answered": about | {"said": ANSWER_WORDS[Partstat.ACCEPTED], "date": "", "link": own},
        "counter_declined": about,
        "invite": values.invite(event, event.components, kind, f"{url}/e/{ID}", answer),
        "opt_in": about | {"message": asked, "link": f"{url}/opt-in/x"},
        "own_page": about | {"said": "", "link": own},
        "turned_away": about,
    }


def _event(domain: str) -> Event:
    zone = "America/Los_Angeles"
    component = Component(
        start=Moment(datetime(2027, 4, 2, 19, 5), zone),
        stamp=Stamp(0, NOW, NOW),
        end=Moment(datetime(2027, 4, 2, 22, 5), zone),
        summary="Home opener",
        location="Oracle Park, San Francisco",
        description="Gates open at 17:30.\nBring a jacket: https://club.example/weather",
    )
    files = (
        File("seat-map.pdf", "application/pdf", 81_000, "m4x7k2p9", 0),
        File("season.mp4", "video/mp4", 9_000_000, "m4x7k2p9", 1, is_linked=True),
    )
    return Event(
        id=ID,
        domain=domain,
        organizer="tickets@club.example",
        organizer_name="Ticket office",
        origin_uid="opener@club.example",
        created=NOW,
        changed=NOW,
        components=(component,),
        files=files,
    )


def _approval(before: Event) -> Approval:
    later = replace(before.head, start=Moment(datetime(2027, 4, 3, 13, 5), "America/Los_Angeles"))
    after = replace(
        before, revision=1, components=(replace(later, end=Moment(datetime(2027, 4, 3, 16, 5), later.start.zone)),)
    )
    return Approval("a7x2", before, after, Change.SIGNIFICANT, 566, "m4x7k2p9", NOW, NOW + timedelta(hours=72))


def _news() -> News:
    receipt = Receipt(
        event_id=ID,
        token=TOKEN,
        recurrence_id="",
        partstat=Partstat.ACCEPTED,
        sequence=0,
        dtstamp=NOW,
        arrived=NOW,
        mail="m9",
        address="ada@fans.example",
        client="google",
        grade=Grade.TOKEN,
        comment="Four of us if it is dry",
        guests=3,
    )
    no = replace(receipt, partstat=Partstat.DECLINED, address="bob@fans.example", comment="", guests=0)
    later = Moment(datetime(2027, 4, 2, 20, 5), "America/Los_Angeles")
    proposal = Proposal(
        ID, TOKEN, "", "eve@fans.example", later, None, 0, NOW, NOW, "m9", "outlook", Grade.TOKEN, "Later?"
    )
    return News(
        counts=Counter({"ACCEPTED": 1, "DECLINED": 1}),
        answers=[Answer("Ada Lovelace", receipt), Answer("bob@fans.example", no)],
        proposals=[proposal],
        waiting=[_newcomer()],
        newcomers=1,
    )


def _newcomer() -> Newcomer:
    return Newcomer(ID, "zoe@elsewhere.example", TOKEN, is_delegate=False, since=NOW)


def _job() -> Job:
    fault = Fault(17, "ada@", "it has no domain")
    reading = Reading(rows=1240, already=12, suppressed=9, invalid=1, faults=(fault,))
    return Job("job1", ID, "list", NOW, PEOPLE, reading=reading)
