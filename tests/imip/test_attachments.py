from email.message import EmailMessage

import pytest

from invited.domain.event import File
from invited.imip.attachments import MAX_FILES, sift
from invited.imip.compose import Words, compose
from invited.imip.mail import read
from tests.imip.made import CHANGED, SENDER, component, copy, event, read_mail

PLAN = File("Plan für alle.pdf", "application/pdf", 3, "key", 0)


def mail(*files, html="<p>x</p>"):
    message = EmailMessage()
    message.set_content("x")
    message.add_alternative(html, subtype="html")
    for name, content, *more in files:
        maintype, _, subtype = (more[0] if more else "application/octet-stream").partition("/")
        cid = more[1] if len(more) > 1 else None
        place = more[2] if len(more) > 2 else "attachment"
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name, cid=cid, disposition=place)
    return read(message.as_bytes())


def names(files):
    return [(file.name, file.is_linked) for file in files]


def test_small_ones_go_large_ones_are_linked():
    found = sift(mail(("a.pdf", b"1" * 60), ("b.PDF", b"1" * 50), ("c.txt", b"1" * 40), ("d.docx", b"1")), "key", 100)
    assert names(found.files) == [("a.pdf", False), ("b.PDF", True), ("c.txt", False), ("d.docx", True)]
    assert found.files[1] == File("b.PDF", "application/pdf", 50, "key", 1, is_linked=True)
    assert found.refused == ()


@pytest.mark.parametrize(
    "name",
    ["setup.exe", "page.html", "PAGE.HTM", "pic.svg", "run.js", "x.pdf.exe", "a.docm", "x.zip", "x.iso", "noending"],
)
def test_what_can_run_is_refused_whatever_it_claims_to_be(name):
    found = sift(mail((name, b"x", "application/pdf")), "key", 100)
    assert (found.files, found.refused) == ((), (name,))


def test_the_type_is_that_of_the_name():
    (found,) = sift(mail(("plan.pdf", b"<script>", "text/html")), "key", 100).files
    assert found.content_type == "application/pdf"


@pytest.mark.parametrize(
    "file",
    [
        ("logo.png", b"x", "image/png", "<logo@x>", "inline"),
        ("logo.png", b"x", "image/png", "<logo@x>", "attachment"),
        ("smime.p7s", b"x"),
        ("winmail.dat", b"x"),
        ("empty.pdf", b""),
    ],
)
def test_what_the_organizer_did_not_attach_is_passed_over(file):
    found = sift(mail(file, html="<img src=cid:logo@x>"), "key", 100)
    assert (found.files, found.refused) == ((), ())


def test_apple_shows_its_attachments_in_line():
    assert names(sift(mail(("plan.pdf", b"x", "application/pdf", None, "inline")), "key", 9).files) == [
        ("plan.pdf", False)
    ]


def test_there_is_a_limit():
    found = sift(mail(*[(f"{number}.pdf", b"x") for number in range(MAX_FILES + 5)]), "key", 1000)
    assert (len(found.files), len(found.refused)) == (MAX_FILES, 5)


def test_files_stand_after_the_alternative():
    words = Words("Invitation", "Hello", "<p>Hello</p>")
    whole = event(component())
    files = [(PLAN, b"abc"), (File('a".txt', "text/plain", 0, "key", 1), b"")]
    template = compose(whole, whole.components, "REQUEST", words, sender=SENDER, date=CHANGED, files=files)
    raw = template.fill(copy(), message_id="<x@invites.example>")
    plain = compose(whole, whole.components, "REQUEST", words, sender=SENDER, date=CHANGED)
    message = read_mail(raw)
    assert message.get_content_type() == "multipart/mixed"
    alternative, first, second = message.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert (first.get_filename(), first.get_content_type(), first.get_content()) == (
        "Plan für alle.pdf",
        "application/pdf",
        b"abc",
    )
    assert (second.get_filename(), second.get_payload(decode=True)) == ('a".txt', b"")
    assert not message.defects
    assert plain.fill(copy(), message_id="x").count(b"multipart/mixed") == 0
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
