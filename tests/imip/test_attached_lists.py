import pytest

from invited.domain.errors import Refused
from invited.imip.attached_lists import MAX_LISTS, event_ids, lists
from invited.imip.mail import read

ID = "abcdefgh23456727"


def mail(*parts):
    rest = "Content-Disposition: attachment\r\n\r\na@x.example\r\n"
    body = "".join(f"--b\r\nContent-Type: {kind}{name and f'; name={name}'}\r\n{rest}" for kind, name in parts)
    head = "From: ann@club.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
    return read(f"{head}{body}--b--\r\n".encode())


@pytest.mark.parametrize(
    "part",
    [
        ("text/csv", ""),
        ("text/plain", ""),
        ("text/plain", "guests.txt"),
        ("application/octet-stream", "GUESTS.CSV"),
        ("application/vnd.ms-excel", "guests.csv"),
        ("text/tab-separated-values", "guests.tsv"),
    ],
)
def test_what_is_a_list(part):
    assert lists(mail(part, ("image/png", "logo.png"))) == (b"a@x.example",)


@pytest.mark.parametrize("part", [("image/png", "logo.png"), ("text/vcard", "ann.vcf"), ("text/plain", "smime.p7s")])
def test_what_is_none(part):
    with pytest.raises(Refused, match="no list"):
        lists(mail(part))


def test_so_many_lists_and_no_more():
    assert len(lists(mail(*[("text/csv", "")] * MAX_LISTS))) == MAX_LISTS
    with pytest.raises(Refused, match="more than 10 lists"):
        lists(mail(*[("text/csv", "")] * (MAX_LISTS + 1)))


@pytest.mark.parametrize(
    ("recipient", "subject", "ids"),
    [
        (f"list.{ID}@x.example", "responsibilities", (ID,)),
        (f"LIST.{ID.upper()}+x@x.example", "", (ID,)),
        ("list@x.example", f"For [{ID.upper()}], please", (ID,)),
        ("list@x.example", f"x{ID}", ()),
        ("list@x.example", f"responsibilities {ID}", ("responsibilities", ID)),
        ("list.short@x.example", "", ()),
    ],
)
def test_which_event_is_named(recipient, subject, ids):
    assert event_ids(recipient, subject) == ids
