"""What is understood of a list, told before it is sent, and the columns that somebody chooses."""

import pytest

from invited.messages import ListDue

PATH = "/api/v1/events/event1/lists"
TABLE = b"Name;Work mail;Home mail\nAda;ada@work.example;ada@home.example\nCy;cy@;cy@home.example\n"


@pytest.fixture
def post(client, owner, event):
    def post(content, path=f"{PATH}/preview", **params):
        return client.post(path, headers=owner | {"Content-Type": "text/csv"}, params=params, content=content)

    return post


def test_a_preview_tells_what_is_understood_and_invites_nobody(post, engine):
    answer = post(TABLE)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["delimiter"], told["email"], told["names"], told["whole"]) == (";", 1, [0], True)
    assert told["columns"][1] == {"title": "Work mail", "example": "ada@work.example"}
    assert told["first"] == [{"line": 2, "email": "ada@work.example", "name": "Ada"}]
    assert (told["people"], told["invalid"]) == (1, 1)
    assert [fault["line"] for fault in told["faults"]] == [3]
    assert engine.queue == []


def test_other_columns_may_be_chosen(post):
    told = post(TABLE, email=2, names=[0]).json()
    assert [person["email"] for person in told["first"]] == ["ada@home.example", "cy@home.example"]
    assert (told["email"], told["names"]) == (2, [0])


def test_only_the_beginning_of_a_list_needs_to_be_sent(post):
    told = post(b"ada@x.example\nbob@x.exa", cut=True).json()
    assert ([person["email"] for person in told["first"]], told["whole"]) == (["ada@x.example"], False)


def test_text_has_no_columns(post):
    told = post(b"Ada <ada@x.example>, bob@x.example").json()
    assert (told["delimiter"], told["columns"], told["email"]) == ("", [], None)
    answer = post(b"Ada <ada@x.example>, bob@x.example", email=1)
    assert (answer.status_code, answer.json()["detail"]) == (422, "The list has no columns to choose from.")


@pytest.mark.parametrize("params", [{"names": [0]}, {"email": -1}, {"email": 200}, {"email": 0, "names": [1, 2, 3, 4]}])
def test_a_choice_that_is_none_is_refused(post, params):
    assert post(TABLE, **params).status_code == 422


def test_what_is_no_text_is_refused_with_what_to_do(post):
    answer = post(b"PK\x03\x04")
    assert (answer.status_code, "CSV" in answer.json()["remedy"]) == (422, True)


def test_the_list_is_sent_by_the_columns_that_were_chosen(post, engine):
    job_id = post(TABLE, path=PATH, email=2, names=[0]).json()["job"]
    assert engine.queue == [ListDue("event1", job_id)]
    assert engine.store.job(job_id).columns == (2, 0)


def test_columns_of_what_has_none_are_refused_before_anything_is_sent(post, engine):
    assert post(b"ada@x.example", path=PATH, email=1).status_code == 422
    assert engine.queue == []
