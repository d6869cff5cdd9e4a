"""The button on a page of another site: another origin, and a policy that allows it what the docs say and no more."""

import gzip
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from invited.api.apps import BUILT
from tests.web.given import event_of, mail_invite
from tests.web.visitor import SCHEMES, WIDTHS

SETTINGS = {"public_challenge_cost": "200"}

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>Ball club</title>
<main><h1>Ball club</h1>
<invite-button event="{event}" id="first">
<a href="{server}/e/{event}/invite?origin=button">Get the opener</a></invite-button>
<p>Or, for members:</p>
<invite-button event="{event}" id="second" label="Members" data-origin="link:members"></invite-button>
</main><script type="module" src="{server}/button.js"></script></html>"""


class Page(BaseHTTPRequestHandler):
    """One page for every path."""

    def __init__(self, html, policy, *request):
        self.html, self.policy = html, policy
        super().__init__(*request)

    def do_GET(self):
        body = self.html.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def event(server):
    mail_invite(server)
    return event_of(server)


@pytest.fixture(scope="module")
def site(server, event):
    """The URL of somebody else's page with the button."""
    policy = (
        f"default-src 'none'; script-src {server.url}; connect-src {server.url}; img-src data:; "
        "require-trusted-types-for 'script'"
    )
    html = PAGE.format(server=server.url, event=event["id"])
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Page, html, policy)) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture
def choose(server, event):
    """Changes what the event allows, and takes it back."""

    def patch(**choices):
        server.call("PATCH", f"/api/v1/events/{event['id']}/settings", choices)

    yield patch
    patch(public_sites=None, public_challenge=None)


def test_it_is_small():
    assert len(gzip.compress((BUILT / "button" / "button.js").read_bytes())) <= 5_000


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_asking_for_an_invite_on_a_foreign_page(visit, site, width, scheme, server):
    fan = visit(width=width, scheme=scheme, also=[site])
    page = fan.open(site)
    button = page.locator("#first")
    fan.check("button-closed")
    button.get_by_role("button", name="Get the opener").click()
    fan.check("button-open")
    address = f"fan-{fan.name}@fans.example"
    button.get_by_label("Your mail address").fill(address)
    button.get_by_label("Your name").fill("Ada")
    button.get_by_role("button", name="Send me the invite").click()
    button.get_by_text("Check your inbox").wait_for()
    fan.check("button-asked")
    server.until(lambda: server.get(f"/lab/mails?to={address}")["mails"], "the invite")
    assert page.locator("#second").get_by_role("button", name="Members").is_visible()


def test_the_keyboard_is_enough(visit, site):
    fan = visit(also=[site])
    page = fan.open(site)
    page.locator("#second").get_by_role("button").wait_for()
    assert fan.tabs(1) == ["Get the opener"]
    page.keyboard.press("Enter")
    assert fan.focused() == "Your mail address"
    page.keyboard.press("Escape")
    assert fan.focused() == "Get the opener"
    page.keyboard.press("Space")
    page.keyboard.type("keys@fans.example")
    assert fan.tabs(3) == ["Your name (optional)", "Send me the invite", "Members"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Check your inbox").wait_for()
    assert fan.focused().startswith("Check your inbox")


def test_a_proof_of_work_is_made_where_one_is_asked_for(visit, site, choose, server):
    choose(public_challenge="always")
    fan = visit(also=[site])
    button = fan.open(site).locator("#first")
    button.get_by_role("button").click()
    button.get_by_label("Your mail address").fill("proof@fans.example")
    button.get_by_role("button", name="Send me the invite").click()
    button.get_by_text("Check your inbox").wait_for()
    server.until(lambda: server.get("/lab/mails?to=proof@fans.example")["mails"], "the invite")
    assert fan.take_faults() == ["403"]


def test_a_site_that_is_not_allowed_reads_why_and_gets_the_page_instead(visit, site, choose, server):
    choose(public_sites=["https://club.example"])
    fan = visit(also=[site])
    button = fan.open(site).locator("#first")
    button.get_by_role("button").click()
    button.get_by_label("Your mail address").fill("ada@fans.example")
    button.get_by_role("button", name="Send me the invite").click()
    button.get_by_role("alert").filter(has_text="may not ask").wait_for()
    fan.check("button-refused")
    assert button.get_by_role("link").get_attribute("href").startswith(f"{server.url}/e/")
    assert fan.take_faults() == ["403"]
    choose(public_sites=[site])
    button.get_by_role("button", name="Send me the invite").click()
    button.get_by_text("Check your inbox").wait_for()


def test_without_script_the_link_leads_to_the_page(browser, site, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.get_by_role("link", name="Get the opener").click()
    page.get_by_label("mail").fill("noscript@fans.example")
    page.locator("main").get_by_role("button").click()
    server.until(lambda: server.get("/lab/mails?to=noscript@fans.example")["mails"], "the invite")
    context.close()
