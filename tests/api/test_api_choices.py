"""The choices about the public door; those about audience and strangers are with the news."""

import pytest

from invited.domain.door import Door

PATH = "/api/v1/events/event1/settings"


def test_what_is_chosen_for_the_public_door_holds(client, engine, owner, event):
    told = client.patch(PATH, headers=owner, json={}).json()
    assert (told["public"], told["public_sites"], told["public_challenge"]) == (True, ["*"], "auto")
    body = {"public_sites": ["HTTPS://Club.Example:443/"], "public_links": ["radio"], "public_double_opt_in": True}
    told = client.patch(PATH, headers=owner, json=body).json()
    assert told["public_sites"] == ["https://club.example"]
    assert (told["public_links"], told["public_double_opt_in"], told["public_ticket"]) == (["radio"], True, False)
    told = client.patch(PATH, headers=owner, json={"public": False, "public_sites": None}).json()
    assert (told["public"], told["public_sites"], told["public_links"]) == (False, ["*"], ["radio"])
    assert engine.store.event("event1").door == Door(public=False, public_links=("radio",), public_double_opt_in=True)


@pytest.mark.parametrize(
    "body",
    [
        {"public_sites": ["club.example"]},
        {"public_sites": ["https://club.example"] * 51},
        {"public_links": ["a b"]},
        {"public_links": ["a"] * 51},
        {"public_challenge": "never"},
        {"public": "perhaps"},
        {"public_ticket_keys": ["a"]},
    ],
)
def test_choices_that_are_none(client, engine, owner, event, body):
    answer = client.patch(PATH, headers=owner, json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert engine.store.event("event1").door == Door()
