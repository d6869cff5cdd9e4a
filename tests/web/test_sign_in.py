"""Signing in by the link in a mail, as a person does it."""

import pytest

from tests.web.given import DANA, event_of, mail_invite
from tests.web.visitor import SCHEMES, WIDTHS


@pytest.fixture(scope="module")
def event(server):
    mail_invite(server)
    return event_of(server)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_organizer_signs_in_and_out(visit, event, width, scheme):
    dana = visit(width=width, scheme=scheme)
    dana.open("/sign-in")
    dana.check("sign-in")
    dana.sign_in(DANA)
    page = dana.open("/account")
    assert page.get_by_role("link", name="Home opener").is_visible()
    dana.check("account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")


def test_the_keyboard_is_enough(visit, event):
    dana = visit()
    dana.open("/sign-in")
    assert dana.tabs(2) == ["Your mail address", "Mail me a link"]
