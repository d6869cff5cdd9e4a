"""What a template may do that is brought by the API, and what becomes of one that cannot be used."""

import pytest
from jinja2 import TemplateError

from invited.domain.branding import MailTemplate
from invited.mails import rules, templates, words
from invited.mails.markup import Unreadable
from invited.mails.samples import sample
from tests.facts import NOW

DOMAIN, URL = "invites.example", "https://invites.example"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ event.__init__.__globals__ }}",
        "{{ when.__globals__ }}",
        "{{ part['__class__'] }}",
        "{{ link | attr('__class__') }}",
        "{{ self }}{{ lipsum.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{{ range(9) }}",
        "{{ part.start.instant() }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ 10 ** 10000 }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ 'a' | center(1000000000) }}",
        "{{ 'aa' | replace('a', 'aaaa') }}",
        "{{ part.summary | safe }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'words.toml' %}",
        "{% extends 'x' %}",
        "{% import 'x' as x %}",
        "{% set x = 1 %}",
        "{% for a in (1, 2) %}{% endfor %}",
        "{% for a in part.summary %}{{ a }}{% endfor %}",
        "{% for a in p recursive %}{{ loop(a) }}{% endfor %}",
        "{% for a in p %}{% for b in p %}{% for c in p %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}",
        "{% for a in event.files %}{% endfor %}" * 41,
        "{{ nobody.knows }}",
        "{{ unclosed",
    ],
)
def test_nothing_leads_out_of_a_template_or_on_without_end(engine, text):
    own = MailTemplate("created", f"Subject\n{text}", "", NOW)
    with pytest.raises((Unreadable, TemplateError, ValueError)):
        words.tried(engine, DOMAIN, "created", sample("created", URL, DOMAIN), own=own)


@pytest.mark.parametrize("name", templates.names())
def test_the_usual_templates_and_phrases_may_be_brought_as_ones_own(engine, name):
    values, usual = sample(name, URL, DOMAIN), templates.source(None, name)
    own = MailTemplate(name, usual.text, usual.mjml, NOW)
    phrases = dict(templates.phrases(None, name))
    made = words.tried(engine, DOMAIN, name, values, own=own, wording=phrases)
    assert made == words.filled(engine, DOMAIN, name, values)


def test_a_loop_ends(engine):
    with pytest.raises(ValueError, match="more than 3 turns"):
        rules.bounded(range(10), 3)
    assert rules.bounded(range(3), 3) == [0, 1, 2]


def test_templates_that_cannot_be_used_give_way_and_that_is_noted(engine):
    own = MailTemplate("sign_in", "Come in\n{{ link }}", "<mj-text>{{ gone }}</mj-text>", NOW)
    engine.store.set_mail_template(DOMAIN, own)
    made = words.filled(engine, DOMAIN, "sign_in", sample("sign_in", URL, DOMAIN))
    assert made.subject == "Your link to sign in"
    assert "gone" in engine.store.mail_template(DOMAIN, "sign_in").fault


def test_a_domains_own_templates_are_used(engine):
    own = MailTemplate("sign_in", "Come in\n{{ link }}", "<mj-text>Come <a href='{{ link }}'>in</a></mj-text>", NOW)
    engine.store.set_mail_template(DOMAIN, own)
    made = words.filled(engine, DOMAIN, "sign_in", sample("sign_in", URL, DOMAIN))
    assert (made.subject, made.text) == ("Come in", f"{URL}/sign-in/x\n")
    assert f'Come <a href="{URL}/sign-in/x">in</a>' in made.html
    assert engine.store.mail_template(DOMAIN, "sign_in").fault == ""
    assert words.filled(engine, "other.example", "sign_in", sample("sign_in", URL, DOMAIN)).subject != "Come in"


def test_a_mail_that_grows_too_large_gives_way(engine):
    own = MailTemplate("sign_in", "Come in\n" + "x" * 30_000, f"<mj-text>{'{{ link }}' * 3_100}</mj-text>", NOW)
    values = sample("sign_in", URL, DOMAIN) | {"link": f"{URL}/sign-in/{'x' * 100}"}
    with pytest.raises(ValueError, match="300,000 characters"):
        words.tried(engine, DOMAIN, "sign_in", values, own=own)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<mj-text>a</mj-text>\n<mj-sction />", "line 2: <mj-sction> is not known here"),
        ("<mj-text>\n<b>a</b>", "line 1: <mj-text> is not closed"),
        ("<mj-text>\n</mj-button>", "line 2: </mj-button> closes nothing"),
        ("\n\n<mj-text>{% if 1 < 2 %}a{% endif %}</mj-text>", "line 3: < and > cannot stand"),
        ("<mj-include path='x' />", "it is no MJML"),
        ('\n<mj-include path="../../secret" />', "line 2: there is no ../../secret.mjml"),
        ('<mj-include path="content" />', "it includes itself"),
        ("<mj-social />", "line 1: <mj-social> is not known here"),
    ],
)
def test_what_is_wrong_with_mjml_is_told_with_its_line(engine, text, told):
    own = MailTemplate("sign_in", "", text, NOW)
    with pytest.raises(Unreadable) as fault:
        words.tried(engine, DOMAIN, "sign_in", sample("sign_in", URL, DOMAIN), own=own)
    assert told in str(fault.value)
