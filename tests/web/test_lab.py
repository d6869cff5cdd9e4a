"""The mail lab: a newcomer sees the whole loop, without a mail account and without script."""

import pytest

from tests.web.given import event_of, figures, send
from tests.web.visitor import SCHEMES, WIDTHS


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_whole_loop_in_the_lab(visit, server, width, scheme):
    someone = visit(width=width, scheme=scheme)
    organizer, summary = f"{someone.name}@club.example", f"Game {someone.name}"
    page = someone.open("/lab")
    page.get_by_role("link", name="Invite as an organizer").click()
    someone.check("lab-new")
    page.get_by_label("What").fill(summary)
    page.get_by_label("Your mail address").fill(organizer)
    page.get_by_label("Calendar").select_option("Outlook")
    page.get_by_role("button", name="Mail the invite").click()
    page.get_by_role("status").wait_for()
    someone.check("lab-sent")
    form = page.url
    event = event_of(server, organizer, summary)
    guests = [f"{name}-{someone.name}@fans.example" for name in ("ada", "ben")]
    send(server, event, *guests)

    open_mail(someone, guests[0])
    someone.check("lab-mail")
    page.get_by_role("textbox", name="Comment (optional)").fill("See you there!")
    page.get_by_role("button", name="Accept as Google").click()
    page.get_by_role("status").filter(has_text="google accept").wait_for()
    server.until(lambda: figures(server, event)["receipts"]["accepted"] == 1, "the answer")

    open_mail(someone, guests[1])
    page.get_by_role("button", name="Return it").click()
    page.get_by_role("status").filter(has_text="Returned").wait_for()
    server.until(lambda: figures(server, event)["bounced"] == 1, "the bounce")

    someone.open(form)
    page.get_by_label("Time", exact=True).fill("19:30")
    page.get_by_role("button", name="Mail the change").click()
    server.until(lambda: len(invites(server, guests[0])) == 2, "the update")
    page.get_by_role("button", name="Cancel the event").click()
    page.get_by_role("status").filter(has_text="Cancelled").wait_for()
    server.until(lambda: invites(server, guests[0], "CANCEL"), "the cancel")
    someone.open("/lab")
    someone.check("lab")


def open_mail(someone, guest):
    """Find the newest mail to the guest by the lab's own search."""
    page = someone.open("/lab")
    page.get_by_role("searchbox").fill(guest)
    page.get_by_role("button", name="Search").click()
    page.locator(".inbox a").first.click()
    page.frame_locator("iframe.mail").get_by_text("Ball Club Park").first.wait_for()


def invites(server, guest, method="REQUEST"):
    return [mail for mail in server.get(f"/lab/mails?to={guest}")["mails"] if mail["method"] == method]
