"""What is counted: the change that each fact makes to the kept counters, and the figures read from them.

Counters are plain sums, so that any store can add to them in the same step as the fact itself. Names:
`invitations` · `state:<state>` · `answer:<answer>` · `strangers` · `origin:<origin>:<what>` ·
`client:<client>:<answer>` · `day:<UTC date>:<what>` · `occurrence:<recurrence id>:<answer>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from invited.domain.invitation import Delivery, Invitation, Partstat, State
from invited.domain.receipt import Receipt

ANSWERS = {Partstat.ACCEPTED: "accepted", Partstat.DECLINED: "declined", Partstat.TENTATIVE: "tentative"}


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of one event or one job. `sent`, `failed`, `bounced` and `complained` tell each invitation's latest
    mail: accepted by the relay (bounced, unwanted and withdrawn ones were, too), refused, returned, called unwanted.
    `none` is everybody who has not answered.

    `by_origin` and `by_client` hold present answers; `by_day` (UTC) has the invitations and mails of that day, and
    the present answers that came on it. `strangers` are people who answered a forwarded invite: they are in no other
    figure.
    """

    invitations: int = 0
    queued: int = 0
    sent: int = 0
    failed: int = 0
    bounced: int = 0
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
    by_occurrence: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def none(self) -> int:
        """Invitations without an answer."""
        return self.invitations - self.accepted - self.declined - self.tentative


def read(counters: Mapping[str, int]) -> Statistics:
    """The figures that kept `counters` amount to."""
    tables: dict[str, dict[str, dict[str, int]]] = {"origin": {}, "client": {}, "day": {}, "occurrence": {}}
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
        sent=sum(of(f"state:{state}") for state in ("sent", "bounced", "complained", "withdrawn")),
        failed=of("state:failed"),
        bounced=of("state:bounced"),
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
        by_day=dict(sorted(tables["day"].items())),
        by_occurrence=dict(sorted(tables["occurrence"].items())),
    )


def of_invitation(invitation: Invitation) -> Counter[str]:
    """The change that a new invitation makes."""
    return Counter(
        {
            "invitations": 1,
            f"state:{invitation.state}": 1,
            f"origin:{invitation.origin}:invitations": 1,
            f"day:{_day(invitation.created)}:invitations": 1,
        }
    )


def of_delivery(before: Invitation, delivery: Delivery) -> Counter[str]:
    """The change that `delivery` makes to the counters of an invitation that stood as `before`."""
    change: Counter[str] = Counter()
    if delivery.state is not before.state:
        change[f"state:{before.state}"] -= 1
        change[f"state:{delivery.state}"] += 1
    if delivery.state is not State.QUEUED:
        change[f"day:{_day(delivery.at)}:{delivery.state}"] += 1
    return change


def of_requeue(before: Invitation) -> Counter[str]:
    """The change that is made by letting an invitation that stood as `before` wait anew."""
    return Counter({f"state:{before.state}": -1, f"state:{State.QUEUED}": 1})


def of_nudge(reminder: Delivery) -> Counter[str]:
    """The change that one reminder makes."""
    return Counter({"nudges": 1, f"day:{_day(reminder.at)}:nudged": 1})


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
            change[f"client:{receipt.client or 'unknown'}:{answer}"] += step
        change[f"day:{_day(receipt.arrived)}:{answer}"] += step
    return change


def of_stranger() -> Counter[str]:
    """The change that the first answer of somebody who was not invited makes."""
    return Counter({"strangers": 1})


def is_of_answers(name: str) -> bool:
    """Whether the counter `name` sums what answers change, and they alone."""
    kind, _, rest = name.partition(":")
    return kind in ("answer", "client", "occurrence", "strangers") or rest.rpartition(":")[2] in ANSWERS.values()


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
