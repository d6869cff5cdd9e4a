import time

import pytest

from invited.imip.itip import understand
from invited.imip.mail import read
from invited.imip.rich_text import MAX_DEPTH, MAX_LENGTH, MAX_TAGS, is_readable, sanitised, words
from tests.imip.inbound_mails import ARRIVED, calendar, component, event


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("<script>alert(1)</script>hi", "hi"),
        ("<SCRIPT SRC=//evil.test/x.js></SCRIPT>hi", "hi"),
        ("<img src=x onerror=alert(1)>hi", "hi"),
        ("<p>hi<img src='https://tracker.test/1x1.gif' width=1 height=1></p>", "<p>hi</p>"),
        ("<svg/onload=alert(1)>gone</svg><p>x</p>", "<p>x</p>"),
        ("<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", ""),
        ("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>x", "'&gt;x"),
        ("<iframe src=//evil.test></iframe>a<object data=x></object><embed src=x>", "a"),
        ("<form action=//evil.test><input name=password><button>Go</button>hi</form>", "hi"),
        ("<textarea><p>x</textarea><select><option>y</select>z", "z"),
        ("<base href=//evil.test><link rel=stylesheet href=x><meta http-equiv=refresh content=0>t", "t"),
        ("<style>body{display:none}</style><p style='position:fixed' class=x id=y>hi</p>", "<p>hi</p>"),
        ("<div style='display:none'>said openly</div>", "<div>said openly</div>"),
        ("<a href='javascript:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href=' &#106;ava\tscript:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href='data:text/html,<script>1</script>'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        (
            "<a href='vbscript:x'>x</a><a href='file:///etc/passwd'>y</a>",
            '<a rel="noopener noreferrer">x</a><a rel="noopener noreferrer">y</a>',
        ),
        (
            "<a href='/confirm/x'>x</a><a href='//evil.test'>y</a>",
            '<a rel="noopener noreferrer">x</a><a rel="noopener noreferrer">y</a>',
        ),
        (
            "<a href='https://x.test/?a=1&amp;b=2' onclick=x target=_blank>x</a>",
            '<a href="https://x.test/?a=1&amp;b=2" rel="noopener noreferrer">x</a>',
        ),
        ("<a href='mailto:a@x.test'>x</a>", '<a href="mailto:a@x.test" rel="noopener noreferrer">x</a>'),
        ("<!--[if mso]><p>mso</p><![endif]--><o:p>x</o:p>", "x"),
        (
            "<html><head><title>t</title></head><body onload=x><h1>Hi</h1><ul><li>a<li>b</ul></body></html>",
            "<h1>Hi</h1><ul><li>a</li><li>b</li></ul>",
        ),
        ("<p>&nbsp;</p> <br>", ""),
        ("", ""),
    ],
)
def test_what_stays(source, safe):
    assert sanitised(source) == safe


def test_words_have_lines():
    source = "<p>Gates  at&nbsp;five</p><ul><li>Bring <b>scarves</b></li><li>and friends</ul>x<br>y"
    assert words(source) == "Gates at five\nBring scarves\nand friendsx\ny"


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 39_000,
        "<div>" * (MAX_DEPTH + 1) + "x",
        "<div><table><td></div></table>" * 6_000,
        "<b>x</b>" * MAX_TAGS,
        "x" * (MAX_LENGTH + 1),
        "&" * MAX_LENGTH,
    ],
)
def test_what_is_built_to_exhaust_is_left_out_quickly(source):
    start = time.process_time()
    assert sanitised(source) == ""
    assert time.process_time() - start < 2


def test_what_people_write_is_readable():
    table = "<table><tr><td>" * 20 + "x" + "</td></tr></table>" * 20
    listing = "<ul>" + "<li>one<p>two" * 1_000 + "</ul>"
    assert is_readable(table * 10 + listing)
    assert "two" in sanitised(listing)


def test_an_x_alt_desc_of_that_kind_costs_little():
    found = component("SUMMARY:x", "DESCRIPTION:words", "X-ALT-DESC;FMTTYPE=text/html:" + "<div>" * 30_000)
    assert (found.html, found.description) == ("", "words")


def invite(html, description="Bring scarves. Tickets<https://x.test/t>", alt=""):
    lines = [
        "SUMMARY:Game",
        *([f"DESCRIPTION:{description}"] if description is not None else []),
        *([alt] if alt else []),
    ]
    raw = (
        "From: ann@club.test\nContent-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n"
        f"--b\nContent-Type: text/calendar; method=REQUEST\n\n{calendar(event(*lines))}\n--b--\n"
    )
    (found,) = understand(read(raw.encode()), ARRIVED).submissions
    return found.components[0]


def test_the_mails_own_html_is_the_description_where_it_says_the_same():
    html = '<html><body><p>Bring <b>scarves</b>.</p><a href="https://x.test/t" onclick=x>Tickets</a></body></html>'
    safe = '<p>Bring <b>scarves</b>.</p><a href="https://x.test/t" rel="noopener noreferrer">Tickets</a>'
    assert invite(html).html == safe
    assert invite(html).description.startswith("Bring scarves.")


@pytest.mark.parametrize(
    ("html", "more"),
    [
        ("<p>Ann invites you. Going? <a href='https://calendar.test/yes'>Yes</a></p><p>Bring scarves. Tickets</p>", {}),
        ("<p>When: tomorrow</p>", {"description": None}),
        ("<p>When: tomorrow</p>", {"description": "\\n"}),
        ("<p>Bring</p>", {}),
        ("<div>" * 6_000 + "Bring scarves. Tickets", {}),
    ],
)
def test_other_words_of_the_mail_are_not(html, more):
    assert invite(html, **more).html == ""


def test_the_calendars_own_html_goes_first():
    found = invite("<p>Bring scarves. Tickets</p>", alt="X-ALT-DESC;FMTTYPE=text/html:<i>Bring scarves. Tickets</i>")
    assert found.html == "<i>Bring scarves. Tickets</i>"
