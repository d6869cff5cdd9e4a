"""The public page of an event: times, links into calendars, and what machines read."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from invited.api.calendar_links import calendar_links
from invited.api.public_view import accent
from invited.domain.event import Status
from invited.domain.moment import Moment
from invited.settings import Settings
from tests.facts import an_event

PAGE = "https://i.example/e/1"


def links(**changes):
    event = an_event()
    head = replace(event.head, location="Arena & Gate", description="Bring a coat", **changes)
    found = calendar_links(replace(event, components=(head,)), PAGE)
    return {link.name: {k: v[0] for k, v in parse_qs(urlsplit(link.url).query).items()} for link in found}


def test_every_calendar_gets_the_time_in_its_own_way():
    found = links()
    assert found["Google Calendar"] == {
        "action": "TEMPLATE",
        "text": "Ball",
        "dates": "20261224T180000/20261224T200000",
        "ctz": "Europe/Paris",
        "details": f"Bring a coat\n\n{PAGE}",
        "location": "Arena & Gate",
    }
    assert found["Outlook.com"] == found["Microsoft 365"]
    assert found["Outlook.com"]["startdt"] == "2026-12-24T17:00:00Z"
    assert found["Outlook.com"]["enddt"] == "2026-12-24T19:00:00Z"
    assert (found["Yahoo"]["st"], found["Yahoo"]["dur"]) == ("20261224T170000Z", "0200")


def test_whole_days_have_no_hours():
    found = links(start=Moment(datetime(2026, 12, 24)), end=Moment(datetime(2026, 12, 26)))
    assert found["Google Calendar"]["dates"] == "20261224/20261226"
    assert "ctz" not in found["Google Calendar"]
    assert (found["Outlook.com"]["startdt"], found["Outlook.com"]["allday"]) == ("2026-12-24", "true")
    assert found["Yahoo"]["st"] == "20261224"
    assert "dur" not in found["Yahoo"]


def test_a_series_is_offered_only_where_it_can_be_told():
    found = links(rules=("FREQ=WEEKLY;COUNT=3",))
    assert list(found) == ["Google Calendar"]
    assert found["Google Calendar"]["recur"] == "RRULE:FREQ=WEEKLY;COUNT=3"
    assert links(rules=("FREQ=WEEKLY",), exdates=(Moment(datetime(2026, 12, 31, 18), "Europe/Paris"),)) == {}


def test_a_long_description_is_cut():
    event = an_event()
    head = replace(event.head, description="x" * 5000)
    for link in calendar_links(replace(event, components=(head,)), PAGE):
        assert len(link.url) < 1500


def test_the_time_is_told_in_the_visitors_zone(client, make_event):
    make_event()
    page = client.get("/e/event1?tz=America/New_York").text
    assert "Thu 14 January 2027, 12:30 - 14:00 (America/New_York, UTC-05:00)" in page
    assert '<time datetime="2027-01-14T18:30:00+01:00">' in page
    unknown = client.get("/e/event1?tz=<b>").text
    assert "There is no time zone of that name" in unknown
    assert "<b>" not in unknown


def test_the_next_dates_of_a_series_are_told(client, make_event):
    make_event(rules=("FREQ=WEEKLY;COUNT=4",))
    page = client.get("/e/event1?tz=Asia/Tokyo").text
    assert "Next dates" in page
    assert "Fri 22 January 2027, 02:30" in page


def test_machines_read_an_event(client, make_event):
    make_event(location="https://meet.example/1", description="</script><b>", summary="A & B</script>")
    page = client.get("/e/event1").text
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data = json.loads(text)
    assert data["@type"] == "Event"
    assert data["name"] == "A & B</script>"
    assert (data["startDate"], data["endDate"]) == ("2027-01-14T18:30:00+01:00", "2027-01-14T20:00:00+01:00")
    assert data["location"] == {"@type": "VirtualLocation", "url": "https://meet.example/1"}
    assert data["organizer"] == {"@type": "Organization", "name": "Ticket office"}
    assert '<meta property="og:title" content="A &amp; B&lt;/script&gt;">' in page
    # Data is no script: nothing of the page runs.
    assert "script-src" not in client.get("/e/event1").headers["content-security-policy"]


def test_a_cancelled_event_says_so_to_machines(client, make_event):
    make_event(status=Status.CANCELLED)
    page = client.get("/e/event1").text
    assert "https://schema.org/EventCancelled" in page
    assert "/invite" not in page


def test_the_calendar_links_stand_on_the_page(client, make_event):
    make_event(location="Arena")
    page = client.get("/e/event1").text
    hosts = {urlsplit(unescape(link)).netloc for link in re.findall(r'href="(https://[^"]+)"', page)}
    assert hosts == {"calendar.google.com", "outlook.live.com", "outlook.office.com", "calendar.yahoo.com"}
    assert 'href="/e/event1/invite?origin=page"' in page


def test_whole_days_need_no_zone(client, make_event):
    make_event(start=Moment(datetime(2027, 1, 14)), duration=None)
    page = client.get("/e/event1?tz=Asia/Tokyo").text
    assert "In another time zone" not in page
    assert '"endDate": "2027-01-15"' in page


@pytest.mark.parametrize(("color", "ink"), [("#b3002d", "#ffffff"), ("#ffe000", "#000000"), ("#1f5fbf", "#ffffff")])
def test_what_is_written_on_the_brand_can_be_read(color, ink):
    assert accent(color).ink == ink
    assert accent("") is None


def test_the_brand_stands_on_the_pages(client, engine, event, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert client.get("/brand").status_code == 404
    branded = Settings(brand_name="Ball & Club", brand_color="#b3002d", brand_logo=logo, _env_file=None)
    for name in ("brand_name", "brand_color", "brand_logo"):
        object.__setattr__(engine.settings, name, getattr(branded, name))
    page = client.get("/e/event1").text
    assert "Ball &amp; Club" in page
    assert '<img src="/brand?domain=invites.example"' in page
    assert "--accent: #b3002d" in client.get("/pages.css").text
    icon = client.get("/favicon.ico")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert 'fill="#b3002d"' in icon.text
    picture = client.get("/brand")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "change", [{"brand_color": "red;}"}, {"brand_logo": "/etc/passwd"}, {"brand_logo": "none.png"}]
)
def test_a_brand_that_cannot_be_shown_stops_the_start(change):
    with pytest.raises(ValueError, match="brand"):
        Settings(**change, _env_file=None)


def test_a_date_long_ago_is_shown_as_it_was(client, make_event):
    make_event(start=Moment(datetime(2020, 1, 14, 18, 30), "Europe/Paris"), duration=timedelta(hours=1))
    assert "14 January 2020, 18:30" in client.get("/e/event1").text
