"""Reading what could not be handled, and having it tried again or thrown away."""

import json

import pytest

from invited.domain.principal import ALL, Scope
from invited.messages import TYPES, ConfirmationNeeded, DeliveryDue, EventCreated
from tests.api.given import NOW
from tests.facts import a_mail

PATH = "/api/v1/dead-letters"


@pytest.fixture
def letters(embedded):
    """Their ids, newest first."""
    embedded.queue.publish([EventCreated("a"), DeliveryDue("b", ("t1",)), EventCreated("c")])
    for taken in embedded.queue.take(10, 60):
        embedded.queue.bury(taken.handle, "Traceback (most recent call last):\n…\nValueError: no")
    return [letter.id for letter in embedded.ports.dead_letters.page()]


def waiting(embedded):
    return sorted(taken.message.event_id for taken in embedded.queue.take(10, 60))


def test_they_are_listed_without_what_they_said(client, admin, letters):
    found = client.get(f"{PATH}?limit=2", headers=admin).json()
    assert [letter["id"] for letter in found["dead_letters"]] == letters[:2]
    assert found["dead_letters"][0] == {
        "id": letters[0],
        "kind": "EventCreated",
        "published": NOW.isoformat().replace("+00:00", "Z"),
        "died": NOW.isoformat().replace("+00:00", "Z"),
        "receives": 1,
        "error": "ValueError: no",
    }
    rest = client.get(f"{PATH}?limit=2&after={found['next']}", headers=admin).json()
    assert ([letter["id"] for letter in rest["dead_letters"]], rest["next"]) == (letters[2:], None)
    of_kind = client.get(f"{PATH}?kind=DeliveryDue", headers=admin).json()["dead_letters"]
    assert [letter["id"] for letter in of_kind] == [letters[1]]


def test_one_is_shown_whole(client, admin, letters):
    told = client.get(f"{PATH}/{letters[1]}", headers=admin).json()
    assert json.loads(told["body"])["tokens"] == ["t1"]
    assert told["trace"].startswith("Traceback")


def test_people_in_it_are_masked_without_a_word(client, header, embedded):
    embedded.queue.publish([ConfirmationNeeded(a_mail(envelope_from="ann@club.example"), "ann@club.example", "Ball")])
    (taken,) = embedded.queue.take(1, 60)
    embedded.queue.bury(taken.handle, "550 <ann@club.example> no")
    (letter,) = embedded.ports.dead_letters.page()
    lacking = header(is_admin=True, scopes=ALL - {Scope.ATTENDEES_READ})
    told = client.get(f"{PATH}/{letter.id}", headers=lacking)
    assert "ann@" not in told.text
    assert told.json()["error"] == "550 <a•••@club.example> no"
    assert '"owner":"a•••@club.example"' in told.json()["body"]


def test_one_is_replayed_and_the_log_says_so(client, admin, letters, embedded):
    assert client.post(f"{PATH}/{letters[0]}/replay", headers=admin).json() == {"replayed": 1, "has_more": False}
    assert client.post(f"{PATH}/{letters[0]}/replay", headers=admin).status_code == 404
    assert waiting(embedded) == ["c"]
    (entry,) = client.get("/api/v1/domain/audit", headers=admin).json()["entries"]
    assert (entry["action"], entry["about"]) == ("dead-letter.replay", f"dead-letter {letters[0]}")


def test_all_of_a_kind_are_replayed(client, admin, letters, embedded):
    answer = client.post(f"{PATH}/replay", headers=admin, json={"kind": "EventCreated"})
    assert (answer.status_code, answer.json()) == (202, {"replayed": 2, "has_more": False})
    assert waiting(embedded) == ["a", "c"]
    assert client.post(f"{PATH}/replay", headers=admin, json={}).status_code == 422


def test_one_is_thrown_away_only_for_a_reason(client, admin, letters, embedded):
    path = f"{PATH}/{letters[0]}/discard"
    assert client.post(path, headers=admin).status_code == 422
    assert client.post(path, headers=admin, json={"reason": "     "}).status_code == 422
    assert client.get(f"{PATH}/{letters[0]}", headers=admin).status_code == 200
    answer = client.post(path, headers=admin, json={"reason": "The event is over"})
    assert (answer.status_code, answer.json()["id"]) == (200, letters[0])
    assert client.post(path, headers=admin, json={"reason": "The event is over"}).status_code == 404
    assert client.get(f"{PATH}/{letters[0]}", headers=admin).status_code == 404
    assert waiting(embedded) == []
    (entry,) = client.get("/api/v1/domain/audit", headers=admin).json()["entries"]
    assert entry["detail"] == "EventCreated: The event is over"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/{}"), ("POST", "/{}/replay"), ("POST", "/replay"), ("POST", "/{}/discard")],
)
def test_they_are_for_admins_alone(client, owner, letters, embedded, method, path):
    body = {"kind": "EventCreated"} if path == "/replay" else {"reason": "because"}
    answer = client.request(method, PATH + path.format(letters[0]), headers=owner, json=body)
    assert answer.status_code == 403
    assert len(embedded.ports.dead_letters.page()) == 3


def test_no_message_carries_a_secret():
    """So that a dead letter can be shown: links and keys are made where they are mailed."""
    fields = {field for message in TYPES.values() for field in message.__dataclass_fields__}
    assert not fields & {"secret", "password", "signed", "link", "code", "digest"}
