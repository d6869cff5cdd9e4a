"""Keys made by API: whose, for what and how long; none gives more than the one that made it."""

from datetime import timedelta

import pytest

from invited.api import examples
from invited.api.keys import MOST, KeyBody, KeyPage, MadeKey
from invited.api.sessions import Me, Sessions
from invited.api.sign_in import LinkMailed, SignInBody
from invited.credentials import new_key
from invited.domain.principal import ALL, USUAL, Scope
from tests.api.given import NOW, OTHER, OWNER

DAY = timedelta(days=1)


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (KeyPage, examples.KEYS),
        (MadeKey, examples.MADE_KEY),
        (Me, examples.ME),
        (Sessions, examples.SESSIONS),
        (LinkMailed, examples.LINK_MAILED),
    ],
)
def test_examples_have_their_shape(shape, example):
    assert shape.model_validate(example).model_dump(mode="json") == example


def test_example_bodies_are_taken():
    assert KeyBody.model_validate(examples.NEW_KEY)
    assert SignInBody.model_validate(examples.SIGN_IN)


def test_an_organizer_makes_a_key_of_their_own_that_is_shown_once(client, engine, owner, event):
    answer = client.post("/api/v1/keys", json={"note": "site", "scopes": ["events:read"]}, headers=owner)
    assert answer.status_code == 201
    made, secret = answer.json()["key"], answer.json()["secret"]
    assert (made["organizer"], made["is_admin"], made["scopes"], made["note"]) == (
        OWNER,
        False,
        ["events:read"],
        "site",
    )
    assert client.get("/api/v1/events/event1", headers=bearer(secret)).status_code == 200
    assert client.get("/api/v1/keys", headers=bearer(secret)).json()["type"] == "/problems/insufficient-scope"
    listed = client.get("/api/v1/keys", headers=owner)
    assert made["id"] in listed.text
    assert secret.split("_")[2] not in listed.text
    assert secret.split("_")[2] not in repr(engine.store.key(made["id"]))


def test_a_key_taken_back_opens_nothing_any_more(client, owner, event):
    made = client.post("/api/v1/keys", json={}, headers=owner).json()
    assert client.delete(f"/api/v1/keys/{made['key']['id']}", headers=owner).status_code == 204
    assert client.get("/api/v1/events/event1", headers=bearer(made["secret"])).status_code == 401
    assert client.delete(f"/api/v1/keys/{made['key']['id']}", headers=owner).status_code == 404


def test_an_organizer_knows_of_no_other_keys(client, header, owner, admin):
    (others,) = (key for key in client.get("/api/v1/keys", headers=admin).json()["keys"] if key["is_admin"])
    other = header(organizer=OTHER)
    assert [key["organizer"] for key in client.get("/api/v1/keys", headers=other).json()["keys"]] == [OTHER]
    assert len(client.get("/api/v1/keys", headers=admin).json()["keys"]) == 3
    mine = client.get("/api/v1/keys", headers=owner).json()["keys"][0]["id"]
    for key_id in (others["id"], mine, "absent"):
        assert client.delete(f"/api/v1/keys/{key_id}", headers=other).status_code == 404


def test_keys_page_by_page(client, header, owner):
    for _ in range(2):
        header(organizer=OWNER)
    first = client.get("/api/v1/keys?limit=2", headers=owner).json()
    rest = client.get("/api/v1/keys", params={"after": first["next"]}, headers=owner).json()
    assert (len(first["keys"]), len(rest["keys"]), rest["next"]) == (2, 1, None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"is_admin": True}, 201),
        ({"organizer": OTHER}, 201),
        ({}, 422),
        ({"is_admin": True, "organizer": OTHER}, 422),
        ({"organizer": "nobody"}, 422),
        ({"is_admin": True, "scopes": []}, 422),
        ({"is_admin": True, "scopes": ["everything"]}, 422),
        ({"is_admin": True, "expires": NOW.isoformat()}, 422),
        ({"is_admin": True, "expires": (NOW + DAY).isoformat()}, 201),
    ],
)
def test_an_admin_says_whose_key_it_is(client, admin, body, status):
    assert client.post("/api/v1/keys", json=body, headers=admin).status_code == status


@pytest.mark.parametrize("body", [{"is_admin": True}, {"organizer": OTHER}])
def test_an_organizer_makes_keys_for_nobody_else(client, owner, body):
    answer = client.post("/api/v1/keys", json=body, headers=owner)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")


def test_a_key_holds_no_more_than_the_one_that_makes_it(client, header):
    narrow = header(organizer=OWNER, scopes={Scope.KEYS, Scope.EVENTS_READ})
    assert client.post("/api/v1/keys", json={}, headers=narrow).json()["key"]["scopes"] == ["events:read", "keys"]
    for scope in USUAL - {Scope.KEYS, Scope.EVENTS_READ} | {Scope.ATTENDEES_READ}:
        answer = client.post("/api/v1/keys", json={"scopes": [scope]}, headers=narrow)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/insufficient-scope")
    whole = header(organizer=OWNER, scopes=ALL)
    assert "attendees:read" not in client.post("/api/v1/keys", json={}, headers=whole).json()["key"]["scopes"]
    asked = client.post("/api/v1/keys", json={"scopes": ["attendees:read"]}, headers=whole)
    assert asked.json()["key"]["scopes"] == ["attendees:read"]


def test_a_key_ends_no_later_than_the_one_that_makes_it(client, engine):
    key, text = new_key(False, OWNER, NOW, expires=NOW + DAY)
    engine.store.add_key(key)
    late = {"expires": (NOW + 2 * DAY).isoformat()}
    assert client.post("/api/v1/keys", json=late, headers=bearer(text)).status_code == 422
    made = client.post("/api/v1/keys", json={}, headers=bearer(text)).json()["key"]
    assert made["expires"] == client.get("/api/v1/me", headers=bearer(text)).json()["expires"] is not None


def test_a_key_is_good_until_it_expires(client, engine, clock):
    key, text = new_key(True, None, NOW, expires=NOW + DAY)
    engine.store.add_key(key)
    clock.at += DAY - timedelta(seconds=1)
    assert client.get("/api/v1/me", headers=bearer(text)).status_code == 200
    clock.at += timedelta(seconds=1)
    answer = client.get("/api/v1/me", headers=bearer(text))
    assert (answer.status_code, answer.json()["detail"]) == (401, "The API key has expired.")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_the_use_of_a_key_is_remembered_to_the_hour(client, engine, clock, owner):
    (key,) = engine.store.keys()
    assert key.used is None
    for minutes, used in ((0, 0), (59, 0), (1, 60)):
        clock.at += timedelta(minutes=minutes)
        client.get("/api/v1/me", headers=owner)
        assert engine.store.key(key.id).used == NOW + timedelta(minutes=used)


def test_an_organizer_has_so_many_keys(client, header, owner):
    for _ in range(MOST - 1):
        header(organizer=OWNER)
    answer = client.post("/api/v1/keys", json={}, headers=owner)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-keys")


def test_me_tells_what_a_key_may_do(client, header):
    key = header(organizer=OWNER, scopes={Scope.EVENTS_READ})
    me = client.get("/api/v1/me", headers=key).json()
    assert (me["kind"], me["role"], me["address"], me["scopes"], me["expires"]) == (
        "key",
        "organizer",
        OWNER,
        ["events:read"],
        None,
    )
