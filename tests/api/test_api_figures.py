"""APIs 2, 7 and 9: figures, by recipient domain, unchanged ones, and live."""

import json

import pytest

from invited.api import feeds
from invited.domain.invitation import Partstat, State
from invited.domain.receipt import Grade, Receipt
from invited.domain.recipients import ALARM
from invited.sessions import opened, sign_in_link
from tests.api.given import NOW, OTHER, OWNER

STATISTICS = "/api/v1/events/event1/statistics"


@pytest.fixture
def answer(engine):
    def give(invitation, partstat=Partstat.ACCEPTED, sequence=0):
        receipt = Receipt(
            invitation.event_id,
            invitation.token,
            "",
            partstat,
            sequence,
            NOW,
            NOW,
            f"mail {sequence}",
            invitation.address,
            "Outlook",
            Grade.TOKEN,
        )
        engine.store.record([receipt])

    return give


def test_figures_name_recipient_domains_largest_first(client, owner, event, invited, answer):
    invited(event, "a@small.example")
    invited(event, "a@fans.example", "b@fans.example", state=State.BOUNCED)
    answer(invited(event, "c@fans.example"))
    figures = client.get(STATISTICS, headers=owner).json()
    assert list(figures["by_domain"].items()) == [
        ("fans.example", {"invitations": 3, "sent": 3, "bounced": 2, "accepted": 1}),
        ("small.example", {"invitations": 1, "sent": 1}),
    ]
    assert (figures["sent"], figures["delivered"]) == (4, 2)
    assert figures["by_hour"]["2026-11-20T12"]["accepted"] == 1


def test_figures_name_no_recipient_domains_where_there_are_too_many(client, owner, event, invited):
    for n in range(101):
        invited(event, f"a@d{n:03}.example")
    assert client.get(STATISTICS, headers=owner).json()["by_domain"] is None
    found, after = [], ""
    while after is not None:
        page = client.get("/api/v1/events/event1/domains", params={"limit": 40, "after": after}, headers=owner).json()
        found += [row["domain"] for row in page["domains"]]
        after = page["next"]
    assert found == [f"d{n:03}.example" for n in range(101)]


def test_silent_domains_are_found(client, owner, admin, event, invited, answer):
    for n in range(ALARM):
        invited(event, f"u{n}@silent.example")
        guest = invited(event, f"u{n}@fans.example")
    answer(guest)
    for path, headers in (
        ("/api/v1/events/event1/domains", owner),
        (f"/api/v1/organizers/{OWNER}/domains", owner),
        ("/api/v1/domain/domains", admin),
    ):
        page = client.get(path, params={"silent": True}, headers=headers).json()
        assert [(row["domain"], row["delivered"], row["silent"]) for row in page["domains"]] == [
            ("silent.example", ALARM, True)
        ]
        assert page["next"] is None
        rows = client.get(path, headers=headers).json()["domains"]
        assert [(row["domain"], row["answered"]) for row in rows] == [("fans.example", 1), ("silent.example", 0)]


def test_an_organizers_figures_and_everybodys(client, owner, admin, make_event, invited, answer):
    answer(invited(make_event("event1"), "ada@fans.example"))
    invited(make_event("event2"), "ada@fans.example")
    invited(make_event("event3", OTHER), "bob@fans.example")
    own = client.get(f"/api/v1/organizers/{OWNER}/statistics", headers=owner).json()
    assert own["events"] == {"confirmed": 2, "tentative": 0, "cancelled": 0}
    assert (own["invitations"], own["receipts"]["accepted"]) == (2, 1)
    assert own["by_domain"] == {"fans.example": {"invitations": 2, "sent": 2, "accepted": 1}}
    everybody = client.get("/api/v1/domain/statistics", headers=admin).json()
    assert (everybody["events"]["confirmed"], everybody["invitations"]) == (3, 3)
    assert client.get("/api/v1/domain/statistics", headers=owner).status_code == 403
    assert client.get("/api/v1/domain/domains", headers=owner).status_code == 403
    for what in ("statistics", "domains"):
        assert client.get(f"/api/v1/organizers/{OTHER}/{what}", headers=owner).status_code == 404


def test_figures_that_have_not_changed_are_not_sent_again(client, owner, event, invited, answer):
    guest = invited(event, "ada@fans.example")
    first = client.get(STATISTICS, headers=owner)
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = client.get(STATISTICS, headers=owner | {"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    answer(guest)
    changed = client.get(STATISTICS, headers=owner | {"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["receipts"]["accepted"] == 1


@pytest.fixture
def looks(monkeypatch):
    """What is done instead of waiting before each further look, in turn; then the time of the stream is over."""
    steps = []

    async def instead_of_waiting(_seconds):
        if steps:
            steps.pop(0)()
        else:
            raise feeds.asyncio.CancelledError

    monkeypatch.setattr(feeds.asyncio, "sleep", instead_of_waiting)
    return steps


def told(answer):
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in answer.text.strip().split("\n\n")]
    return [(block["event"], json.loads(block["data"])["receipts"], block["id"]) for block in blocks if block]


def test_figures_are_pushed_as_they_change(client, owner, event, invited, answer, looks):
    guest = invited(event, "ada@fans.example")
    looks += [lambda: None, lambda: answer(guest), lambda: answer(guest, Partstat.DECLINED, 1)]
    response = client.get("/api/v1/events/event1/live", headers=owner)
    assert response.headers["content-type"].startswith("text/event-stream")
    pushed = told(response)
    assert [name for name, _, _ in pushed] == ["figures"] * 3
    assert [(r["none"], r["accepted"], r["declined"]) for _, r, _ in pushed] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert pushed[-1][2] == client.get(STATISTICS, headers=owner).headers["etag"].strip('"')


def test_whoever_comes_back_hears_only_what_is_new(client, owner, event, invited, answer, looks):
    guest = invited(event, "ada@fans.example")
    known = client.get(STATISTICS, headers=owner).headers["etag"].strip('"')
    looks += [lambda: None, lambda: answer(guest)]
    response = client.get("/api/v1/events/event1/live", headers=owner | {"Last-Event-ID": known})
    assert [receipts["accepted"] for _, receipts, _ in told(response)] == [1]


@pytest.mark.parametrize("how", ["revoked", "suspended"])
def test_a_stream_ends_with_what_opened_it(client, engine, owner, event, invited, answer, looks, how):
    guest = invited(event, "ada@fans.example")

    def end():
        if how == "revoked":
            engine.store.remove_key(engine.store.keys()[0].id)
        else:
            engine.store.set_terms(OWNER, {"suspended": NOW})
        answer(guest)

    looks += [end]
    response = client.get("/api/v1/events/event1/live", headers=owner)
    assert [receipts["accepted"] for _, receipts, _ in told(response)] == [0]


def test_a_stream_ends_with_its_session(client, engine, event, invited, answer, looks):
    guest = invited(event, "ada@fans.example")
    session, cookie = opened(engine, sign_in_link(engine, OWNER).rpartition("/")[2], "a browser")
    client.cookies.set("invited-session", cookie)

    def sign_out():
        engine.store.remove_session(session.id)
        answer(guest)

    looks += [sign_out]
    assert [receipts["accepted"] for _, receipts, _ in told(client.get("/api/v1/events/event1/live"))] == [0]


def test_streams_are_limited_and_given_back(client, owner, admin, event, looks, monkeypatch):
    for most in ("MOST_EACH", "MOST"):
        with monkeypatch.context() as patch:
            patch.setattr(feeds, most, 0)
            refused = client.get("/api/v1/events/event1/live", headers=owner)
            assert refused.status_code == 429
            assert refused.json()["type"] == "/problems/too-many-streams"
    monkeypatch.setattr(feeds, "MOST", 1)
    for _ in range(3):
        assert client.get("/api/v1/events/event1/live", headers=owner).status_code == 200
    assert client.get("/api/v1/events/event2/live", headers=admin).status_code == 404
    assert not client.app.state.feeds._feeds
