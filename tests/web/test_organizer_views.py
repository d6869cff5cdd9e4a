"""Every view of the organizer's app, on a phone and on a wide screen, light and dark, and by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.web.given import DANA, answer, event_of, mail_invite, send
from tests.web.visitor import SCHEMES, WIDTHS, Visitor

SETTINGS = {"approval_threshold": "1", "nudge_limit": "2"}
GUESTS = {f"{name.lower()}@fans.example": name for name in ("Ada", "Ben", "Cid", "Dan", "Eve", "Fay")}


@pytest.fixture(scope="module")
def event(server):
    """With guests of every answer, a comment, a proposal, one who was not invited, and a change that waits."""
    mail_invite(server)
    event = event_of(server)
    send(server, event, *GUESTS)
    answer(server, "ada@fans.example", "google", "accept", comment="See you there!")
    answer(server, "ben@fans.example", "outlook", "maybe")
    answer(server, "cid@fans.example", "apple", "decline")
    answer(server, "dan@fans.example", "google", "propose", start="2030-01-05T20:00", comment="Later?")
    server.until(lambda: server.get(f"/api/v1/events/{event['id']}/proposals")["proposals"], "the proposal")
    path = f"/api/v1/events/{event['id']}/statistics"
    server.until(lambda: server.get(path)["receipts"]["none"] == len(GUESTS) - 3, "the answers")
    server.call("PATCH", f"/api/v1/events/{event['id']}", {"location": "Ball Club Arena"})
    return event


@pytest.fixture(scope="module")
def signed_in(browser, server, event):
    """What a browser keeps of signing in, once: only so many links are mailed to an address in an hour."""
    dana = Visitor(browser, server)
    dana.sign_in(DANA)
    state = dana.context.storage_state()
    dana.close()
    return state


@pytest.fixture
def come(visit, signed_in):
    """Brings Dana, signed in."""
    return lambda **options: visit(state=signed_in, **options)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_views_of_an_event(come, event, width, scheme):
    dana = come(width=width, scheme=scheme)
    page = dana.open("/app/")
    page.get_by_role("link", name="Home opener").wait_for()
    dana.check("events")
    page.get_by_role("link", name="Home opener").click()
    page.get_by_role("region", name="A change waits for you").wait_for()
    page.get_by_role("region", name="What guests write").wait_for()
    page.frame_locator("iframe").get_by_text("Ball Club Park").first.wait_for()
    dana.check("overview")
    at = f"/app/events/{event['id']}"
    for tab, shown in {
        "button": "On a web page",
        "report": "The report",
        "settings": "Asking for an invite",
        "activity": "Who did what",
        "edit": "Change the event",
        "cancel": "About 3 people are told.",
    }.items():
        dana.open(f"{at}/{tab}")
        page.get_by_role("heading", name=shown).first.wait_for()
        dana.check(tab)
    dana.open(f"{at}/attendees")
    page.get_by_role("link", name="ada@fans.example").wait_for()
    dana.check("attendees")
    page.get_by_role("link", name="ada@fans.example").click()
    page.get_by_text("They have answered, so they are not reminded.").wait_for()
    dana.check("life")
    page.get_by_role("button", name="See the mail").last.click()
    page.get_by_text("As it came.").wait_for()
    dana.check("life-mail")
    dana.open(f"{at}/attendees?q=nobody-at-all")
    page.get_by_text("Nobody is like that").wait_for()
    dana.check("attendees-nobody")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_sending(come, server, event, width, scheme):
    dana = come(width=width, scheme=scheme)
    page = dana.open(f"/app/events/{event['id']}/send")
    page.get_by_label("People").fill(f"Gus <gus-{dana.name}@fans.example>\nnobody\nHal <hal-{dana.name}@fans.example>")
    page.get_by_text("2 people found").wait_for()
    dana.check("send-understood")
    page.get_by_label("Send later").check()
    page.get_by_label("Nothing is sent before").fill("2031-05-01T08:00")
    page.get_by_role("button", name="Plan 2 invites").click()
    job = page.get_by_role("region", name="What is being sent").get_by_role("listitem").first
    job.get_by_text("Starts").wait_for()
    job.get_by_text("Waiting 2").wait_for()
    job.get_by_role("button", name="Stop …").click()
    job.get_by_text("2 people will not get the invite.").wait_for()
    dana.check("send-stop")
    job.get_by_role("button", name="Stop it").click()
    job.get_by_text("Stopped").wait_for()
    dana.check("send-stopped")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_who_has_no_event_yet_is_shown_how(visit, server, width, scheme):
    someone = visit(width=width, scheme=scheme)
    organizer = f"new-{someone.name}@club.example"
    mail_invite(server, organizer=organizer, uid=organizer, summary="First", method="REQUEST")
    first = event_of(server, organizer, "First")
    page = someone.sign_in(organizer)
    someone.open(f"/app/events/{first['id']}/attendees")
    page.get_by_text("Nobody is invited yet").wait_for()
    someone.check("attendees-none")
    someone.open("/app/?state=past")
    page.get_by_text("No event is like that.").wait_for()
    someone.check("events-none")
    someone.open("/app/events/new")
    page.get_by_role("button", name="Create the event").click()
    page.get_by_text("Please give it a subject.").wait_for()
    someone.check("new-fault")
    someone.open("/app/events/nothing")
    page.get_by_role("alert").wait_for()
    someone.check("event-unknown")
    assert someone.take_faults() == ["404"]
    someone.open("/app/nowhere/at/all")
    page.get_by_role("heading", name="There is nothing here").wait_for()
    someone.check("not-found")


def test_one_guest_is_uninvited_after_saying_what_that_does(come, server, event):
    send(server, event, *GUESTS, "zoe@fans.example")
    dana = come()
    page = dana.open("/app/")
    dana.open(f"/app/events/{event['id']}/attendees?q=zoe")
    page.get_by_role("link", name="zoe@fans.example").click()
    life = page.get_by_role("dialog")
    life.get_by_text("They got a mail lately").wait_for()
    expect(life.get_by_role("button", name="Remind")).to_be_disabled()
    life.get_by_role("button", name="Take the invite back …").click()
    life.get_by_text("zoe@fans.example gets a cancellation").wait_for()
    dana.check("life-withdraw")
    life.get_by_role("button", name="Take it back").click()
    life.get_by_role("listitem").filter(has_text="Invite taken back").wait_for()
    mails = server.get("/lab/mails?to=zoe@fans.example")["mails"]
    assert [mail["method"] for mail in mails] == ["CANCEL", "REQUEST"]
    dana.check("life-withdrawn")


def test_the_keyboard_is_enough(come, event):
    dana = come()
    page = dana.open("/app/")
    page.get_by_role("link", name="Home opener").wait_for()
    assert dana.tabs(4) == ["Skip to the content", "invited", "Events", "New event"]
    dana.open(f"/app/events/{event['id']}/attendees?q=ada")
    page.get_by_role("link", name="ada@fans.example").focus()
    page.keyboard.press("Enter")
    page.get_by_text("They have answered").wait_for()
    inside = dana.tabs(8)
    assert {"Close", "Take the invite back …", "See the mail"} <= set(inside)
    assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null"), "the focus left the dialog"
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def test_the_tabs_are_moved_along_by_arrows(come, event):
    dana = come()
    page = dana.open("/app/")
    dana.open(f"/app/events/{event['id']}")
    page.get_by_role("tab", name="Overview").focus()
    page.keyboard.press("ArrowRight")
    assert dana.focused() == "Attendees"
    page.keyboard.press("Enter")
    page.wait_for_url("**/attendees")


def test_the_app_wears_the_domains_brand_at_once(come, server, event):
    branding = "/api/v1/domain/branding"
    dana = come()
    page = dana.open("/app/")
    expect(page.get_by_role("link", name="invited", exact=True)).to_be_visible()
    server.call("PUT", branding, {"name": "Ball Club", "color": "#b00020"})
    try:
        page.reload()
        expect(page.get_by_role("link", name="Ball Club", exact=True)).to_be_visible()
        expect(page).to_have_title("Events · Ball Club")
        page.get_by_role("link", name="Home opener").wait_for()
        page.wait_for_function("getComputedStyle(document.querySelector('main a')).color === 'rgb(176, 0, 32)'")
        dana.check("branded")
    finally:
        server.call("PUT", branding, {})
