"""What is counted: the change that each fact makes to the kept counters, and the figures read from them.

Counters are plain sums, so that any store can add to them in the same step as the fact itself; scopes.py tells where
each of them is kept. Names: `invitations` · `state:<state>` · `answer:<answer>` · `strangers` · `nudges` ·
`origin:<origin>:<what>` · `client:<client>:<answer>` · `occurrence:<recurrence id>:<answer>` ·
`day:<UTC date>:<what>` · `hour:<UTC date>T<hour>:<what>` · `recipient:<domain>:<what>` · and, of many events together,
`events` · `event:<status>` · `updates` · `cancels`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from invited.domain.addresses import domain_of
from invited.domain.clients import counted
from invited.domain.event import Event, Status
from invited.domain.invitation import Delivery, Invitation, Partstat, State
from invited.domain.receipt import Receipt

ANSWERS = {Partstat.ACCEPTED: "accepted", Partstat.DECLINED: "declined", Partstat.TENTATIVE: "tentative"}

WENT_OUT = (State.SENT, State.RETURNED, State.BOUNCED, State.COMPLAINED, State.WITHDRAWN)
"""The states of an invitation whose mail the relay took."""

_STATUSES = tuple(status.lower() for status in Status)

DAYS = 400
HOURS = 168
"""The newest days and hours that figures tell; a day or an hour in which nothing happened is none."""

WHATS = 16
"""More than the kinds of things that are counted by the day, by the hour or by the recipient domain."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of one event, one job, one organizer or everybody.

    `sent`, `failed`, `bounced` and `complained` tell each invitation's latest mail: accepted by the relay (bounced,
    unwanted and withdrawn ones were, too), refused, sent back, called unwanted. `returned` are those of `bounced` whom
    a later mail may still reach. `none` has not answered.

    `by_origin` and `by_client` hold present answers; `by_day` and `by_hour` (UTC) have the invitations and mails of
    then, and the present answers that came then. `strangers` are people who answered a forwarded invite: they are in no
    other figure. `events`, by the status that they have now, and the `updates` and `cancels` of their organizers are
    told of many events together.
    """

    invitations: int = 0
    queued: int = 0
    sent: int = 0
    failed: int = 0
    bounced: int = 0
    returned: int = 0
    complained: int = 0
    dropped: int = 0
    withdrawn: int = 0
    accepted: int = 0
    declined: int = 0
    tentative: int = 0
    strangers: int = 0
    nudges: int = 0
    by_origin: dict[str, dict[str, int]] = field(default_factory=dict)
    by_client: dict[str, dict[str, int]] = field(default_factory=dict)
    by_day: dict[str, dict[str, int]] = field(default_factory=dict)
    by_hour: dict[str, dict[str, int]] = field(default_factory=dict)
    by_occurrence: dict[str, dict[str, int]] = field(default_factory=dict)
    events: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    updates: int = 0
    cancels: int = 0

    @property
    def none(self) -> int:
        """Invitations without an answer."""
        return self.invitations - self.accepted - self.declined - self.tentative

    @property
    def delivered(self) -> int:
        """Sent, and not come back: nobody tells more than that of a mail."""
        return self.sent - self.bounced


def read(counters: Mapping[str, int]) -> Statistics:
    """The figures that kept `counters` amount to."""
    kinds = ("origin", "client", "day", "hour", "occurrence")
    tables: dict[str, dict[str, dict[str, int]]] = {kind: {} for kind in kinds}
    for name, value in counters.items():
        kind, _, rest = name.partition(":")
        if kind in tables and value:
            key, _, what = rest.rpartition(":")
            tables[kind].setdefault(key, {})[what] = value

    def of(name: str) -> int:
        return counters.get(name, 0)

    return Statistics(
        invitations=of("invitations"),
        queued=of("state:queued"),
        sent=sum(of(f"state:{state}") for state in WENT_OUT),
        failed=of("state:failed"),
        bounced=of("state:bounced") + of("state:returned"),
        returned=of("state:returned"),
        complained=of("state:complained"),
        dropped=of("state:dropped"),
        withdrawn=of("state:withdrawn"),
        accepted=of("answer:accepted"),
        declined=of("answer:declined"),
        tentative=of("answer:tentative"),
        strangers=of("strangers"),
        nudges=of("nudges"),
        by_origin=tables["origin"],
        by_client=tables["client"],
        by_day=_newest(tables["day"], DAYS),
        by_hour=_newest(tables["hour"], HOURS),
        by_occurrence=dict(sorted(tables["occurrence"].items())),
        events=of("events"),
        by_status={name: number for name in _STATUSES if (number := of(f"event:{name}"))},
        updates=of("updates"),
        cancels=of("cancels"),
    )


def _newest(table: dict[str, dict[str, int]], most: int) -> dict[str, dict[str, int]]:
    return dict(sorted(table.items())[-most:])


def of_event(before: Event | None, after: Event) -> Counter[str]:
    """The change that an event makes to the figures of many, when it is new or stood as `before`."""
    change = Counter({f"event:{_status(after)}": 1})
    if before is None:
        change["events"] += 1
    else:
        change[f"event:{_status(before)}"] -= 1
        change["updates"] += after.updates - before.updates
        change["cancels"] += after.is_cancelled and not before.is_cancelled
    return change


def _status(event: Event) -> str:
    return (Status.CANCELLED if event.is_cancelled else event.head.status).lower()


def of_invitation(invitation: Invitation) -> Counter[str]:
    """The change that a new invitation makes."""
    day, hour = _times(invitation.created)
    return Counter(
        {
            "invitations": 1,
            f"state:{invitation.state}": 1,
            f"origin:{invitation.origin}:invitations": 1,
            f"{day}:invitations": 1,
            f"{hour}:invitations": 1,
            f"{_recipient(invitation)}:invitations": 1,
        }
    )


def of_delivery(before: Invitation, delivery: Delivery) -> Counter[str]:
    """The change that `delivery` makes to the counters of an invitation that stood as `before`."""
    change: Counter[str] = Counter()
    if delivery.state is not before.state:
        _move(change, before, delivery.state)
    if delivery.state is not State.QUEUED:
        day, hour = _times(delivery.at)
        change[f"{day}:{delivery.state}"] += 1
        change[f"{hour}:{delivery.state}"] += 1
    return change


def of_requeue(before: Invitation) -> Counter[str]:
    """The change that is made by letting an invitation that stood as `before` wait anew."""
    change: Counter[str] = Counter()
    _move(change, before, State.QUEUED)
    return change


def _move(change: Counter[str], before: Invitation, state: State) -> None:
    """Of a recipient domain, those queued are not counted: they are all but the others."""
    recipient = _recipient(before)
    for name, step in ((before.state, -1), (state, 1)):
        change[f"state:{name}"] += step
        if name is not State.QUEUED:
            change[f"{recipient}:{name}"] += step


def of_state(invitation: Invitation) -> Counter[str]:
    """All that became of an invitation, at once: the change from waiting for its mail to how it stands."""
    change: Counter[str] = Counter()
    if invitation.state is not State.QUEUED:
        _move(change, replace(invitation, state=State.QUEUED), invitation.state)
    return change


def of_nudge(reminder: Delivery) -> Counter[str]:
    """The change that one reminder makes."""
    day, hour = _times(reminder.at)
    return Counter({"nudges": 1, f"{day}:nudged": 1, f"{hour}:nudged": 1})


def of_receipt(invitation: Invitation, before: Receipt | None, after: Receipt) -> Counter[str]:
    """The change that the winning answer `after` makes where `before` stood; to the whole event or one occurrence."""
    change: Counter[str] = Counter()
    for receipt, step in ((before, -1), (after, 1)):
        answer = ANSWERS.get(receipt.partstat) if receipt else None
        if receipt is None or answer is None:
            continue
        if receipt.recurrence_id:
            change[f"occurrence:{receipt.recurrence_id}:{answer}"] += step
        else:
            change[f"answer:{answer}"] += step
            change[f"origin:{invitation.origin}:{answer}"] += step
            change[f"client:{counted(receipt.client)}:{answer}"] += step
            change[f"{_recipient(invitation)}:{answer}"] += step
        for moment in _times(receipt.arrived):
            change[f"{moment}:{answer}"] += step
    return change


def of_stranger() -> Counter[str]:
    """The change that the first answer of somebody who was not invited makes."""
    return Counter({"strangers": 1})


def is_of_answers(name: str) -> bool:
    """Whether the counter `name` sums what answers change, and they alone."""
    kind, _, rest = name.partition(":")
    return kind in ("answer", "client", "occurrence", "strangers") or rest.rpartition(":")[2] in ANSWERS.values()


def _recipient(invitation: Invitation) -> str:
    return f"recipient:{domain_of(invitation.address)}"


@lru_cache(maxsize=256)
def _times(at: datetime) -> tuple[str, str]:
    """The day and the hour of an instant, as counters are named by them."""
    hour = at.astimezone(UTC).isoformat(timespec="hours")[:13]
    return f"day:{hour[:10]}", f"hour:{hour}"
