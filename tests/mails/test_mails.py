"""Every mail, as it comes out of its templates."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from invited import notices
from invited.domain.branding import Branding
from invited.mails import templates, words
from invited.mails.samples import sample
from invited.mails.values import LABELS
from tests.facts import NOW, an_event

URL, DOMAIN = "https://invites.example", "invites.example"
MAILS = [(name, "invitation") for name in templates.names()] + [("invite", kind) for kind in LABELS]
HOSTILE = '<b onclick="x">"Jo"</b> & {{ 7 * 7 }} </td><script>'


def made(engine, name, kind="invitation", logo_at="", **changes):
    return words.filled(engine, DOMAIN, name, sample(name, URL, DOMAIN, kind) | changes, logo_at)


class Read(HTMLParser):
    """What a mail program sees: links, addresses of other things, languages, pictures' texts."""

    def __init__(self, html):
        super().__init__()
        self.links, self.loaded, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "a":
            self.links.append(given["href"])
        self.loaded += [given[name] for name in ("src", "background", "poster", "srcset") if name in given]
        if tag == "link":
            self.loaded.append(given.get("href"))

    def attribute(self, tag, name):
        return [given.get(name) for each, given in self.tags if each == tag]


@pytest.mark.parametrize(("name", "kind"), MAILS)
def test_a_mail_says_the_same_in_text_and_in_html_and_loads_nothing(engine, name, kind):
    mail = made(engine, name, kind)
    read = Read(mail.html)
    ours = {link for link in read.links if link.startswith(URL)}
    assert ours == set(re.findall(rf"{re.escape(URL)}/\S+", mail.text)) - {f"{URL}/api/v1/webhooks/h2k7", *API}
    assert read.loaded == []
    assert not re.search(r"url\(|@import|<script|\{\{|\{%|None", mail.html)
    assert not re.search(r"\{\{|\{%|None|<td|\n\n\n|[ \t]\n", mail.text)
    assert mail.subject
    assert mail.subject in mail.html or "“" in mail.subject or "'" in mail.subject


API = {f"{URL}/api/v1/webhooks/h2k7/deliveries"}


@pytest.mark.parametrize(("name", "kind"), MAILS)
def test_a_mail_is_light_and_dark_and_tells_its_language_and_stays_small(engine, name, kind):
    html = made(engine, name, kind).html
    read = Read(html)
    assert read.attribute("html", "lang") == ["en"]
    assert {"color-scheme", "supported-color-schemes"} <= set(read.attribute("meta", "name"))
    assert "prefers-color-scheme: dark" in html
    assert len(html.encode()) < 16_000
    assert read.attribute("h1", "style") == [None]


def test_the_invite_is_far_below_what_gmail_cuts_off(engine):
    mail = made(engine, "invite")
    assert len(mail.html.encode()) < 9_000


@pytest.mark.parametrize("name", ["created", "invite", "opt_in", "stranger", "turned_away", "digest"])
def test_what_strangers_wrote_is_only_words(engine, name):
    usual = sample(name, URL, DOMAIN)
    part = replace(usual["part"], summary=HOSTILE, location=HOSTILE, description=HOSTILE)
    hostile = {"part": part, "host": HOSTILE} | ({"parts": (part,)} if name == "invite" else {})
    html = made(engine, name, **hostile).html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<b onclick" not in html
    assert "49" not in html


def test_a_value_that_is_missing_is_an_error_and_no_gap(engine):
    values = sample("created", URL, DOMAIN)
    del values["link"]
    with pytest.raises(UndefinedError):
        words.filled(engine, DOMAIN, "created", values)


def test_the_brand_stands_in_every_mail_with_colours_that_can_be_read(engine):
    chosen = Branding(name="Ball & Club", color="#ffd500", footer="Ball & Club, 1 Park Road\nhttps://club.example")
    engine.store.replace_branding(DOMAIN, chosen, 0)
    for name in templates.names():
        html = made(engine, name, logo_at="cid:logo").html
        assert "Ball &amp; Club, 1 Park Road<br" in html
        assert 'src="cid:logo"' in html
        assert Read(html).attribute("img", "alt") == ["Ball & Club"]
    html = made(engine, "created").html
    assert "background:#ffd500" in html
    assert "color:#000000" in html
    assert not re.search(r"a \{ color: #ffd500;", html)


def test_own_phrases_stand_in_both_and_a_broken_one_gives_way(engine):
    own = {"created": {"intro": "Off we go, {{ host }}!", "button": "{{ nobody.knows }}"}}
    engine.store.replace_branding(DOMAIN, Branding(wording=own), 0)
    mail = made(engine, "created")
    assert "Off we go, Ticket office!" in mail.text
    assert "Off we go, Ticket office!" in mail.html
    assert "See the event and its answers" in mail.html


def test_a_notice_brings_the_logo_itself(engine, tmp_path):
    picture = b"\x89PNG\r\n\x1a\nxxxx"
    chosen = Branding(name="Club", logo=engine.archive.put(picture), logo_type="image/png")
    engine.store.replace_branding("invites.localhost", chosen, 0)
    letter = notices.sign_in(engine, "ann@club.example", f"{URL}/sign-in/x")
    mail = message_from_bytes(letter.raw, policy=policy.default)
    logo = next(part for part in mail.walk() if part["Content-ID"] == "<logo>")
    assert logo.get_content() == picture
    assert mail["From"].addresses[0].display_name == "Club"
    assert mail.get_body(("plain",)).get_content().startswith("Somebody, we think you")


def test_the_same_mail_without_a_logo_has_two_parts(engine):
    letter = notices.sign_in(engine, "ann@club.example", f"{URL}/sign-in/x")
    mail = message_from_bytes(letter.raw, policy=policy.default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_an_invite_is_never_given_a_picture(engine):
    chosen = Branding(name="Club", logo=engine.archive.put(b"\x89PNG\r\n\x1a\n"), logo_type="image/png")
    engine.store.replace_branding("invites.localhost", chosen, 0)
    event = an_event(created=NOW)
    html = notices.invite_words(engine, event, event.components, "invitation").html
    assert "<img" not in html
    assert "Club" in html
