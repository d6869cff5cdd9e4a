"""The admin panel: every page with real data, on a phone and on a desk, in the light and in the dark."""

import gzip
import json
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.given import DANA, event_of, mail_invite, send
from tests.web.visitor import SCHEMES, WIDTHS, Visitor

ANN = "ann@ballclub.example"
SETTINGS = {"admins": ANN, "default_zone": "America/New_York", "webhook_private": "true", "webhook_http": "true"}

PAGES = {
    "/admin/": "Overview",
    "/admin/events": "Events",
    "/admin/events?as=cards&state=upcoming": "Events",
    "/admin/organizers": "Organizers",
    f"/admin/organizers/{DANA}": DANA,
    "/admin/jobs": "Bulk sends",
    "/admin/deliverability": "Deliverability",
    "/admin/dns": "DNS records",
    "/admin/suppression": "Not mailed",
    "/admin/branding": "Branding",
    "/admin/templates": "Mail templates",
    "/admin/templates/invite": "The invite",
    "/admin/keys": "API keys",
    "/admin/webhooks": "Webhooks",
    "/admin/health": "Health",
    "/admin/dead-letters": "Dead letters",
    "/admin/audit": "Audit log",
    "/admin/sessions": "Sessions",
    "/admin/nowhere": "There is nothing here",
}


@pytest.fixture(scope="module")
def domain(server):
    """Two organizers, guests at several domains, a list, a silent domain, an address that is no good, a webhook."""
    mail_invite(server)
    event = event_of(server)
    send(server, event, "ada@fans.example", "ben@fans.example")
    mail_invite(server, organizer="eve@other.example", uid="quiz@other.example", summary="Quiz night")
    quiz = event_of(server, "eve@other.example", "Quiz night")
    send(server, quiz, *(f"guest{number}@silent.example" for number in range(10)))
    people = "email\n" + "\n".join(f"fan{number}@crowd.example" for number in range(30)) + "\nnobody\n"
    job = post_list(server, f"/api/v1/events/{event['id']}/lists", people)["job"]
    server.until(lambda: server.get(f"/api/v1/jobs/{job}")["state"] == "done", "the list")
    server.call("POST", "/api/v1/suppression", {"email": "gone@fans.example", "reason": "asked by phone"})
    hook = server.call("POST", "/api/v1/webhooks", {"url": f"{server.url}/nowhere", "note": "our site"})["id"]
    bury(server, "DeliveryDue", {"event_id": event["id"], "tokens": ["a", "b"]})
    return {"event": event, "quiz": quiz, "hook": hook}


BURIED = "INSERT INTO dead_letter (kind, body, published, receives, error, died) VALUES (?, ?, ?, 8, ?, ?)"


def bury(server, kind, message):
    """A message that nobody could handle, as a worker leaves it."""
    then, error = 1_790_000_000_000_000, "Traceback …\nOSError: the disk said no"
    file = Path(server.env["INVITED_DATA_DIR"]) / "invited.db"
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        database.execute(BURIED, (kind, json.dumps(message), then, error, then))


def post_list(server, path, text):
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "text/csv"}
    request = urllib.request.Request(server.url + path, text.encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def session(browser, server, domain):
    """The cookies of an admin who signed in once."""
    visitor = Visitor(browser, server)
    visitor.sign_in(ANN, "**/admin/")
    cookies = visitor.context.cookies()
    visitor.close()
    return cookies


@pytest.fixture
def ann(visit, session):
    """Brings the admin."""

    def come(**options):
        visitor = visit(**options)
        visitor.context.add_cookies(session)
        return visitor

    return come


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page(ann, domain, width, scheme):
    visitor = ann(width=width, scheme=scheme)
    for path, title in (PAGES | {f"/admin/webhooks/{domain['hook']}": "Webhook"}).items():
        page = visitor.open(path)
        page.get_by_role("heading", level=1, name=title, exact=True).wait_for()
        expect(page.locator("main .v-progress-circular")).to_have_count(0)
        visitor.check("admin-" + (path.removeprefix("/admin/").split("?")[0].replace("/", "-") or "overview"))


def test_the_first_view_is_small(ann):
    visitor = ann()
    scripts = {}
    visitor.page.on("response", lambda answer: scripts.update({answer.url: answer}) if ".js" in answer.url else None)
    page = visitor.open("/admin/")
    page.get_by_role("heading", name="Mail over time").wait_for()
    assert sum(len(gzip.compress(answer.body())) for answer in scripts.values()) <= 250_000


def test_an_organizer_is_suspended_and_let_go_on(ann, server):
    page = ann().open("/admin/organizers?q=eve")
    page.get_by_role("link", name="eve@other.example").click()
    page.get_by_role("button", name="Suspend").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nobody waits for an invite")
    expect(dialog.get_by_role("button", name="Suspend")).to_be_disabled()
    dialog.get_by_label("Reason").fill("Many guests complained.")
    dialog.get_by_role("button", name="Suspend").click()
    page.get_by_text("Many guests complained.").wait_for()
    assert server.get("/api/v1/domain/organizers/eve@other.example")["suspended"]
    page.get_by_role("button", name="Let them go on").click()
    page.get_by_text("They may go on.").wait_for()
    page.get_by_label("Most events").fill("5,000")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert server.get("/api/v1/domain/organizers/eve@other.example")["event_limit"] == 5000
    page.go_back()
    expect(page.get_by_label("Search by address")).to_have_value("eve")


def test_a_key_is_shown_once_and_revoked(ann, server):
    page = ann().open("/admin/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("What it is for").fill("the web site")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("code.secret").inner_text()
    assert secret.startswith("inv_")
    page.get_by_role("button", name="I have it").click()
    page.get_by_role("button", name="Revoke the key “the web site”").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("the web site")).to_have_count(0)
    assert all(key["note"] != "the web site" for key in server.get("/api/v1/keys")["keys"])


def test_somebody_is_mailed_no_more_and_again(ann):
    page = ann().open("/admin/suppression")
    page.get_by_label("Mail address").fill("zoe@fans.example")
    page.get_by_role("button", name="Mail no more").click()
    page.get_by_text("zoe@fans.example is not mailed any more.").wait_for()
    page.get_by_label("Is this address mailed?").fill("zoe@fans.example")
    page.get_by_text("zoe@fans.example is not mailed.").wait_for()
    page.get_by_role("button", name="Mail again …: zoe@fans.example").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why that is right").fill("they asked for it")
    dialog.get_by_role("button", name="Mail again").click()
    page.get_by_text("zoe@fans.example may be mailed again.").wait_for()


def test_a_dead_letter_is_discarded_for_a_reason(ann, server, domain):
    bury(server, "EventCreated", {"event_id": "nowhere"})
    page = ann().open("/admin/dead-letters?kind=EventCreated")
    page.get_by_role("link", name="EventCreated").click()
    page.get_by_role("button", name="Discard").click()
    page.get_by_label("Reason, for the audit log").fill("a test")
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    page.get_by_text("Every message so far was handled.").or_(
        page.get_by_role("link", name="DeliveryDue")
    ).first.wait_for()
    page = ann().open("/admin/audit?action=dead-letter.")
    page.get_by_text("EventCreated: a test").wait_for()


def test_a_webhook_is_tested_and_its_log_read(ann, domain):
    page = ann().open(f"/admin/webhooks/{domain['hook']}")
    page.get_by_role("button", name="Send a test call").click()
    page.get_by_text("webhook.ping").wait_for()
    page.get_by_role("button", name="Details").first.click()
    page.get_by_label("What was sent").wait_for()
    page.get_by_role("button", name="New secret").click()
    page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    assert page.locator("code.secret").inner_text().startswith("whsec_")


def test_wording_is_tried_stored_and_mailed(ann, server):
    visitor = ann()
    page = visitor.open("/admin/templates/sign_in")
    subject = page.get_by_label("subject", exact=True)
    subject.fill("{{ nonsense( }}")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("#/wording/sign_in/subject").wait_for()
    assert visitor.take_faults() == ["422"]
    subject.fill("Come in, please")
    page.get_by_role("button", name="Use it").click()
    page.get_by_text("Saved.").wait_for()
    page.frame_locator("iframe").get_by_role("link").first.wait_for()
    page.get_by_role("button", name="Mail me an example").click()
    page.get_by_text(f"is on its way to {ANN}").wait_for()
    server.until(
        lambda: any(mail["subject"] == "Test: Come in, please" for mail in server.get(f"/lab/mails?to={ANN}")["mails"]),
        "the example",
    )


def test_a_colour_that_cannot_be_seen_is_refused_and_another_used(ann):
    visitor = ann()
    page = visitor.open("/admin/branding")
    page.get_by_label("Colour of buttons").fill("#ffffff")
    page.get_by_role("button", name="Use it").click()
    page.get_by_text("can hardly be told from").wait_for()
    assert visitor.take_faults() == ["422"]
    page.get_by_label("Colour of buttons").fill("#0a7d4b")
    page.get_by_role("button", name="Use it").click()
    page.get_by_text("Saved.").wait_for()
    page.frame_locator("iframe").get_by_text("Home opener").first.wait_for()


def test_filters_stand_in_the_address(ann):
    page = ann().open("/admin/events?q=quiz&state=upcoming")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="Clear all").click()
    page.wait_for_url("**/admin/events")
    expect(page.get_by_role("row")).to_have_count(3)


def test_an_organizer_is_no_admin(visit, domain):
    dana = visit()
    dana.sign_in(DANA)
    page = dana.open("/admin/events")
    page.get_by_role("heading", name="This is the admins’ part").wait_for()
