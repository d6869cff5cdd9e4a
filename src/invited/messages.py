"""The frozen messages that pipelines hand to each other: facts in the past tense, to and from JSON.

A message is small (a mail stays in the archive, named by its key) and may be handled twice anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeAlias, get_args

from pydantic import TypeAdapter

from invited.domain.approval import Choice
from invited.domain.bounce import BounceKind
from invited.domain.invitation import UNSUBSCRIBED, Partstat
from invited.domain.moment import Moment
from invited.domain.receipt import Grade


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail for one of our mailboxes, as a door took it.

    `key` finds the raw bytes in the archive. `mailbox` is "create", "rsvp", "list" or "report", `recipient` the whole
    address and `domain` its domain. `envelope_from` is the SMTP MAIL FROM, "" for the null sender. `peer` and `helo`
    name the client where the door knows it, for SPF. `is_confirmed`: the sender confirmed it by a link.
    """

    key: str
    mailbox: str
    recipient: str
    domain: str
    envelope_from: str
    received: datetime
    peer: str = ""
    helo: str = ""
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class MailArrived:
    """A mail is in the archive; nobody has looked at it yet."""

    mail: Mail


@dataclass(frozen=True, slots=True)
class InviteSubmitted:
    """An organizer mailed the event `uid`, which `owner` (their verified address) has none of yet."""

    mail: Mail
    owner: str
    uid: str


@dataclass(frozen=True, slots=True)
class UpdateArrived:
    """An organizer mailed a REQUEST for an event that is known here."""

    mail: Mail
    owner: str
    uid: str


@dataclass(frozen=True, slots=True)
class CancelArrived:
    """An organizer mailed a CANCEL."""

    mail: Mail
    owner: str
    uid: str


@dataclass(frozen=True, slots=True)
class ConfirmationNeeded:
    """Nothing proves that `owner` sent this mail: they are asked by a link before anything happens."""

    mail: Mail
    owner: str
    summary: str


@dataclass(frozen=True, slots=True)
class InviteRefused:
    """`to` sent something that cannot be done; they are told the `reason` and the `remedy`."""

    mail: Mail
    to: str
    subject: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class EventCreated:
    """An event is stored; `mail` is the archive key it came by, "" by another road. `assumed_zone` is the zone in which
    its times were taken because they name none, "" where they do.
    """

    event_id: str
    mail: str = ""
    assumed_zone: str = ""


@dataclass(frozen=True, slots=True)
class LimitMet:
    """An organizer met a limit: `what` is "event" or "invitation", `event_id` is "" for an event that was not made.

    `over` is how many people were not invited; `job` names them, if it read a list.
    """

    owner: str
    domain: str
    what: str
    limit: int
    subject: str
    event_id: str = ""
    over: int = 0
    job: str = ""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody to invite, as they were named: not yet checked."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SendRequested:
    """Invite `attendees` (at most 500 a message) to the event, as `job`."""

    event_id: str
    job: str
    origin: str
    attendees: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True)
class InviteAsked:
    """Somebody asked for an invite at the public door: `address` is normalised, `name` cleaned (domain/visitor.py).

    `needs_confirmation`: a mail must ask first whether it was they. `is_confirmed`: it did, and they said yes.
    `is_vouched`: they have a ticket of the organizer's own site.
    """

    event_id: str
    address: str
    name: str
    origin: str
    asked: datetime
    needs_confirmation: bool = False
    is_confirmed: bool = False
    is_vouched: bool = False


@dataclass(frozen=True, slots=True)
class OptInNeeded:
    """`address` is to be asked by mail whether it was they who asked for the invite. `had_stopped`: they had stopped
    this organizer's mail, and a yes takes that back.
    """

    event_id: str
    address: str
    name: str
    origin: str
    asked: datetime
    had_stopped: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryDue:
    """Bring these attendees' copies (at most 100) up to the event's present state, whatever that is by then.

    With `repeat`, a few letters and digits that tell one repetition from another, those up to date get it once more.
    `since`: they have been put off from then on, None for not yet.
    """

    event_id: str
    tokens: tuple[str, ...]
    repeat: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListMailed:
    """An organizer mailed lists of people for their event."""

    mail: Mail
    event_id: str


@dataclass(frozen=True, slots=True)
class ListDue:
    """The list of `job` is in the archive: admit who is on it, going on after so many `octets`, in the `line`."""

    event_id: str
    job: str
    octets: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class ListRead:
    """Every row of the list of `job` has been looked at."""

    event_id: str
    job: str


@dataclass(frozen=True, slots=True)
class JobDue:
    """A job was started, resumed or stopped: do with all its invitations what is ordered, going on after a token.

    `is_resend`: send to those that failed, too.
    """

    event_id: str
    job: str
    after: str = ""
    is_resend: bool = False


@dataclass(frozen=True, slots=True)
class JobHalted:
    """Too much mail of a job was refused, sent back or called unwanted: it pauses by itself."""

    event_id: str
    job: str


@dataclass(frozen=True, slots=True)
class NudgeRequested:
    """Remind everybody who has not answered and may be reminded, going on after the token `after`."""

    event_id: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class NudgeDue:
    """Send these attendees (at most 25) their invite once more, unless they have answered or were reminded by then.

    `since`: as in DeliveryDue.
    """

    event_id: str
    tokens: tuple[str, ...]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AudienceDue:
    """The event changed: bring its whole audience up to date, going on after the token `after`."""

    event_id: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class ReportRequested:
    """Somebody who may asked, at that time, that the event's organizer get the report of all attendees by mail."""

    event_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalNeeded:
    """A change waits for its organizer's word: they are to be asked."""

    event_id: str
    approval_id: str


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """The organizer decided on a change that waits."""

    event_id: str
    approval_id: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class ApprovalExpires:
    """The time to decide on a change is over; published with that delay."""

    event_id: str
    approval_id: str


@dataclass(frozen=True, slots=True)
class ReplyArrived:
    """An answer, read from a REPLY: one message per answered occurrence.

    `uid` as the client sent it back; `attendee` is "" where it was left out; `sequence` None where it is unknown.
    `recurrence_id` as in Receipt. `client` is the program that wrote it, by its PRODID. `delegated_to` is whom they
    send instead, "" for nobody. `grade` is how sure it is where that is known by the road it came, as on our own pages.
    """

    mail: str
    uid: str
    recurrence_id: str
    attendee: str
    sender: str
    is_authenticated: bool
    partstat: Partstat
    sequence: int | None
    dtstamp: datetime
    received: datetime
    client: str
    comment: str = ""
    guests: int = 0
    delegated_to: str = ""
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class WebAnswered:
    """The guest with this token answered by the link in their invite, in the archived `mail`: they are to be told."""

    event_id: str
    token: str
    mail: str
    partstat: Partstat
    recurrence_id: str = ""


@dataclass(frozen=True, slots=True)
class OwnPageWanted:
    """The guest with this token is to be mailed the link to their own page; there they meant to give this answer."""

    event_id: str
    token: str
    asked: datetime
    partstat: Partstat | None = None


@dataclass(frozen=True, slots=True)
class CounterArrived:
    """An attendee asks for another time, `start` to `end` (exclusive), None where it could not be read.

    The rest is as in ReplyArrived. `is_beside_answer`: it came with an answer, which is told by a ReplyArrived.
    """

    mail: str
    uid: str
    recurrence_id: str
    attendee: str
    sender: str
    is_authenticated: bool
    start: Moment | None
    end: Moment | None
    sequence: int | None
    dtstamp: datetime
    received: datetime
    client: str
    comment: str = ""
    is_beside_answer: bool = False


@dataclass(frozen=True, slots=True)
class RefreshArrived:
    """An attendee asks for their copy once more (RFC 5546 §3.2.6); as in ReplyArrived."""

    mail: str
    uid: str
    attendee: str
    sender: str
    is_authenticated: bool
    received: datetime


@dataclass(frozen=True, slots=True)
class LetterArrived:
    """A person answered the invite with this `token` in words alone."""

    mail: Mail
    event_id: str
    token: str


@dataclass(frozen=True, slots=True)
class StrangerArrived:
    """`address`, who is not invited, answered the copy of the guest with `token`; or is their delegate."""

    event_id: str
    token: str
    address: str
    is_delegate: bool
    received: datetime


@dataclass(frozen=True, slots=True)
class StrangerAccepted:
    """The newcomer `address` may come."""

    event_id: str
    address: str


@dataclass(frozen=True, slots=True)
class StrangerRefused:
    """The newcomer `address` may not come."""

    event_id: str
    address: str


@dataclass(frozen=True, slots=True)
class DigestDue:
    """There is news of the event since its last digest, to be mailed at `due`.

    Published up to a day ahead: an engine whose queue knows only short delays (SQS: 15 minutes) must hold it itself.
    """

    event_id: str
    due: datetime


@dataclass(frozen=True, slots=True)
class BounceArrived:
    """A mail of ours came back, or was complained of: `uid` names the invite."""

    mail: str
    uid: str
    kind: BounceKind
    reason: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """`address` wants no more mail about this organizer's events, with "" about any; goes on after event `after`."""

    address: str
    organizer: str
    at: datetime
    after: str = ""


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn:
    """An invitation is taken back from its attendee, for this reason (domain/invitation.py)."""

    event_id: str
    token: str
    reason: str = UNSUBSCRIBED


@dataclass(frozen=True, slots=True)
class SignInRequested:
    """Somebody wants to sign in as `address` (normalised); nobody knows yet whether it is one that may."""

    address: str


@dataclass(frozen=True, slots=True)
class HookDue:
    """Calls to a webhook wait, or did when this was published."""

    hook_id: str


@dataclass(frozen=True, slots=True)
class HookDisabled:
    """A webhook is called no more, for this reason: `to` owns it, or is an admin, and is to be told."""

    hook_id: str
    to: str
    reason: str


Message: TypeAlias = (
    MailArrived
    | InviteSubmitted
    | UpdateArrived
    | CancelArrived
    | ConfirmationNeeded
    | InviteRefused
    | EventCreated
    | LimitMet
    | SendRequested
    | InviteAsked
    | OptInNeeded
    | DeliveryDue
    | ListMailed
    | ListDue
    | ListRead
    | JobDue
    | JobHalted
    | NudgeRequested
    | NudgeDue
    | AudienceDue
    | ReportRequested
    | ApprovalNeeded
    | ApprovalGiven
    | ApprovalExpires
    | ReplyArrived
    | WebAnswered
    | OwnPageWanted
    | CounterArrived
    | RefreshArrived
    | LetterArrived
    | StrangerArrived
    | StrangerAccepted
    | StrangerRefused
    | DigestDue
    | BounceArrived
    | Unsubscribed
    | InvitationWithdrawn
    | SignInRequested
    | HookDue
    | HookDisabled
)

BATCH = 100
"""Attendees per delivery."""


def deliveries(event_id: str, tokens: Sequence[str]) -> list[Message]:
    """The deliveries that reach `tokens`, in batches."""
    return [DeliveryDue(event_id, tuple(tokens[start : start + BATCH])) for start in range(0, len(tokens), BATCH)]


TYPES: dict[str, type[Message]] = {kind.__name__: kind for kind in get_args(Message)}
"""Every message by its name on the wire."""


def to_json(message: Message) -> str:
    """A message as JSON text; `from_json` with its type's name reads it back."""
    return _adapter(type(message).__name__).dump_json(message).decode()


def from_json(kind: str, text: str) -> Message:
    """The message of type `kind` in `text`; raises KeyError or ValueError where it is none."""
    return _adapter(kind).validate_json(text)


@cache
def _adapter(kind: str) -> TypeAdapter[Message]:
    return TypeAdapter(TYPES[kind])
