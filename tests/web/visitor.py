"""A person with a browser of their own: Debian's Chromium, seen from outside, with what it complains of."""

from __future__ import annotations

import os
import re
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from tests.entrypoints.server import PATIENCE, Server

WEB = Path(__file__).parents[2] / "web"

CHROMIUM = shutil.which(os.environ.get("CHROMIUM") or "chromium") or "chromium"
"""`make test` installs it on Debian; elsewhere the variable names a Chromium or Chrome."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WIDTHS = (360, 1440)
SCHEMES = ("light", "dark")

LOOK_AT = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of every page that is checked; none are taken without."""

_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(v =>
    v.id + ': ' + v.help + ' at ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.html.slice(0, 120)).join(' | '))"""
_SETTLED = """() => document.getAnimations().every(
    each => each.playState !== 'running' || each.effect.getComputedTiming().iterations === Infinity)"""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at === document.body ? '' : (at.labels?.[0]?.innerText || at.ariaLabel || at.innerText || at.tagName).trim();
}"""


class Visitor:
    """One browser context on one server; other sites may be given by `also`, and by `state` what
    a browser kept. Whatever went wrong is in `faults`."""

    def __init__(self, browser, server: Server, *, width=1440, scheme="light", also=(), state=None):
        self.server = server
        self.faults: list[str] = []
        self.name = f"{width}-{scheme}"
        self._known = {urlsplit(url).netloc for url in (server.url, *also)}
        self.context = browser.new_context(
            viewport={"width": width, "height": 780 if width < 700 else 900},
            color_scheme=scheme,
            locale="en-GB",
            timezone_id="Europe/Paris",
            storage_state=state,
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        self.context.on("request", self._look)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda fault: self.faults.append(str(fault.error)))
        self.page = self.context.new_page()

    def open(self, path):
        """Go to a page of the server, or of anywhere by its whole URL."""
        self.page.goto(path if "://" in path else self.server.url + path)
        return self.page

    def sign_in(self, address, leads_to="**/app/"):
        """Ask for the link, take it out of the mail lab and press its button, as a person would."""
        page = self.open("/sign-in")
        before = self.link_in_mail(address, "/sign-in/")
        page.get_by_label("Your mail address").fill(address)
        page.get_by_role("button", name="Mail me a link").click()
        page.get_by_role("heading", level=1).wait_for()
        self.open(self.server.until(lambda: self._newer_link(address, before), "the mail with the link"))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(leads_to)
        return page

    def link_in_mail(self, address, part):
        """The first link with `part` in the newest mail to `address` that has one; None where there is none yet."""
        for mail in self.server.get(f"/lab/mails?to={address}")["mails"]:
            found = re.search(rf"https?://\S*{part}\S*", self.server.get(f"/lab/mails/{mail['id']}")["text"])
            if found:
                return self.server.url + urlsplit(found[0]).path
        return None

    def _newer_link(self, address, before):
        link = self.link_in_mail(address, "/sign-in/")
        return link if link != before else None

    def focused(self):
        """What has the focus, by the words that a screen reader says of it; "" for nothing."""
        return self.page.evaluate(_FOCUSED)

    def tabs(self, presses):
        """What has the focus after each press of the tab key."""
        told = []
        for _ in range(presses):
            self.page.keyboard.press("Tab")
            told.append(self.focused())
        return told

    def take_faults(self):
        """The statuses of the answers that the browser complained of, which were expected; they are no faults then."""
        told = [re.findall(r"status of (\d+)", fault) for fault in self.faults]
        self.faults.clear()
        return [status for statuses in told for status in statuses or ["?"]]

    def check(self, name):
        """The page as it stands is clean to axe-core and no wider than the screen; takes a picture where asked to."""
        self.page.wait_for_function(_SETTLED)
        if LOOK_AT:
            Path(LOOK_AT).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{LOOK_AT}/{name}-{self.name}.png", full_page=True)
        # By the debugger's way in, which no Content-Security-Policy keeps out.
        self.page.evaluate(_axe())
        assert self.page.evaluate(_AXE) == []
        assert self.page.evaluate(_TOO_WIDE) <= 0, "the page is wider than the screen"

    def close(self):
        """Leave; a script's error, a refused style or a request to somebody else was a fault until then."""
        faults = list(self.faults)
        # What was still being loaded is broken off, which the browser complains of.
        self.context.close()
        assert faults == []

    def _look(self, request):
        url = urlsplit(request.url)
        if url.scheme in ("http", "https") and url.netloc not in self._known:
            self.faults.append(f"asked {request.url}")

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.text} at {message.location.get('url')}")


@cache
def _axe():
    return (WEB / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8") + "\n;undefined"
