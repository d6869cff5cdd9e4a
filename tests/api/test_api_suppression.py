"""The suppression list over the API: whose it is, who comes on it and who is let in again."""

import pytest

from invited.domain.principal import ALL
from tests.api.given import NOW, OTHER, OWNER

PATH = "/api/v1/suppression"


@pytest.fixture
def entries(engine):
    engine.store.suppress("ada@x.example", "unsubscribed", NOW, organizer=OWNER)
    engine.store.suppress("bob@x.example", "bounced: 550 no", NOW)
    engine.store.suppress("cid@x.example", "complained: abuse", NOW)
    engine.store.suppress("dan@x.example", "unsubscribed", NOW, organizer=OTHER)


@pytest.fixture
def admin(header):
    """Who may read addresses."""
    return header(is_admin=True, scopes=ALL)


@pytest.fixture
def owner(header):
    return header(organizer=OWNER, scopes=ALL)


def emails(client, key, **params):
    return [entry["email"] for entry in client.get(PATH, headers=key, params=params).json()["entries"]]


def test_each_sees_their_own_list(client, admin, owner, entries):
    assert emails(client, owner) == ["ada@x.example"]
    assert emails(client, owner, organizer=OWNER.upper()) == ["ada@x.example"]
    assert client.get(PATH, headers=owner, params={"organizer": OTHER}).status_code == 404
    assert emails(client, admin) == ["bob@x.example", "cid@x.example"]
    assert emails(client, admin, organizer=OTHER) == ["dan@x.example"]
    assert client.get(PATH, headers=admin, params={"organizer": "nobody"}).status_code == 422
    told = client.get(PATH, headers=admin).json()["entries"][0]
    assert told == {
        "email": "bob@x.example",
        "organizer": None,
        "kind": "bounced",
        "reason": "bounced: 550 no",
        "since": "2026-11-20T12:00:00Z",
    }


def test_the_list_is_paged_and_filtered(client, admin, entries):
    first = client.get(PATH, headers=admin, params={"limit": 1, "kind": "complained"}).json()
    assert first["entries"] == []
    assert "bob" not in first["next"]
    rest = client.get(PATH, headers=admin, params={"limit": 1, "kind": "complained", "after": first["next"]}).json()
    assert ([entry["email"] for entry in rest["entries"]], rest["next"]) == (["cid@x.example"], None)
    assert client.get(PATH, headers=admin, params={"after": "forged"}).status_code == 422


def test_addresses_are_whole_only_for_who_may_read_them(client, header, engine, entries):
    usual = header(is_admin=True)
    engine.store.suppress("eve@x.example", "bounced: 550 <eve@x.example> unknown", NOW)
    told = client.get(PATH, headers=usual)
    assert [entry["email"] for entry in told.json()["entries"]] == [
        "b•••@x.example",
        "c•••@x.example",
        "e•••@x.example",
    ]
    assert "eve@" not in told.text
    assert client.get(f"{PATH}.csv", headers=usual).status_code == 403
    assert client.get(f"{PATH}/bob@x.example", headers=usual).json()["entries"][0]["email"] == "bob@x.example"


def test_an_organizer_learns_no_more_of_others_entries_than_that_they_bar(client, admin, owner, entries):
    def standing(key, address):
        told = client.get(f"{PATH}/{address}", headers=key).json()
        return told["is_suppressed"], [entry["organizer"] for entry in told["entries"]]

    assert standing(owner, "ada@x.example") == (True, [OWNER])
    assert standing(owner, "BOB@x.example") == (True, [])
    assert standing(owner, "dan@x.example") == (False, [])
    assert standing(owner, "eve@x.example") == (False, [])
    assert standing(admin, "bob@x.example") == (True, [None])
    assert standing(admin, "dan@x.example") == (False, [OTHER])
    assert client.get(f"{PATH}/nobody", headers=admin).status_code == 422


def test_somebody_is_added_once(client, admin, owner, engine):
    body = {"email": "Eve@X.example", "reason": "asked on the phone"}
    assert client.post(PATH, headers=owner, json=body).json()["added"]
    again = client.post(PATH, headers=owner, json=body | {"reason": "another"}).json()
    assert (again["added"], again["entry"]["reason"]) == (False, "asked on the phone")
    assert engine.store.suppressed(["eve@x.example"], OWNER) == {"eve@x.example": "asked on the phone"}
    assert engine.store.suppressed(["eve@x.example"], OTHER) == {}
    assert client.post(PATH, headers=admin, json={"email": "eve@x.example"}).json()["entry"]["organizer"] is None
    assert client.post(PATH, headers=admin, json={"email": "eve@"}).status_code == 422
    assert client.post(PATH, headers=owner, params={"organizer": OTHER}, json=body).status_code == 404


def test_a_list_is_imported_and_exported(client, admin, owner):
    raw = b"Name;E-Mail\nAda;a@x.example\nBob;bob\n"
    path, headers = f"{PATH}/import?reason=old+system", admin | {"Content-Type": "text/csv"}
    told = client.post(path, headers=headers, content=raw).json()
    assert [told[name] for name in ("rows", "added", "already", "invalid")] == [2, 1, 0, 1]
    assert [fault["line"] for fault in told["faults"]] == [3]
    assert client.post(path, headers=headers, content=raw).json()["already"] == 1
    assert client.post(f"{PATH}/import", headers=owner, files={"file": ("x.txt", raw)}).json()["added"] == 1
    assert client.post(path, headers=headers, content=b"PK\x03\x04").json()["type"] == "/problems/invalid"
    answer = client.get(f"{PATH}.csv", headers=admin)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text == "email,reason,since\r\na@x.example,old system,2026-11-20T12:00:00+00:00\r\n"
    assert "imported" in client.get(f"{PATH}.csv", headers=owner).text
    assert client.get(f"{PATH}.csv?organizer={OTHER}", headers=owner).status_code == 404


def test_a_longer_list_than_other_bodies_is_taken(client, admin):
    raw = b"x" * 2_100_000
    answer = client.post(f"{PATH}/import", headers=admin | {"Content-Type": "text/plain"}, content=raw)
    assert (answer.status_code, answer.json()["added"]) == (200, 0)
    assert client.post(PATH, headers=admin, content=raw).status_code == 413


def test_who_bounced_is_let_in_again_for_a_reason(client, admin, owner, engine, entries):
    body = {"email": "bob@x.example", "reason": "he mended his mailbox"}
    assert client.post(f"{PATH}/readmit", headers=owner, json=body).status_code == 404
    assert client.post(f"{PATH}/readmit", headers=admin, json={"email": "bob@x.example"}).status_code == 422
    assert client.post(f"{PATH}/readmit", headers=admin, json=body).json()["kind"] == "bounced"
    assert engine.store.suppressed(["bob@x.example"], OWNER) == {}
    assert client.post(f"{PATH}/readmit", headers=admin, json=body).status_code == 404
    (entry,) = client.get("/api/v1/domain/audit", headers=admin).json()["entries"]
    assert entry["about"] == "suppression of bob@x.example for everybody"
    assert entry["detail"] == "bounced: he mended his mailbox"


@pytest.mark.parametrize(("email", "kind"), [("ada@x.example", "unsubscribed"), ("cid@x.example", "complained")])
def test_who_wants_no_mail_is_let_in_only_by_saying_so(client, admin, engine, entries, email, kind):
    params = {"organizer": OWNER} if email.startswith("ada") else {}
    body = {"email": email, "reason": "their own wish"}
    for despite in (None, "bounced"):
        answer = client.post(f"{PATH}/readmit", headers=admin, params=params, json=body | {"despite": despite})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/confirmation-needed")
        assert f'"despite": "{kind}"' in answer.json()["remedy"]
    assert engine.store.suppressed([email], OWNER)
    answer = client.post(f"{PATH}/readmit", headers=admin, params=params, json=body | {"despite": kind})
    assert answer.status_code == 200
    assert not engine.store.suppressed([email], OWNER)
