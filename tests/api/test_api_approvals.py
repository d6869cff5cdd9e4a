from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from invited.api import examples
from invited.api.approvals import Approval as Shown
from invited.api.approvals import ApprovalPage, ChoiceBody
from invited.credentials import APPROVAL, APPROVAL_AGE, EVENT_PAGE, approval_link, event_link, sign
from invited.domain.approval import Approval, ApprovalState, Choice
from invited.domain.event import Change, Status
from invited.messages import ApprovalGiven
from tests.api.given import NOW, OTHER, SECRET

HTML = {"Accept": "text/html"}


def path(link):
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def waiting(engine, event):
    """Makes a change of the event wait, in place of the one before."""

    def wait(approval_id="a1", instead_of="", **changes):
        head = replace(event.head, **({"summary": "Opener <b>", "location": "Arena"} | changes))
        proposed = replace(event, components=(head,), revision=1, sequence=1, updates=1)
        approval = Approval(approval_id, event, proposed, Change.SIGNIFICANT, 1234, "m", NOW, NOW + timedelta(hours=72))
        engine.store.hold(approval, instead_of)
        return approval

    return wait


@pytest.mark.parametrize(
    ("shape", "example"),
    [(Shown, examples.APPROVAL), (ApprovalPage, examples.APPROVALS), (ChoiceBody, {"choice": "quiet"})],
)
def test_examples_have_their_shape(shape, example):
    assert shape.model_validate(example).model_dump(mode="json") == example


def test_what_waits_is_listed(client, owner, waiting):
    waiting()
    assert client.get("/api/v1/events/event1/approvals", headers=owner).json() == {
        "approvals": [
            {
                "id": "a1",
                "event": "event1",
                "state": "pending",
                "change": "significant",
                "reach": 1234,
                "differences": [
                    {"what": "Title", "old": "Opener", "new": "Opener <b>"},
                    {"what": "Where", "old": "", "new": "Arena"},
                ],
                "choices": ["approve", "quiet", "discard"],
                "created": "2026-11-20T12:00:00Z",
                "expires": "2026-11-23T12:00:00Z",
            }
        ],
        "next": None,
    }


def test_pages_of_changes(client, owner, waiting):
    waiting("a1")
    waiting("a2", "a1")
    waiting("a3", "a2")
    first = client.get("/api/v1/events/event1/approvals?limit=2", headers=owner).json()
    assert [(a["id"], a["state"], a["choices"] == []) for a in first["approvals"]] == [
        ("a3", "pending", False),
        ("a2", "superseded", True),
    ]
    last = client.get(f"/api/v1/events/event1/approvals?limit=2&after={first['next']}", headers=owner).json()
    assert ([a["id"] for a in last["approvals"]], last["next"]) == (["a1"], None)


@pytest.mark.parametrize("choice", list(Choice))
def test_a_choice_is_published(client, engine, owner, waiting, choice):
    waiting()
    answer = client.post("/api/v1/approvals/a1", json={"choice": choice}, headers=owner)
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    assert engine.queue == [ApprovalGiven("event1", "a1", choice)]


def test_what_cannot_be_chosen(client, engine, owner, header, waiting):
    other = header(organizer=OTHER)
    waiting(status=Status.CANCELLED)
    answers = [
        client.post("/api/v1/approvals/a1", json={"choice": "quiet"}, headers=owner),
        client.post("/api/v1/approvals/a1", json={"choice": "maybe"}, headers=owner),
        client.post("/api/v1/approvals/a1", json={"choice": "approve"}, headers=other),
        client.post("/api/v1/approvals/a2", json={"choice": "approve"}, headers=owner),
        client.get("/api/v1/events/event1/approvals", headers=other),
        client.post("/api/v1/approvals/a1", json={"choice": "approve"}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 404, 404, 404, 401]
    assert answers[0].json()["remedy"] == "Please choose one of: approve, discard."
    assert not engine.queue


def test_what_is_decided_stays_so(client, engine, owner, waiting):
    engine.store.settle(replace(waiting(), state=ApprovalState.DISCARDED))
    answer = client.post("/api/v1/approvals/a1", json={"choice": "approve"}, headers=owner)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-decided")
    assert not engine.queue


def test_the_page_shows_old_and_new_and_for_how_many(client, engine, waiting):
    link = path(approval_link(engine, waiting().id))
    page = client.get(f"{link}?choice=quiet", headers=HTML).text
    for words in (
        '<th scope="row">Title</th><td class="text">Opener</td><td class="text">Opener &lt;b&gt;</td>',
        "1,234 people",
        "until 2026-11-23 12:00 UTC",
        'value="quiet" autofocus>',
        'value="approve">',
        'value="discard">',
    ):
        assert words in page
    assert not engine.queue


def test_only_a_button_decides(client, engine, waiting):
    link = path(approval_link(engine, waiting().id))
    for choice in Choice:
        page = client.post(link, data={"choice": choice}, headers=HTML)
        assert "<h1>Thank you</h1>" in page.text
    assert engine.queue == [ApprovalGiven("event1", "a1", choice) for choice in Choice]
    cross = client.post(link, data={"choice": "approve"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.json()["type"] == "/problems/cross-site"
    assert client.post(link, data={"choice": "x"}, headers=HTML).status_code == 422
    assert client.post(link, headers=HTML).status_code == 422


def test_a_cancel_has_no_quiet_button(client, engine, waiting):
    link = path(approval_link(engine, waiting(status=Status.CANCELLED).id))
    assert 'value="quiet"' not in client.get(link).text
    assert client.post(link, data={"choice": "quiet"}).status_code == 422
    assert not engine.queue


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ApprovalState.APPLIED, "was approved"),
        (ApprovalState.QUIET, "quiet text fix"),
        (ApprovalState.DISCARDED, "was discarded"),
        (ApprovalState.EXPIRED, "waited too long"),
        (ApprovalState.SUPERSEDED, "changed the event again"),
    ],
)
def test_an_old_link_says_what_became_of_the_change(client, engine, waiting, state, words):
    approval = waiting()
    engine.store.settle(replace(approval, state=state))
    link = path(approval_link(engine, approval.id))
    for answer in (client.get(link, headers=HTML), client.post(link, data={"choice": "approve"}, headers=HTML)):
        assert answer.status_code == 200
        assert words in answer.text
        assert "<button" not in answer.text
    assert not engine.queue


@pytest.mark.parametrize(
    ("purpose", "payload", "age", "status"),
    [
        (EVENT_PAGE, "a1", timedelta(0), 403),
        (APPROVAL, "a1", APPROVAL_AGE + timedelta(seconds=1), 403),
        (APPROVAL, "a2", timedelta(0), 404),
    ],
)
def test_only_its_own_link_decides(client, engine, waiting, purpose, payload, age, status):
    waiting()
    link = f"/approvals/{sign(SECRET, purpose, payload, NOW - age)}"
    for answer in (client.get(link, headers=HTML), client.post(link, data={"choice": "approve"}, headers=HTML)):
        assert answer.status_code == status
    assert not engine.queue


def test_the_events_page_says_that_a_change_waits(client, engine, event, waiting):
    link = path(event_link(engine, "event1"))
    assert "waits for you" not in client.get(link).text
    waiting()
    page = client.get(link).text
    assert "It would reach 1,234 people." in page
    assert path(approval_link(engine, "a1")) in page
