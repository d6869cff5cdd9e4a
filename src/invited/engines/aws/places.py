"""Where everything stands in the table: partition key and sort key of every kind of item.

| partition | sort key | what |
|---|---|---|
| `E#<event>` | `event`, `room`, `digest` | the event; how many are invited; its digests |
| | `V#<revision>` | the event as it was, and what that version counts |
| | `A#<created>#<approval>` | which changes wait or waited, by age |
| | `S#<address>` `N#<address>` `P#<key>` | strangers' answers, newcomers, proposals |
| `E#<event>#<shard>` | `<token>` | a guest: invitation, claim, answers to the whole event |
| | `<token>#<recurrence id>` | a guest's answers to one occurrence |
| `T#<event>#<mail>` | `<token>#<recurrence id>#<address>` | how an answer was taken |
| `A#<approval>` | `approval` | a change that waits or waited |
| `L#` `L#d#<domain>` `L#o#<organizer>` | `<created>#<event>` | the events of all, a domain, an organizer, by age |
| `LS#`… | `<start>#<event>` | the same, by start |
| `P#o#<organizer>` | `<end>#<event>` | what stands on an organizer's public schedule, by its end |
| `G#<slug>` | `schedule` | whose public schedule is there |
| `O#<organizer>` | `schedule` | where their public schedule is |
| | `events`, `U#<digest of the UID>` | how many events; which event a UID is |
| | `terms` | what an admin decided of an organizer |
| `OL#` | `<organizer>` | everybody who had an event, or has terms |
| `W#<owner>` | `<digest of the UID>#<mail>` | cancels that came before their event |
| `J#<job>` | `job`, `added` | a job; how many it has added |
| `JL#<lane>` `JL#e#<event>` | `<created>#<job>` | the jobs of all, of an event, by age |
| `C#<scope>` | `<part>:<lane>` | counters, see counters.py |
| `X#<address>` | `barred` | for whose events an address must not be mailed |
| `XL#<organizer>` | `<address>` | those of an organizer, or of everybody |
| `R#<name>` | `pace` | how fast mail to a recipient domain may go |
| `H#<name>` | `hits` | a window in which something is counted |
| `K#<key>` | `key` | an API key |
| `K#` `K#o#<organizer>` | `<created>#<key>` | the keys of all, of an organizer, by age |
| `I#<digest>` | `sign-in` | a link to sign in by |
| `S#<session>` | `session` | somebody who is signed in |
| `S#o#<address>` | `<opened>#<session>` | the sessions of a person, by age |
| `Q#<name>` | `asked` | a request that may be repeated |
| `D#<domain>` | `branding`, `t#<mail>` | what a domain's mails and pages look like; its own templates |
| `B#<hook>` | `hook` | a webhook |
| | `c#<call>` `l#<created>#<call>` | what it is called with; the log, by age |
| `B#o#<owner>` | `<created>#<hook>`, `count` | an owner's webhooks, by age; how many there are |
| `Z#` `Z#k#<type>` | `<at>-<digest>` | dead letters, all and by type |
| `U#` `U#e#<event>` `U#a#<actor>` | `<entry>` | the audit log |
| `M#` | `<day>` | the days on which mail came |
| `M#<day>#<lane>` | `<archive key>` | how a mail came |

A guest's shard is chosen by the token's first character and keeps the order: all of shard 0 sort before all of shard 1.
Tokens are digests, so the shards fill evenly and no partition of a large event is warmer than another.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime

from invited.engines.aws.table import Key
from invited.engines.instants import to_micros

_BOUNDS = "46bdfhjlnprtvxz"
"""Where a next shard begins: two of the characters of a token (base 32: 2-7, a-z) belong to each."""

_BEFORE_1970 = 10**17
"""Microseconds, some 3,000 years, which are added so that earlier instants are numbers without a sign, too."""

_LANES = 8
"""Partitions of the list of all jobs: every single invite is one."""

SHARDS = len(_BOUNDS) + 1
"""Partitions of one event's guests; each bears 1,000 writes a second. Never to be changed in a table that is in use."""


def event(event_id: str) -> Key:
    """The event itself."""
    return f"E#{event_id}", "event"


def version(event_id: str, revision: int) -> Key:
    """The event as it was at a revision."""
    return f"E#{event_id}", f"V#{revision:010}"


def room(event_id: str) -> Key:
    """How many invitations stand; there for every event that is."""
    return f"E#{event_id}", "room"


def digest(event_id: str) -> Key:
    """How far the event's digests are."""
    return f"E#{event_id}", "digest"


def stranger(event_id: str, address: str) -> Key:
    """The best answer of somebody who was not invited."""
    return f"E#{event_id}", f"S#{address}"


def newcomer(event_id: str, address: str) -> Key:
    """Somebody who came by a forwarded invite."""
    return f"E#{event_id}", f"N#{address}"


def proposal(event_id: str, key: str) -> Key:
    """Another time that somebody asks for."""
    return f"E#{event_id}", f"P#{key}"


def shard(event_id: str, number: int) -> str:
    """The partition of one shard of an event's guests."""
    return f"E#{event_id}#{number:02}"


def shards(event_id: str, after: str = "") -> Iterator[str]:
    """The partitions of an event's guests in the order of tokens, from that of the token `after` on."""
    return (shard(event_id, number) for number in range(_number(after), SHARDS))


def guest(event_id: str, token: str) -> Key:
    """An invitation with its claim and answers."""
    return shard(event_id, _number(token)), token


def occurrence(event_id: str, token: str, recurrence_id: str) -> Key:
    """A guest's answers to one occurrence; with "" those to the whole event, which stand with the guest."""
    pk, sk = guest(event_id, token)
    return pk, f"{sk}#{recurrence_id}" if recurrence_id else sk


def job_key(job: str, token: str) -> str:
    """A guest's `order`: by job."""
    return f"{job}#{token}"


def taken(event_id: str, mail: str) -> str:
    """The partition of how the answers of one mail were taken."""
    return f"T#{event_id}#{mail}"


def approval(approval_id: str) -> Key:
    """A change that waits or waited."""
    return f"A#{approval_id}", "approval"


def approval_of_event(event_id: str, created: datetime, approval_id: str) -> Key:
    """Its place among those of the event."""
    return f"E#{event_id}", f"A#{listing(created, approval_id)}"


def listed(*, is_by_start: bool = False, domain: str | None = None, organizer: str | None = None) -> str:
    """The partition that lists the events of an organizer, of a domain or all, by age or by start."""
    kind = "LS" if is_by_start else "L"
    if organizer is not None:
        return f"{kind}#o#{organizer}"
    return f"{kind}#d#{domain}" if domain is not None else f"{kind}#"


def listing(at: datetime, identity: str) -> str:
    """The place of something in a list by time, which may be before 1970."""
    return f"{to_micros(at) + _BEFORE_1970:020}#{identity}"


def scheduled(organizer: str) -> str:
    """The partition that lists what stands on an organizer's public schedule, by its end."""
    return f"P#o#{organizer}"


def schedule(slug: str) -> Key:
    """Whose public schedule is there."""
    return f"G#{slug}", "schedule"


def schedule_of(organizer: str) -> Key:
    """Where an organizer's public schedule is."""
    return f"O#{organizer}", "schedule"


def events_of(organizer: str) -> Key:
    """How many events an organizer has."""
    return f"O#{organizer}", "events"


def terms(organizer: str) -> Key:
    """What an admin decided of an organizer."""
    return f"O#{organizer}", "terms"


def organizer(address: str) -> Key:
    """That somebody is an organizer."""
    return "OL#", address


def origin(organizer: str, uid: str) -> Key:
    """Which event an organizer's own UID is; as a digest, for a UID may be longer than a key."""
    return f"O#{organizer}", f"U#{_digest(uid)}"


def waiting(owner: str, uid: str, mail: str = "") -> Key:
    """A cancel whose event is not here yet."""
    return f"W#{owner}", f"{_digest(uid)}#{mail}"


def job(job_id: str) -> Key:
    """A bulk send."""
    return f"J#{job_id}", "job"


def jobs(job_id: str, event_id: str) -> tuple[str, str]:
    """The partitions that list a job: one of all, and that of its event."""
    return f"JL#{zlib.crc32(job_id.encode()) % _LANES}", jobs_of(event_id)


def all_jobs() -> list[str]:
    """The partitions that list all jobs."""
    return [f"JL#{lane}" for lane in range(_LANES)]


def jobs_of(event_id: str) -> str:
    """The partition that lists an event's jobs."""
    return f"JL#e#{event_id}"


def added(job_id: str) -> Key:
    """How many invitations a job has added."""
    return f"J#{job_id}", "added"


def suppression(address: str) -> Key:
    """For whose events an address must not be mailed."""
    return f"X#{address}", "barred"


def suppressed(organizer: str, address: str) -> Key:
    """That an address must not be mailed for an organizer's events, "" for anybody's, in the list of that organizer."""
    return f"XL#{organizer}", address


def pace(name: str) -> Key:
    """How fast mail to a recipient domain, or all of it, may go."""
    return f"R#{name}", "pace"


def hits(name: str) -> Key:
    """A window in which something is counted."""
    return f"H#{name}", "hits"


def key(key_id: str) -> Key:
    """An API key."""
    return f"K#{key_id}", "key"


def keys(organizer: str | None = None) -> str:
    """The partition that lists the keys of an organizer or all."""
    return "K#" if organizer is None else f"K#o#{organizer}"


def sign_in(digest: str) -> Key:
    """A link to sign in by."""
    return f"I#{digest}", "sign-in"


def session(session_id: str) -> Key:
    """Somebody who is signed in."""
    return f"S#{session_id}", "session"


def sessions(address: str) -> str:
    """The partition that lists a person's sessions."""
    return f"S#o#{address}"


def asked(name: str) -> Key:
    """A request that may be repeated."""
    return f"Q#{name}", "asked"


def branding(domain: str) -> Key:
    """What a domain's mails and pages look like."""
    return f"D#{domain}", "branding"


def mail_template(domain: str, name: str) -> Key:
    """A domain's own templates of a mail."""
    return f"D#{domain}", f"t#{name}"


def hook(hook_id: str) -> Key:
    """A webhook."""
    return f"B#{hook_id}", "hook"


def hooks(owner: str) -> str:
    """The partition that lists an owner's webhooks."""
    return f"B#o#{owner}"


def hooks_of(owner: str) -> Key:
    """How many webhooks an owner has."""
    return hooks(owner), "count"


def hook_call(hook_id: str, call_id: str) -> Key:
    """A call of a webhook."""
    return f"B#{hook_id}", f"c#{call_id}"


def logged(hook_id: str, created: datetime, call_id: str) -> Key:
    """A call's place in the log of its webhook."""
    return f"B#{hook_id}", f"l#{listing(created, call_id)}"


def dead_letter(letter_id: str) -> Key:
    """A message that was given up."""
    return "Z#", letter_id


def dead_letters(kind: str) -> str:
    """The partition that lists those of one type."""
    return f"Z#k#{kind}"


def audit(*, event_id: str = "", actor: str = "") -> str:
    """The partition of the audit log of an event, of an actor, or of all."""
    if event_id:
        return f"U#e#{event_id}"
    return f"U#a#{actor}" if actor else "U#"


DAYS = "M#"
"""The partition of the days on which mail came."""


def mails(day: str, lane: str) -> str:
    """A partition of how the mails of a day came."""
    return f"M#{day}#{lane}"


def counters(scope: str) -> str:
    """The partition of a scope's counters."""
    return f"C#{scope}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _number(token: str) -> int:
    return bisect_right(_BOUNDS, token[:1]) if token else 0
