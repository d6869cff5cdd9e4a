"""The mail lab: what goes out without a relay can be looked at."""

import pytest

from invited.engines import open_engine
from invited.ports import Letter, Sent
from invited.settings import Settings
from tests.facts import NOW

INVITE = (
    b"Subject: =?utf-8?q?Caf=C3=A9?=\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nCome.\r\n"
    b"--b\r\nContent-Type: text/calendar;\r\n method=REQUEST; charset=UTF-8\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"
)


@pytest.fixture
def lab(tmp_path, clock):
    with open_engine(Settings(domain="invites.example", data_dir=tmp_path, lab_keep=5), now=clock) as engine:
        assert engine.ports.outbox is engine.lab
        yield engine.lab


def letter(to="bob@guests.example", raw=INVITE):
    return Letter("rsvp@invites.example", to, raw)


def test_every_letter_is_accepted_and_kept(lab):
    assert lab.send([letter(), letter("", b"")]) == [Sent(), Sent()]
    assert lab.send([]) == []
    empty, mail = lab.mails()
    assert (mail.at, mail.envelope_from, mail.to) == (NOW, "rsvp@invites.example", "bob@guests.example")
    assert (mail.subject, mail.method, mail.size) == ("Café", "REQUEST", len(INVITE))
    assert (empty.subject, empty.method, empty.size) == ("", "", 0)
    assert lab.raw(mail.id) == INVITE


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b"Subject: \xff\r\n\r\n", b"Content-Type: text/calendar; method*=%\r\n\r\n"]
)
def test_any_bytes_are_kept(lab, raw):
    assert lab.send([letter(raw=raw)]) == [Sent()]
    assert lab.raw(lab.mails()[0].id) == raw


def test_mails_are_listed_newest_first_by_recipient_and_page(lab):
    lab.send([letter(f"{n % 2}@guests.example") for n in range(5)])
    ids = [mail.id for mail in lab.mails()]
    assert [mail.to[0] for mail in lab.mails()] == ["0", "1", "0", "1", "0"]
    assert [mail.id for mail in lab.mails("1@guests.example", limit=1)] == [ids[1]]
    assert [mail.id for mail in lab.mails(None, ids[1], 2)] == ids[2:4]
    assert lab.mails(None, ids[-1]) == []
    assert lab.mails(None, "nonsense") == []


def test_mails_are_found_by_subject_and_address(lab):
    lab.send([letter("ada@fans.example"), letter("bob@guests.example", b"Subject: 100% sure\r\n\r\n")])
    for search, found in (
        ("caf", ["ada"]),
        ("FANS", ["ada"]),
        ("%", ["bob"]),
        ("example", ["bob", "ada"]),
        ("x_y", []),
    ):
        assert [mail.to[:3] for mail in lab.mails(search=search)] == found
    assert [mail.to for mail in lab.mails("ada@fans.example", search="sure")] == []


def test_one_mail_is_known_by_its_id(lab):
    lab.send([letter("ada@fans.example"), letter("bob@guests.example")])
    for mail in lab.mails():
        assert lab.mail(mail.id) == mail
    for gone in ("99", "nonsense", "", "-1"):
        with pytest.raises(KeyError):
            lab.mail(gone)


def test_only_the_newest_are_kept(lab):
    lab.send([letter("old@guests.example")])
    (old,) = lab.mails()
    lab.send([letter()] * 4)
    assert lab.raw(old.id) == INVITE
    lab.send([letter()] * 2)
    assert len(lab.mails()) == 5
    for gone in (old.id, "nonsense", "-1", "9" * 30, ""):
        with pytest.raises(KeyError):
            lab.raw(gone)
