"""`invited demo`: the whole loop against the running server, through its real doors, with every step told."""

from __future__ import annotations

import json
import smtplib
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from rich.console import Console

from invited.credentials import new_key
from invited.domain.addresses import new_id
from invited.domain.moment import Moment
from invited.engines import open_embedded
from invited.imip.clients import Client, request
from invited.ports import Engine
from invited.settings import Settings

ORGANIZER = "dana@ballclub.example"
NAMES = ["ada", "ben", "cleo", "dev", "eve", "finn", "gus", "hana", "ivo", "june", "kit", "lou"]
GUESTS = [f"{name}@fans.example" for name in NAMES]
ANSWERS = ["accept", "accept", "maybe", "accept", "decline", "accept", "maybe", "accept", "decline", "accept"]
CLIENTS = ["google", "outlook", "apple"]
PATIENCE = 20.0
"""Seconds to wait for any one thing to happen."""

Found = TypeVar("Found")


class Unplayable(Exception):
    """The demo cannot run here; the text says what to do."""


def play(settings: Settings) -> None:
    """Mail an invite, send it to a dozen people, answer as they would, move it, cancel it. Raises Unplayable."""
    if settings.relay:
        raise Unplayable("the demo mails made-up people: start the server without INVITED_RELAY, to keep mail here")
    with open_embedded(settings) as engine:
        key, text = new_key(True, None, datetime.now(UTC), "demo")
        engine.ports.store.add_key(key)
        try:
            _Stage(engine.ports, text, Console()).play()
        finally:
            engine.ports.store.remove_key(key.id)


@dataclass
class _Stage:
    engine: Engine
    key: str
    console: Console
    confirmed: set[str] = field(default_factory=set)

    def play(self) -> None:
        self._check()
        uid, start = f"{new_id()}@ballclub.example", _next_saturday()
        self._say("1", f"{ORGANIZER} mails an invite from Google Calendar to {self.engine.settings.address('create')}")
        self._organize(uid, start, sequence=0)
        event = self._wait(lambda: self._event(uid), "the event")
        self._show(f"it is event {event['id']}: {event['subject']}, {event['start']}", f"/e/{event['id']}")
        self._show(f"and {ORGANIZER} was mailed the links to its page", "/lab")

        self._say("2", f"{len(GUESTS)} people are invited by API 3, each with a private invite of their own")
        self._call("POST", f"/api/v1/events/{event['id']}/invitations", {"attendees": [{"email": g} for g in GUESTS]})
        self._wait(lambda: self._figures(event)["sent"] == len(GUESTS), "the invites")
        self._statistics(event)

        self._say("3", f"{len(ANSWERS)} of them answer: some in Google, some in Outlook, some in Apple Calendar")
        self._answer(event)
        self._statistics(event)

        self._say("4", "the organizer moves it by a day in their own calendar; only those who answered are told")
        self._organize(uid, start.plus(timedelta(days=1)), sequence=1)
        self._wait(lambda: self._figures(event)["updates"] == 1 and self._told("Updated", event), "the update")
        self._show(f"{len(ANSWERS)} people got the new time and are asked again", "/lab")
        self._statistics(event)

        self._say("5", "the organizer cancels it in their own calendar")
        self._organize(uid, start.plus(timedelta(days=1)), sequence=2, method="CANCEL")
        self._wait(lambda: self._told("Cancelled", event), "the cancel")
        self._show("it is gone from the calendars of those who answered", "/lab")
        self._statistics(event)
        self.console.print("\nThat was the whole loop, by real mail through the server's own doors.")

    def _check(self) -> None:
        try:
            self._call("GET", "/readyz")
            self._call("GET", "/lab/mails")
        except OSError as trouble:
            raise Unplayable(
                f"no server answers at {self.engine.settings.url} ({trouble}): start it with `make run` first"
            ) from None

    def _organize(self, uid: str, start: Moment, *, sequence: int, method: str = "REQUEST") -> None:
        to = self.engine.settings.address("create")
        raw = request(
            Client.GOOGLE,
            organizer=ORGANIZER,
            organizer_name="Dana, Ball Club Tickets",
            to=to,
            uid=uid,
            summary="Home opener",
            description="Gates open at five. Bring a scarf.",
            location="Ball Club Park",
            start=start,
            end=start.plus(timedelta(hours=3)),
            sequence=sequence,
            now=datetime.now(UTC),
            method=method,
        )
        host, _, port = self.engine.settings.smtp_listen.rpartition(":")
        connect = smtplib.LMTP if self.engine.settings.smtp_lmtp else smtplib.SMTP
        with connect(host.strip("[]"), int(port)) as client:
            client.sendmail(ORGANIZER, [to], raw)

    def _confirm(self) -> None:
        """Follow the links of confirmation mails, which a server that does not trust its senders asks for."""
        for mail in self._mails(ORGANIZER):
            if mail["id"] not in self.confirmed and mail["subject"].startswith("Please confirm"):
                self.confirmed.add(mail["id"])
                text = self._call("GET", f"/lab/mails/{mail['id']}")["text"]
                link = next(line for line in text.splitlines() if "/confirm/" in line)
                self._call("POST", link.removeprefix(self.engine.settings.url))

    def _answer(self, event: dict[str, Any]) -> None:
        for number, (guest, answer) in enumerate(zip(GUESTS, ANSWERS, strict=False)):
            (invite,) = [m for m in self._mails(guest) if m["method"] == "REQUEST"][:1]
            form = {"as": CLIENTS[number % 3], "answer": answer, "comment": "See you there!" if number == 0 else ""}
            self._call("POST", f"/lab/mails/{invite['id']}/answer", form)
        self._wait(lambda: self._figures(event)["receipts"]["none"] == len(GUESTS) - len(ANSWERS), "the answers")

    def _event(self, uid: str) -> dict[str, Any] | None:
        events = self._call("GET", f"/api/v1/organizers/{ORGANIZER}/events")["events"]
        return next((event for event in events if event["origin_uid"] == uid), None)

    def _figures(self, event: dict[str, Any]) -> dict[str, Any]:
        figures: dict[str, Any] = self._call("GET", f"/api/v1/events/{event['id']}/statistics")
        return figures

    def _told(self, word: str, event: dict[str, Any]) -> bool:
        guests = GUESTS[: len(ANSWERS)]
        return all(any(m["subject"].startswith(word) for m in self._mails(g)[:3]) for g in guests) and bool(event)

    def _mails(self, to: str) -> list[dict[str, Any]]:
        mails: list[dict[str, Any]] = self._call("GET", f"/lab/mails?to={to}")["mails"]
        return mails

    def _call(self, method: str, path: str, body: object = None) -> Any:
        host = self.engine.settings.http_listen
        call = urllib.request.Request(
            f"http://{host}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(call, timeout=PATIENCE) as answer:  # noqa: S310 - our own server
                text = answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                raise Unplayable(f"{method} {path} answered {refused.code}: {refused.read().decode()[:300]}") from None
        return json.loads(text) if text.startswith((b"{", b"[")) else text

    def _wait(self, look: Callable[[], Found | None], what: str) -> Found:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := look():
                return found
            self._confirm()
            time.sleep(0.1)
        raise Unplayable(f"waited {PATIENCE:.0f} seconds for {what}; the server's log says why it did not come")

    def _say(self, number: str, text: str) -> None:
        self.console.print(f"\n[bold]{number}.[/bold] {text}")

    def _show(self, text: str, path: str) -> None:
        self.console.print(f"   {text}\n   {self.engine.settings.url}{path}", highlight=False)

    def _statistics(self, event: dict[str, Any]) -> None:
        figures = self._figures(event)
        receipts = figures["receipts"]
        counts = {"invited": figures["invitations"], "sent": figures["sent"], **receipts, "updates": figures["updates"]}
        self.console.print("   " + "  ".join(f"{name} [bold]{value}[/bold]" for name, value in counts.items()))


def _next_saturday() -> Moment:
    now = datetime.now(UTC)
    day = now + timedelta(days=(5 - now.weekday()) % 7 + 7)
    return Moment(datetime(day.year, day.month, day.day, 18), "America/Chicago")
