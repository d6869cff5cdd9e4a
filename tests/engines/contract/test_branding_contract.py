from datetime import timedelta

from invited.domain.branding import Branding, MailTemplate
from tests.facts import NOW

DOMAIN = "invites.example"
CHOSEN = Branding("Ball Club", "#b3002d", "1 Park Road", "logo1", "image/png", {"created": {"intro": "Off we go: é"}})


def test_what_is_chosen_for_a_domain_stands_for_it_alone(store):
    assert store.branding(DOMAIN) is None
    assert store.replace_branding(DOMAIN, CHOSEN, 0)
    stored = store.branding(DOMAIN)
    assert (stored.name, stored.color, stored.footer, stored.logo) == ("Ball Club", "#b3002d", "1 Park Road", "logo1")
    assert stored.wording == CHOSEN.wording
    assert stored.version == 1
    assert store.branding("other.example") is None


def test_of_two_who_saw_the_same_one_is_told_that_it_has_changed(store):
    assert store.replace_branding(DOMAIN, CHOSEN, 0)
    assert not store.replace_branding(DOMAIN, Branding("Late"), 0)
    assert store.replace_branding(DOMAIN, Branding("Second"), 1)
    assert not store.replace_branding(DOMAIN, Branding("Late"), 1)
    assert (store.branding(DOMAIN).name, store.branding(DOMAIN).version) == ("Second", 2)
    assert not store.replace_branding("other.example", Branding("None there"), 3)
    assert store.branding("other.example") is None


def test_a_domains_own_templates_are_set_replaced_and_removed(store):
    assert store.mail_templates(DOMAIN) == []
    one, two = MailTemplate("sign_in", "a\nb", "", NOW), MailTemplate("created", "", "<mj-text>é</mj-text>", NOW)
    store.set_mail_template(DOMAIN, one)
    store.set_mail_template(DOMAIN, two)
    assert store.mail_templates(DOMAIN) == [two, one]
    assert store.mail_template(DOMAIN, "sign_in") == one
    assert store.mail_template("other.example", "sign_in") is None
    newer = MailTemplate("sign_in", "c", "", NOW + timedelta(seconds=1))
    store.set_mail_template(DOMAIN, newer)
    assert store.mail_template(DOMAIN, "sign_in") == newer
    assert store.remove_mail_template(DOMAIN, "sign_in")
    assert not store.remove_mail_template(DOMAIN, "sign_in")
    assert store.mail_templates(DOMAIN) == [two]


def test_a_fault_is_that_of_the_template_it_was_seen_in(store):
    later = NOW + timedelta(seconds=1)
    store.set_mail_template(DOMAIN, MailTemplate("sign_in", "a", "", later))
    store.fault_mail_template(DOMAIN, "sign_in", NOW, "of an older one")
    assert store.mail_template(DOMAIN, "sign_in").fault == ""
    store.fault_mail_template(DOMAIN, "sign_in", later, "nobody is undefined")
    assert store.mail_template(DOMAIN, "sign_in").fault == "nobody is undefined"
    store.fault_mail_template(DOMAIN, "created", later, "there is none")
    assert store.mail_template(DOMAIN, "created") is None
