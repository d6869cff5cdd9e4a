"""The admin panel: every page with real data, on a phone and on a desk, in the light and in the dark."""

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
        page.get_by_role("heading", level=1, name=title, exact=True).or_(
            page.get_by_text(title, exact=True)
        ).first.wait_for()
        page.wait_for_function("!document.querySelector('.v-progress-circular, .v-skeleton-loader')")
        visitor.check("admin-" + (path.removeprefix("/admin/").split("?")[0].replace("/", "-") or "overview"))
