"""What one changes is what one saw: ETag and If-Match."""

from datetime import timedelta

import pytest

from invited.domain.approval import Approval
from invited.domain.event import Change
from invited.messages import ApprovalGiven
from tests.api.given import NOW

SETTINGS = "/api/v1/events/event1/settings"


def patch(client, owner, if_match, **body):
    return client.patch(SETTINGS, json=body, headers=owner | ({"If-Match": if_match} if if_match else {}))


def test_the_tag_changes_with_what_is_shown(client, owner, engine, event):
    paths = ("/api/v1/events/event1", SETTINGS)
    before = [client.get(path, headers=owner).headers["etag"] for path in paths]
    assert [client.get(path, headers=owner).headers["etag"] for path in paths] == before
    answer = patch(client, owner, None, strangers="refuse")
    after = [client.get(path, headers=owner).headers["etag"] for path in paths]
    assert answer.headers["etag"] == after[1]
    assert not set(before) & set(after)
    assert all(tag.startswith('"') for tag in before)


def test_a_change_is_made_while_what_one_saw_holds(client, owner, event):
    seen = client.get(SETTINGS, headers=owner).headers["etag"]
    first = patch(client, owner, seen, strangers="refuse")
    assert first.status_code == 200
    late = patch(client, owner, seen, strangers="accept")
    assert (late.status_code, late.json()["type"]) == (412, "/problems/precondition-failed")
    assert client.get(SETTINGS, headers=owner).json()["strangers"] == "refuse"
    for if_match in (f'"other", {first.headers["etag"]}', "*", None):
        answer = patch(client, owner, if_match, strangers="refuse")
        assert answer.status_code == 200


@pytest.mark.parametrize("wrong", ['"other"', "", "W/{}", "{}x"])
def test_what_is_not_the_tag_does_not_match(client, owner, event, wrong):
    seen = client.get(SETTINGS, headers=owner).headers["etag"]
    headers = owner | {"If-Match": wrong.replace("{}", seen)}
    assert client.patch(SETTINGS, json={}, headers=headers).status_code == 412


def test_of_two_at_the_same_time_one_is_told(client, owner, engine, event, monkeypatch):
    seen = client.get(SETTINGS, headers=owner).headers["etag"]
    store, choose = type(engine.store), type(engine.store).set_choices

    def overtaken(self, event_id, choices, *, expected):
        # Somebody else's choice comes between the comparison and the write.
        choose(self, event_id, {"strangers": "accept"})
        return choose(self, event_id, choices, expected=expected)

    monkeypatch.setattr(store, "set_choices", overtaken)
    assert patch(client, owner, seen, strangers="refuse").status_code == 412
    assert client.get(SETTINGS, headers=owner).json()["strangers"] == "accept"


def test_a_change_that_waits_is_decided_on_as_it_was_seen(client, owner, engine, event):
    waiting = Approval("a1", event, event, Change.SIGNIFICANT, 1234, "m", NOW, NOW + timedelta(hours=72))
    engine.store.hold(waiting)
    path = "/api/v1/approvals/a1"
    seen = client.get(path, headers=owner).headers["etag"]
    answer = client.post(path, json={"choice": "approve"}, headers=owner | {"If-Match": '"other"'})
    assert (answer.status_code, engine.queue) == (412, [])
    assert client.post(path, json={"choice": "approve"}, headers=owner | {"If-Match": seen}).status_code == 202
    assert engine.queue == [ApprovalGiven("event1", "a1", "approve")]
    assert client.get("/api/v1/approvals/absent", headers=owner).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "", {"subject": "Cup", "start": "2027-01-14"}),
        ("PATCH", "", {"subject": "Cup"}),
        ("POST", "/cancel", {}),
    ],
)
def test_an_event_is_changed_as_it_was_seen(client, owner, engine, event, method, path, body):
    seen = client.get("/api/v1/events/event1", headers=owner).headers["etag"]
    changed = client.patch("/api/v1/events/event1", json={"location": "Arena"}, headers=owner | {"If-Match": seen})
    assert (changed.status_code, changed.headers["etag"] == seen) == (200, False)
    now = client.get("/api/v1/events/event1", headers=owner).headers["etag"]
    assert changed.headers["etag"] == now
    engine.queue.clear()

    def send(tag):
        return client.request(method, f"/api/v1/events/event1{path}", json=body, headers=owner | {"If-Match": tag})

    late = send(seen)
    assert (late.status_code, late.json()["type"], engine.queue) == (412, "/problems/precondition-failed", [])
    assert send(now).status_code == 200
    assert engine.queue
