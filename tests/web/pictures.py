"""`make pictures`: the pictures of the README, taken anew from a real server in a real browser."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests.entrypoints.server import Server
from tests.web.given import DANA, answer, event_of, figures, mail_invite, send
from tests.web.visitor import CHROMIUM, FLAGS, Visitor

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOST = 60_000
"""Octets of a picture."""

NAMES = """
Ada Ben Cleo Dan Eve Fay Gus Hal Ida Jon Kay Leo Mia Ned Ola Pia Quin Ron Sue Tom Uma Vic Wes Zoe
"""
SAID = ("accept", "accept", "accept", "maybe", "decline")
CLIENTS = ("google", "outlook", "apple")

_WEBP = """async png => {
    const image = await createImageBitmap(await (await fetch(png)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({type: 'image/webp', quality: 0.8})).arrayBuffer());
    return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}"""


def main() -> None:
    """Play an event and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            server.start()
            server.key = server.command("keys", "create", "--admin").stdout.strip()
            event = _played(server)
            _taken(browser, server, event)
        finally:
            browser.close()
            server.stop()


def _played(server: Server) -> dict[str, str]:
    mail_invite(server)
    event = event_of(server)
    guests = [f"{name.lower()}@fans.example" for name in NAMES.split()]
    send(server, event, *guests)
    for number, guest in enumerate(guests[:17]):
        comment = "See you there!" if number == 0 else ""
        answer(server, guest, CLIENTS[number % 3], SAID[number % 5], comment=comment)
    server.until(lambda: figures(server, event)["receipts"]["none"] == len(guests) - 17, "the answers")
    return event


def _taken(browser, server: Server, event: dict[str, str]) -> None:
    dana = Visitor(browser, server, width=1280)
    page = dana.sign_in(DANA)
    dana.open(f"/app/events/{event['id']}")
    page.get_by_text("Live", exact=True).wait_for()
    page.frame_locator("iframe").get_by_text("Ball Club Park").first.wait_for()
    _keep(page, "event")
    mails = server.get("/lab/mails?to=zoe@fans.example")["mails"]
    dana.open(f"/lab/{mails[0]['id']}")
    page.frame_locator("iframe.mail").get_by_text("Ball Club Park").first.wait_for()
    _keep(page, "lab")
    phone = Visitor(browser, server, width=360, scheme="dark")
    page = phone.sign_in(DANA)
    phone.open(f"/app/events/{event['id']}/attendees?q=ada")
    page.get_by_role("link", name="ada@fans.example").click()
    page.get_by_text("See you there!").wait_for()
    _keep(page, "phone")
    for visitor in (dana, phone):
        visitor.close()


def _keep(page: Page, name: str) -> None:
    png = base64.b64encode(page.screenshot()).decode()
    blank = page.context.new_page()
    # A page of its own: the app's policy lets nothing be fetched from data.
    picture = base64.b64decode(blank.evaluate(_WEBP, f"data:image/png;base64,{png}"))
    blank.close()
    if len(picture) > MOST:
        sys.exit(f"{name} has {len(picture):,} octets, more than {MOST:,}")
    (FOLDER / f"{name}.webp").write_bytes(picture)


if __name__ == "__main__":
    main()
