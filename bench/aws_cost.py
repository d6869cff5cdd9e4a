"""What a million list invitations, one-click invitations and receipts cost on AWS, measured on an emulator.

The real pipelines, doors and engine run; every request that a client makes is counted (aws/meter.py), what AWS does by
itself is added (aws/world.py), and both are multiplied by one table of prices (aws/prices.py). Of a list, what one more
invitation costs is told: the mails about the whole send are left out. Beside it stands what the same takes where every
step has a hop of its own, nothing is batched and each fact and figure is a transaction. JSON goes to standard output,
the tables to error.

    make bench-aws-cost            some minutes; `make bench-aws-cost RUNS=1` is quicker
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.aws.emulator import emulator

from bench.aws.meter import Meter
from bench.aws.prices import SERVICES, bill
from bench.aws.world import World
from invited.domain.addresses import new_id
from invited.domain.event import Event
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.clients import Client, reply, request
from invited.jobs import Plan, begin

ORGANIZER = "ann@club.test"
UID = "u1@club.test"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured: so many `things` (what they cost beyond the first `base`), the bar in dollars a million, and
    what the naive design uses for one.
    """

    name: str
    things: int
    bar: float
    naive: Mapping[str, float]
    base: int = 0


LIST = Scenario(
    "list invitation",
    1000,
    103.0,
    {"ses:out": 1, "api:rest": 1, "sns:publish": 4, "sqs:request": 12, "lambda:invocation": 5}
    | {"lambda:gb-s": 0.1275, "dynamodb:write": 9, "logs:byte": 2880},
    base=500,
)
CLICK = Scenario("one-click invitation", 200, 107.5, LIST.naive)
RECEIPT = Scenario(
    "receipt",
    200,
    107.5,
    {"ses:in": 1, "sns:publish": 1, "sqs:request": 3, "lambda:invocation": 1, "lambda:gb-s": 0.03}
    | {"dynamodb:write": 6, "s3:put": 1, "s3:get": 1, "logs:byte": 740},
)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Run:
    """One run of the three, one after the other, on a stack of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self._clock = Clock()
        self.world = World(url, folder, self._clock)
        self._event = self._planned()

    def _planned(self) -> Event:
        start = Moment(datetime(2026, 12, 5, 19), "Europe/Paris")
        raw = request(
            Client.GOOGLE,
            organizer=ORGANIZER,
            organizer_name="Ann",
            to="create@invites.test",
            uid=UID,
            summary="Game",
            start=start,
            end=start.plus(timedelta(hours=2)),
            sequence=0,
            now=self._clock(),
            description="Doors open at six.",
        )
        self.world.receive(ORGANIZER, "create@invites.test", raw)
        self.world.work()
        event = self.world.door.ports.store.event_by_origin(ORGANIZER, UID)
        if event is None:
            raise AssertionError("the invite became no event")
        return event

    def measured(self, scenario: Scenario) -> Counter[str]:
        """What one scenario used."""
        with self.world.meter.apart() as first:
            if scenario.base:
                WORK[scenario.name](self, scenario.base)
        with self.world.meter.apart() as used:
            WORK[scenario.name](self, scenario.base + scenario.things)
        used.subtract(first)
        return used

    def send_to_list(self, people: int) -> None:
        """A list goes out."""
        ports, sent = self.world.door.ports, len(self.world.sent)
        rows = "".join(f"guest{sent + n}@fan{n % 7}.test,Guest {n}\n" for n in range(people))
        begin(ports, self._event, Plan(new_id(), "list"), iter([b"email,name\n" + rows.encode()]))
        self.world.work()
        self._must_have_sent(people, sent)

    def click(self, people: int) -> None:
        """So many ask by the button."""
        sent = len(self.world.sent)
        for n in range(people):
            body = json.dumps({"email": f"asker{n}@fan{n % 7}.test", "name": f"Asker {n}", "origin": "button"})
            path = f"/api/v1/public/events/{self._event.id}/invitations"
            status = self.world.request(path, body, f"192.0.2.{n % 250}")
            if status != 202:
                raise AssertionError(f"the door says {status}")
        self.world.work()
        self._must_have_sent(people, sent)

    def answer(self, people: int) -> None:
        """So many of the list answer, as three clients do."""
        invites = [one for one in self.world.sent if one["Destination"]["ToAddresses"][0].startswith("guest")][:people]
        given = (Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE)
        before = self._answered()
        for n, invite in enumerate(invites):
            self._clock.at += timedelta(seconds=1)
            client, (who,) = list(Client)[n % len(Client)], invite["Destination"]["ToAddresses"]
            said = given[n % 3]
            _, to, raw = reply(invite["Content"]["Raw"]["Data"], client, said, now=self._clock())
            self.world.receive(who, to, raw)
        self.world.work()
        if self._answered() - before != people:
            raise AssertionError(f"{self._answered() - before} of {people} answers are counted")

    def _answered(self) -> int:
        counted = self.world.plain_store().statistics(self._event.id)
        return int(counted.accepted + counted.declined + counted.tentative)

    def _must_have_sent(self, people: int, before: int) -> None:
        told = [one for one in self.world.sent[before:] if one["Destination"]["ToAddresses"][0] != ORGANIZER]
        if len(told) != people:
            raise AssertionError(f"{len(told)} of {people} were sent")


WORK: Mapping[str, Callable[[Run, int], None]] = {
    LIST.name: Run.send_to_list,
    CLICK.name: Run.click,
    RECEIPT.name: Run.answer,
}


def main() -> None:
    """Measure, print, and fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=list(WORK), help="One of them alone; receipts need the list.")
    parser.add_argument("--calls", action="store_true", help="Name the requests, too.")
    given = parser.parse_args()
    wanted = [s for s in (LIST, CLICK, RECEIPT) if given.only in (None, s.name)]
    told: dict[str, list[Counter[str]]] = {scenario.name: [] for scenario in wanted}
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory() as folder, emulator(Path(folder)) as url:
            run = Run(url, Path(folder))
            for scenario in wanted:
                before = Counter(run.world.meter.calls)
                told[scenario.name].append(run.measured(scenario))
                if given.calls:
                    _tell_calls(scenario, run.world.meter, before)
            run.world.close()
    figures = {s.name: _figures(s, told[s.name]) for s in wanted}
    _tell(figures)
    print(json.dumps(figures, indent=1))
    missed = [s.name for s in wanted if figures[s.name]["total"]["median"] > s.bar]
    if missed:
        sys.exit(f"above the bar: {', '.join(missed)}")


def _figures(scenario: Scenario, runs: list[Counter[str]]) -> dict[str, dict[str, float]]:
    """Dollars a million: by service, in all with the spread, and the naive design's; and the units of one."""
    bills = [bill(used, scenario.things) for used in runs]
    totals = [sum(costs.values()) for costs in bills]
    naive = bill(scenario.naive, 1)
    return {
        "total": {"median": statistics.median(totals), "least": min(totals), "most": max(totals), "bar": scenario.bar},
        "services": {name: statistics.median(costs[name] for costs in bills) for name in SERVICES},
        "naive": {**naive, "total": sum(naive.values())},
        "units of one": {
            name: statistics.median(used[name] / scenario.things for used in runs) for name in sorted(runs[0])
        },
    }


def _tell(figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    print(
        f"dollars per million{'':9}" + "".join(f"{name:>12}" for name in SERVICES) + "       total    bar",
        file=sys.stderr,
    )
    for name, told in figures.items():
        total = told["total"]
        spread = f"{total['median']:9.2f} {total['bar']:7.2f}   ({total['least']:.2f} to {total['most']:.2f})"
        print(
            f"{name:28}" + "".join(f"{told['services'][s]:12.2f}" for s in SERVICES) + f"   {spread}", file=sys.stderr
        )
        naive = told["naive"]
        row = "".join(f"{naive[s]:12.2f}" for s in SERVICES)
        print(f"{'  naive':28}{row}   {naive['total']:9.2f}", file=sys.stderr)
        units = "  ".join(f"{unit} {count:.3f}" for unit, count in told["units of one"].items())
        print(f"  one: {units}", file=sys.stderr)


def _tell_calls(scenario: Scenario, meter: Meter, before: Counter[str]) -> None:
    for name, count in (meter.calls - before).most_common():
        print(f"  {scenario.name}: {name} {count / scenario.things:.3f}", file=sys.stderr)


if __name__ == "__main__":
    main()
