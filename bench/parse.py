"""What an answer costs to read: the libraries as they come, the full reader, the fast scanner.

Every way gives the same facts of the same mails: who sent it, how often it travelled, UID, attendee, PARTSTAT,
SEQUENCE, DTSTAMP, product, comment. The mails are 300 different answers as Google, Outlook and Apple write them; with
`--corpus DIR` also the mails of that folder that the scanner answers. JSON goes to standard output, the table to error.
"""

from __future__ import annotations

import argparse
import email
import json
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import icalendar

from bench.timing import Timing, compared
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.clients import Client, reply, request
from invited.imip.fast_reply import scan
from invited.imip.itip import understand
from invited.imip.mail import read

BAR = 40
"""Times as fast as the libraries that the scanner has to be."""

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
ANSWERS = (Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE)
LIBRARIES, FULL, FAST = "libraries", "full reader", "fast scanner"


def by_libraries(raw: bytes) -> object:
    """`email` with its modern policy, and icalendar."""
    mail: Any = email.message_from_bytes(raw, policy=default)
    sender, hops = mail["From"].addresses[0].addr_spec, len(mail.get_all("Received", []))
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            calendar: Any = icalendar.Calendar.from_ical(part.get_content())
            event = calendar.walk("VEVENT")[0]
            who = event["ATTENDEE"]
            answer = (str(event["UID"]), str(who), str(who.params["PARTSTAT"]), event.get("SEQUENCE"))
            said = (event["DTSTAMP"].dt, str(calendar["PRODID"]), str(event.get("COMMENT", "")))
            return sender, hops, str(calendar["METHOD"]), answer, said
    return None


def in_full(raw: bytes) -> object:
    """Our reader of whatever may come."""
    return understand(read(raw, ""), START)


def answers(count: int) -> list[bytes]:
    """So many different answers, of each client as many."""
    mails = []
    for number in range(count):
        client = list(Client)[number % len(Client)]
        guest = f"guest{number}@fan.example"
        start = Moment(datetime(2026, 12, 5, 19), "Europe/Paris")
        invite = request(
            Client.GOOGLE,
            organizer="rsvp@invites.example",
            organizer_name="Ann Organizer",
            to=guest,
            uid=f"abcdefghij234567-t0k3n{number:011}@invites.example",
            summary="Größe, Spiel & Spaß",
            start=start,
            end=start.plus(timedelta(hours=2)),
            sequence=1,
            now=START,
            description="Doors open at six.",
        )
        now = START + timedelta(seconds=number)
        mails.append(reply(invite, client, ANSWERS[number % 7 % 3], now=now)[2])
    return mails


def of_folder(folder: Path) -> list[bytes]:
    """The mails of a folder, and of those in it, that the scanner answers."""
    return [raw for path in sorted(folder.rglob("*.eml")) if scan(raw := path.read_bytes())]


def main() -> None:
    """Measure, tell, and fail below the bar."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--corpus", type=Path, help="a folder of real mails to read as well")
    arguments.add_argument("--runs", type=int, default=7, help="rounds; the median counts")
    given = arguments.parse_args()
    mails = answers(300) + (of_folder(given.corpus) if given.corpus else [])
    if missed := sum(scan(raw) is None for raw in mails):
        raise SystemExit(f"{missed} of {len(mails)} mails leave the fast path")
    ways: dict[str, Callable[[bytes], object]] = {LIBRARIES: by_libraries, FULL: in_full, FAST: scan}
    timings = compared(ways, mails, max(5, given.runs))
    sys.stderr.write(_table(timings))
    sys.stdout.write(json.dumps(_report(timings, mails, given.runs), indent=2) + "\n")
    if _times(timings, FAST) < BAR:
        raise SystemExit(f"below the bar: {_times(timings, FAST):.0f} times, not {BAR}")


def _times(timings: dict[str, Timing], name: str) -> float:
    return timings[LIBRARIES].median / timings[name].median


def _table(timings: dict[str, Timing]) -> str:
    lines = ["| way | µs a mail, median | fastest | slowest | times as fast |", "|---|---|---|---|---|"]
    for name, t in timings.items():
        figures = (f"{seconds * 1e6:,.0f}" for seconds in (t.median, t.low, t.high))
        lines.append(f"| {name} | {' | '.join(figures)} | {_times(timings, name):.1f} |")
    return "\n".join(lines) + "\n"


def _report(timings: dict[str, Timing], mails: Sequence[bytes], runs: int) -> dict[str, object]:
    return {
        "bench": "parse",
        "python": platform.python_version(),
        "mails": len(mails),
        "octets": sum(map(len, mails)) // len(mails),
        "runs": runs,
        "seconds": {name: asdict(timing) for name, timing in timings.items()},
        "times_as_fast": round(_times(timings, FAST), 1),
        "bar": BAR,
    }


if __name__ == "__main__":
    main()
