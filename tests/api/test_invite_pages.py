"""The pages on which people ask for an invite: they work without a script, and looking changes nothing."""

from datetime import timedelta

import pytest

from invited.credentials import OPT_IN_AGE, opt_in_link
from invited.domain.visitor import REFUSED
from invited.messages import OptInNeeded
from tests.api.given import NOW, OWNER

PAGE = "/e/event1/invite"
HOSTILE = """"><script>alert(1)</script>"""


def shown(client, **query):
    return client.get(PAGE, params=query).text


def test_a_link_fills_in_the_form_and_sends_nothing(client, engine, event):
    page = shown(client, email="Ada+x@fans.example", name="Ada", origin="link:mailchimp")
    assert 'type="email" value="Ada+x@fans.example"' in page
    assert 'name="name" value="Ada"' in page
    assert 'name="origin" value="link:mailchimp"' in page
    assert not engine.queue


def test_a_plus_that_a_tool_did_not_encode_is_one(client, event):
    assert 'value="ada+x@fans.example"' in client.get(f"{PAGE}?email=ada+x@fans.example").text


@pytest.mark.parametrize("unfilled", ["*|EMAIL|*", "{{ email|urlencode }}", "", "x" * 5000, HOSTILE])
def test_a_merge_tag_that_nobody_filled_in_is_left_out(client, event, unfilled):
    assert 'type="email" value=""' in shown(client, email=unfilled)


def test_nothing_in_a_link_becomes_markup(client, event):
    page = client.get(PAGE, params={"name": HOSTILE, "origin": HOSTILE, "email": HOSTILE, "ticket": HOSTILE}).text
    assert "<script" not in page
    page = client.post(PAGE, data={"name": HOSTILE, "origin": HOSTILE, "email": HOSTILE, "ticket": HOSTILE}).text
    assert "<script" not in page


def test_the_page_needs_no_script_and_names_what_it_asks_for(client, event):
    page = shown(client)
    for forbidden in ("<script", " style=", "<style", " onclick"):
        assert forbidden not in page
    assert '<label for="email">' in page
    assert '<label for="name">' in page
    assert "owner@club.example" not in page


def test_the_button_asks(client, engine, event):
    page = client.post(PAGE, data={"email": " ada@fans.example ", "name": "Ada", "origin": ""})
    assert page.status_code == 200
    assert "<strong>ada@fans.example</strong>" in page.text
    (message,) = engine.queue
    assert (message.address, message.name, message.origin) == ("ada@fans.example", "Ada", "page")


def test_a_wrong_address_is_asked_for_again(client, engine, event):
    page = client.post(PAGE, data={"email": "ada@", "name": "Ada", "origin": "link:qr"})
    assert page.status_code == 422
    assert 'aria-invalid="true" aria-describedby="email-fault"' in page.text
    assert 'value="ada@"' in page.text
    assert 'value="link:qr"' in page.text
    assert not engine.queue


def test_a_form_of_another_site_asks_nothing(client, engine, event):
    answer = client.post(PAGE, data={"email": "ada@fans.example"}, headers={"Origin": "https://evil.example"})
    assert answer.json()["type"] == "/problems/cross-site"
    assert not engine.queue


@pytest.fixture
def link(engine, event):
    message = OptInNeeded("event1", "ada@fans.example", "Ada", "button", NOW)
    return opt_in_link(engine, message).removeprefix(engine.settings.url)


def test_the_question_is_answered_by_a_button_alone(client, engine, link):
    assert "ada@fans.example" in client.get(link).text
    assert not engine.queue
    assert "on its way" in client.post(link, data={"said": "yes"}).text
    (message,) = engine.queue
    assert (message.address, message.name, message.origin, message.is_confirmed) == (
        "ada@fans.example",
        "Ada",
        "button",
        True,
    )


def test_whoever_says_no_is_left_alone_by_this_organizer(client, engine, link):
    engine.store.suppress("ada@fans.example", "unsubscribed", NOW, organizer=OWNER)
    assert client.post(link, data={"said": "no"}).status_code == 200
    assert not engine.queue
    assert engine.store.suppressed(["ada@fans.example"], OWNER) == {"ada@fans.example": REFUSED}
    assert engine.store.suppressed(["ada@fans.example"], "other@club.example") == {}


def test_a_question_that_was_changed_or_is_old_is_none(client, engine, link, embedded):
    for wrong in (link[:-1], link[:-8] + "aaaaaaaa", "/opt-in/x"):
        answer = client.post(wrong, data={"said": "yes"})
        assert answer.json()["type"] == "/problems/link-not-valid"
    assert client.post(link, data={"said": "perhaps"}).status_code == 422
    engine.store.set_choices("event1", {"public": False})
    assert client.post(link, data={"said": "yes"}).status_code == 403
    assert not engine.queue
    assert timedelta(days=7) == OPT_IN_AGE


def test_a_form_of_another_site_answers_no_question(client, engine, link):
    answer = client.post(link, data={"said": "no"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not engine.store.suppressed(["ada@fans.example"], OWNER)
