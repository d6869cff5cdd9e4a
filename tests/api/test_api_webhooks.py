from dataclasses import replace
from datetime import timedelta

import pytest

from invited.api.examples import WEBHOOK_BODY
from invited.domain.call import Call, CallState
from invited.domain.fact import FactKind
from invited.domain.hook import Hook
from invited.domain.principal import ALL, Scope
from invited.hooks import secret
from invited.messages import HookDue
from tests.api.given import NOW, OTHER, OWNER

URL = "https://club.example/hooks"


def a_call(n, **changes):
    facts = {"created": NOW - timedelta(minutes=n), "due": None, "state": CallState.FAILED}
    return Call("hook1", f"msg_{n}", FactKind.PING, f'{{"n": {n}}}', **(facts | changes))


@pytest.fixture
def hook(engine):
    hook = Hook("hook1", OWNER, URL, NOW)
    engine.store.add_hook(hook, 5)
    return hook


@pytest.fixture
def add(client, owner):
    return lambda headers=owner, **body: client.post("/api/v1/webhooks", json={"url": URL} | body, headers=headers)


def problem(answer):
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


def test_an_organizer_makes_a_webhook_of_their_own(add, client, owner, engine):
    made = add(**WEBHOOK_BODY)
    assert made.status_code == 201
    body = made.json()
    assert body.pop("secret") == secret(engine, body["id"], 0)
    assert (body["organizer"], body["kinds"]) == (OWNER, WEBHOOK_BODY["kinds"])
    assert client.get("/api/v1/webhooks", headers=owner).json() == {"webhooks": [body]}
    assert client.get(f"/api/v1/webhooks/{body['id']}", headers=owner).json() == body


def test_an_admin_makes_one_of_the_domain_or_of_an_organizer(add, client, admin):
    assert add(admin).json()["organizer"] is None
    assert add(admin, organizer=OWNER.upper()).json()["organizer"] == OWNER
    assert len(client.get("/api/v1/webhooks", headers=admin).json()["webhooks"]) == 1
    assert len(client.get(f"/api/v1/webhooks?organizer={OWNER}", headers=admin).json()["webhooks"]) == 1


def test_an_organizer_has_no_other_webhooks(add, client, owner, event, make_event):
    assert problem(add(organizer=OTHER)) == (403, "forbidden")
    assert problem(client.get(f"/api/v1/webhooks?organizer={OTHER}", headers=owner)) == (403, "forbidden")
    make_event("event2", organizer=OTHER)
    assert problem(add(event="event2")) == (404, "not-found")
    assert problem(add(event="absent")) == (404, "not-found")
    assert add(event=event.id).json()["event"] == event.id


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://club.example/"},
        {"url": "https://169.254.169.254/latest"},
        {"url": "https://club.example/" + "a" * 1000},
        {"url": ""},
        {"kinds": ["everything"]},
        {"kinds": ["webhook.ping"]},
        {"note": "x" * 201},
        {"organizer": "nobody"},
        {"sercet": "x"},
    ],
)
def test_what_cannot_be_is_refused(add, admin, engine, body):
    answer = add(admin, **body)
    assert problem(answer) == (422, "invalid")
    assert answer.json()["remedy"]
    assert engine.store.hooks("") == []


def test_there_may_be_only_so_many(add):
    assert [add().status_code for _ in range(6)] == [201] * 5 + [409]
    assert problem(add()) == (409, "limit-reached")


def test_addresses_need_the_right_to_read_them(add, client, header, owner, engine):
    reader = header(organizer=OWNER, scopes=ALL)
    assert problem(add(attendees=True)) == (403, "insufficient-scope")
    hook_id = add(reader, attendees=True).json()["id"]
    path = f"/api/v1/webhooks/{hook_id}"
    assert problem(client.patch(path, json={"url": "https://eve.example/"}, headers=owner)) == (
        403,
        "insufficient-scope",
    )
    assert engine.store.hook(hook_id).url == URL
    assert client.patch(path, json={"note": "x"}, headers=owner).status_code == 200
    call_id = client.post(f"{path}/ping", headers=owner).json()["id"]
    assert problem(client.get(f"{path}/deliveries/{call_id}", headers=owner)) == (403, "insufficient-scope")
    assert client.get(f"{path}/deliveries/{call_id}", headers=reader).json()["body"]["type"] == "webhook.ping"


def test_a_key_without_the_scope_does_nothing(add, header):
    assert problem(add(header(organizer=OWNER, scopes=ALL - {Scope.WEBHOOKS}))) == (403, "insufficient-scope")


def test_what_is_left_out_of_a_change_stays(client, owner, hook, engine, event):
    path = "/api/v1/webhooks/hook1"
    changed = {"url": "https://new.example/", "kinds": ["job.done", "job.done"], "event": event.id, "note": "new"}
    assert client.patch(path, json=changed, headers=owner).json()["kinds"] == ["job.done"]
    assert client.patch(path, json={"event": ""}, headers=owner).json() | {"event": ""} == (
        client.get(path, headers=owner).json() | {"event": ""}
    )
    found = engine.store.hook("hook1")
    assert (found.url, found.kinds, found.event_id, found.note) == (
        "https://new.example/",
        (FactKind.JOB_DONE,),
        "",
        "new",
    )
    assert problem(client.patch(path, json={"url": "http://x.example/"}, headers=owner)) == (422, "invalid")


def test_a_disabled_webhook_is_enabled_and_called(client, owner, hook, engine):
    path = "/api/v1/webhooks/hook1"
    off = client.patch(path, json={"enabled": False}, headers=owner).json()
    assert (off["enabled"], off["disabled"]) == (False, "it was disabled by request")
    assert problem(client.post(f"{path}/ping", headers=owner)) == (409, "webhook-disabled")
    assert problem(client.post(f"{path}/replay", json={"delivery": "x"}, headers=owner)) == (409, "webhook-disabled")
    assert engine.queue == []
    assert client.patch(path, json={"enabled": True}, headers=owner).json()["enabled"]
    assert engine.queue == [HookDue("hook1")]


def test_a_removed_webhook_is_gone(client, owner, hook):
    assert client.delete("/api/v1/webhooks/hook1", headers=owner).json()["url"] == URL
    assert client.delete("/api/v1/webhooks/hook1", headers=owner).status_code == 404


def test_a_new_secret_is_shown_once(client, owner, hook, engine):
    given = client.post("/api/v1/webhooks/hook1/rotate", headers=owner).json()["secret"]
    assert given == secret(engine, "hook1", 1) != secret(engine, "hook1", 0)
    assert engine.store.hook("hook1").generations(NOW) == (1, 0)
    assert given not in client.get("/api/v1/webhooks/hook1", headers=owner).text


def test_a_ping_is_on_its_way(client, owner, hook, engine):
    answer = client.post("/api/v1/webhooks/hook1/ping", headers=owner)
    assert (answer.status_code, answer.json()["kind"], answer.json()["state"]) == (202, "webhook.ping", "waiting")
    assert engine.queue == [HookDue("hook1")]


def test_the_log_is_paged(client, owner, hook, engine):
    engine.store.owe("hook1", [a_call(n, state=CallState.WAITING, due=NOW) for n in range(3)], 10)
    path = "/api/v1/webhooks/hook1/deliveries?limit=2"
    first = client.get(path, headers=owner).json()
    second = client.get(f"{path}&after={first['next']}", headers=owner).json()
    told = [delivery["id"] for delivery in (*first["deliveries"], *second["deliveries"])]
    assert (told, second["next"]) == (["msg_0", "msg_1", "msg_2"], None)
    assert client.get("/api/v1/webhooks/hook1/deliveries/msg_1", headers=owner).json()["body"] == {"n": 1}
    assert problem(client.get("/api/v1/webhooks/hook1/deliveries/msg_9", headers=owner)) == (404, "not-found")


@pytest.fixture
def failed(engine, hook):
    waiting = [a_call(n, state=CallState.WAITING, due=NOW) for n in range(4)]
    engine.store.owe("hook1", waiting, 10)
    for call in waiting[:3]:
        over = replace(call, state=CallState.FAILED, due=None, tries=10, expires=NOW + timedelta(days=7))
        engine.store.replace_call(over, CallState.WAITING)
    return lambda: [call.id for call in engine.store.calls("hook1", NOW) if call.has_failed]


def test_one_delivery_is_made_again(client, owner, failed, engine):
    path = "/api/v1/webhooks/hook1/replay"
    assert client.post(path, json={"delivery": "msg_1"}, headers=owner).json() == {"replayed": 1, "next": None}
    assert failed() == ["msg_0", "msg_2"]
    assert engine.store.call("hook1", "msg_1", NOW).tries == 0
    # What waits comes anyway.
    assert client.post(path, json={"delivery": "msg_3"}, headers=owner).json()["replayed"] == 0
    assert problem(client.post(path, json={"delivery": "msg_9"}, headers=owner)) == (404, "not-found")


def test_all_that_failed_since_is_made_again_page_by_page(client, owner, failed, engine, monkeypatch):
    monkeypatch.setattr("invited.hooks.REPLAYED", 1)
    body, since = {"since": (NOW - timedelta(minutes=1)).isoformat()}, []
    while True:
        answer = client.post("/api/v1/webhooks/hook1/replay", json=body, headers=owner).json()
        since.append(answer["replayed"])
        if answer["next"] is None:
            break
        body["after"] = answer["next"]
    assert since == [1, 1, 0]
    assert failed() == ["msg_2"]
    assert engine.queue[-1] == HookDue("hook1")


@pytest.mark.parametrize("body", [{}, {"delivery": "x", "since": "2027-01-01T00:00:00Z"}, {"since": "2027-01-01"}])
def test_a_replay_names_what_it_means(client, owner, hook, body):
    assert problem(client.post("/api/v1/webhooks/hook1/replay", json=body, headers=owner)) == (422, "invalid")
