"""The whole story, as an organizer lives it in the browser: from the mail out of their calendar to the report."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.web.given import DANA, answer, event_of, figures, invite_to, mail_invite
from tests.web.visitor import WIDTHS

SETTINGS = {"approval_threshold": "2"}
GUESTS = 1000


def guest(number):
    return f"guest{number}@fans.example"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_whole_story(visit, server, width):
    organizer, summary = DANA.replace("@", f"-{width}@"), f"Opener {width}"
    mail_invite(server, organizer=organizer, uid=f"opener-{width}@ballclub.example", summary=summary)
    event = event_of(server, organizer, summary)
    dana = visit(width=width)
    page = dana.sign_in(organizer)

    page.get_by_role("link", name=summary).click()
    page.get_by_role("heading", level=1, name=summary).wait_for()
    page.get_by_role("link", name="Send the first invites").click()
    upload(page, [guest(f"-{width}-{number}") for number in range(GUESTS)])
    page.get_by_role("button", name="Send 1,000 invites").click()
    job = page.get_by_role("region", name="What is being sent").get_by_role("listitem").first
    expect(job.get_by_text("Done", exact=True)).to_be_visible()
    assert figures(server, event)["sent"] == GUESTS
    dana.check("story-sent")

    page.get_by_role("tab", name="Overview").click()
    counts = page.get_by_role("region", name="Answers", exact=True)
    counts.get_by_text("Live", exact=True).wait_for()
    expect(told(counts, "Yes")).to_contain_text("0")
    page.evaluate("window.isTheSamePage = true")
    ada, ben, cid = (guest(f"-{width}-{number}") for number in range(3))
    answer(server, ada, "google", "accept", comment="See you there!")
    expect(told(counts, "Yes")).to_contain_text("1")
    answer(server, ben, "outlook", "maybe")
    expect(told(counts, "Maybe")).to_contain_text("1")
    answer(server, cid, "apple", "decline")
    expect(told(counts, "No")).to_contain_text("1")
    expect(told(counts, "No answer")).to_contain_text("997")
    assert page.evaluate("window.isTheSamePage")
    dana.check("story-counted")

    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Location").fill("Ball Club Arena")
    page.get_by_label("At", exact=True).first.fill("17:15")
    page.get_by_label("At", exact=True).last.fill("20:15")
    page.get_by_role("button", name="See what it means").click()
    reach = page.get_by_role("region", name="About 3 people are told.")
    expect(reach).to_contain_text("asked again")
    expect(reach).to_contain_text("Ball Club Arena")
    dana.check("story-change")
    reach.get_by_role("button", name="Change it").click()
    approve(page, dana, "Tell 3 people")
    for one in (ada, ben, cid):
        server.until(lambda one=one: len(requests(server, one)) == 2, "the update")
    assert len(requests(server, guest(f"-{width}-3"))) == 1
    page.get_by_role("region", name="Who confirms again").wait_for()

    answer(server, ada, "google", "propose", start="2030-01-05T20:00", comment="Later?")
    server.until(lambda: server.get(f"/api/v1/events/{event['id']}/proposals")["proposals"], "the proposal")
    page.reload()
    expect(page.get_by_role("region", name="What guests write")).to_contain_text("Later?")

    page.get_by_role("link", name="Cancel the event").click()
    page.get_by_label("What you want to tell them").fill("Rained out.")
    page.get_by_role("button", name="Cancel the event").click()
    approve(page, dana, "Tell 3 people")
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    assert "Rained out." in server.get(f"/lab/mails/{invite_to(server, ada, 'CANCEL')['id']}")["text"]

    page.get_by_role("tab", name="Report").click()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Download", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(saving.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows) == GUESTS
    assert {row["email"]: row["answer"] for row in rows if row["email"] in (ben, cid)} == {
        ben: "tentative",
        cid: "declined",
    }


def upload(page, people):
    page.get_by_role("button", name="Upload").click()
    rows = "".join(f"Guest {number};{address}\r\n" for number, address in enumerate(people))
    content = f"Full name;E-mail\r\n{rows}".encode("utf-16")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "fans.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_text("1,000 people found").wait_for()


def told(counts, said):
    """The count of one answer, and its share."""
    return counts.get_by_role("listitem").filter(has_text=re.compile(rf"^\s*[\d,]+\s*{said}\s+[\d.]+ %"))


def approve(page, dana, word):
    waiting = page.get_by_role("region", name="A change waits for you")
    waiting.wait_for()
    dana.check(f"story-waits-{word}")
    waiting.get_by_role("button", name=word).click()
    waiting.wait_for(state="detached")


def requests(server, address):
    return [mail for mail in server.get(f"/lab/mails?to={address}")["mails"] if mail["method"] == "REQUEST"]
