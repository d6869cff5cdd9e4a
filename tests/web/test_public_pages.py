"""The pages that fans see: the event, asking for an invite, answering it, stopping the mail."""

import pytest

from tests.web.given import event_of, figures, mail_invite, send
from tests.web.visitor import SCHEMES, WIDTHS


@pytest.fixture(scope="module")
def event(server):
    mail_invite(server)
    event = event_of(server)
    send(server, event, "ada@fans.example")
    return event


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pages_of_a_fan(visit, server, event, width, scheme):
    fan = visit(width=width, scheme=scheme)
    page = fan.open(f"/e/{event['id']}")
    assert page.get_by_role("heading", level=1).inner_text() == "Home opener"
    fan.check("public")
    fan.open(f"/e/{event['id']}/invite?email=fan@fans.example&name=Fan")
    fan.check("invite")
    fan.open(fan.link_in_mail("ada@fans.example", "/a/"))
    fan.check("answer")
    page.get_by_role("button", name="Yes").click()
    page.get_by_role("heading", level=1).wait_for()
    fan.check("answered")
    server.until(lambda: figures(server, event)["receipts"]["accepted"] == 1, "the answer")
    fan.open("/")
    fan.check("welcome")


def test_the_keyboard_is_enough_to_ask_for_an_invite(visit, server, event):
    fan = visit()
    page = fan.open(f"/e/{event['id']}/invite")
    label = "Your mail address"
    assert label in fan.tabs(4)
    while fan.focused() != label:
        page.keyboard.press("Shift+Tab")
    page.keyboard.type("keys@fans.example")
    page.keyboard.press("Enter")
    server.until(lambda: server.get("/lab/mails?to=keys@fans.example")["mails"], "the invite")
