"""Lists as people really keep them: every way of writing the same guests gives the same guests."""

import csv
import io
import tracemalloc
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.domain.errors import Refused
from invited.lists.columns import layout
from invited.lists.encodings import utf8
from invited.lists.rows import MAX_COLUMNS, BadRow, Place, Row, page, read

GUESTS = [("ada@fans.example", "Ada Élan"), ("bob@fans.example", "Bob Bell")]


def people(raw, size=7):
    """(address, name) of every row; the list comes in small pieces."""
    entries = read(raw[start : start + size] for start in range(0, len(raw), size))
    return [(e.email, e.name) if isinstance(e, Row) else e for e in entries]


@pytest.mark.parametrize(
    "text",
    [
        "email,name\nada@fans.example,Ada Élan\nbob@fans.example,Bob Bell\n",
        "Name;E-Mail-Adresse\nAda Élan;ada@fans.example\nBob Bell;bob@fans.example",
        "First Name\tLast Name\tE-mail Address\nAda\tÉlan\tada@fans.example\nBob\tBell\tbob@fans.example\n",
        "Name|Vorname|Mail\nÉlan|Ada|ada@fans.example\nBell|Bob|bob@fans.example\n",
        "Nom,Prénom,Courriel\nÉlan,Ada,ada@fans.example\nBell,Bob,bob@fans.example\n",
        "sep=;\nid;address;name;town\n1;ada@fans.example;Ada Élan;Lyon\n2;bob@fans.example;Bob Bell;Bath\n",
        "Guests of the ball;;\n;;\nName;Postal address;Email\nAda Élan;;ada@fans.example\nBob Bell;;bob@fans.example\n",
        '"Name","Email opt-in","Email"\n"Ada Élan","yes","ada@fans.example"\n"Bob Bell","no","bob@fans.example"\n',
        "Name,Mailing,Email 1 - Type,Email 1 - Value\nAda Élan,x,work,ada@fans.example\nBob Bell,,,bob@fans.example\n",
        "Ada,Élan,ada@fans.example\nBob,Bell,bob@fans.example\n",
        "ada@fans.example;Ada Élan\nbob@fans.example;Bob Bell\n",
        "Gast;Posteingang\nAda Élan;ada@fans.example\nBob Bell;bob@fans.example\n",
        "Ada Élan <ada@fans.example>\nBob Bell <bob@fans.example>\n",
        '"Ada Élan" <ada@fans.example>, "Bob Bell" <bob@fans.example>',
        "Ada Élan <ada@fans.example>; Bob Bell <bob@fans.example>;",
        "Name,Email\nAda Élan,Ada <ada@fans.example>\nBob Bell,Bob <bob@fans.example>\n",
        "Ada Élan ada@fans.example\nBob Bell (bob@fans.example)\n",
        'Name,Note,Email\nAda Élan,"two\nlines, and a ""quote""",ada@fans.example\nBob Bell,,bob@fans.example\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_to_write_a_list(text, encoding, end):
    assert people(text.replace("\n", end).encode(encoding)) == GUESTS


@pytest.mark.parametrize(
    "text",
    [
        "ada@fans.example\nbob@fans.example",
        "\n\n  ada@fans.example  \n\n\tbob@fans.example\n",
        "email\nada@fans.example\nbob@fans.example\n",
        "Our guests' e-mail\nada@fans.example\nbob@fans.example\n",
        "ada@fans.example,bob@fans.example",
        "ada@fans.example; bob@fans.example;",
        "ada@fans.example bob@fans.example",
        "<ada@fans.example>,\n<bob@fans.example>,\n",
        "email,second email\nada@fans.example,\nbob@fans.example,\n",
    ],
)
def test_bare_addresses(text):
    assert people(text.encode()) == [("ada@fans.example", ""), ("bob@fans.example", "")]


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b" ;, \n,,", b"email,name\n", b"\xff\xfe"])
def test_empty_lists(raw):
    assert people(raw) == []


def test_names_are_where_people_put_them():
    text = 'Bell, Bob <b@b.example>; c@b.example, "X, Y" <d@b.example>\nf@b.example; Flo\n'
    assert people(text.encode()) == [
        ("b@b.example", "Bell, Bob"),
        ("c@b.example", ""),
        ("d@b.example", "X, Y"),
        ("f@b.example", "Flo"),
    ]


def test_what_is_nobody_is_told_with_its_line():
    wide, long = ";" * MAX_COLUMNS + "a@b.example", "x" * 20_000
    text = f"name;email\nAda;\nBob;bob\n;;\nEve;eve@x.example\n{wide}\n{long}\nZoe;z@b.example\n"
    assert list(read([text.encode()])) == [
        BadRow(2, "Ada;", "the row has no address"),
        BadRow(3, "bob", "there is no @ in it, so it is no address"),
        Row(5, "eve@x.example", "Eve"),
        BadRow(6, wide, "the row has more than 200 columns"),
        BadRow(7, "x" * 254, "the line is longer than 10,000 characters"),
        Row(8, "z@b.example", "Zoe"),
    ]


def test_a_quotation_mark_that_is_never_closed_spoils_one_row_only():
    rows = "".join(f"fan{number}@x.example;Fan\n" for number in range(3000))
    found = people(f'email;name\n"open@x.example;Open\n{rows}'.encode(), size=4096)
    assert found[0] == ("open@x.example", "Open")
    assert len(found) == 3001


def test_a_mixed_file_is_read_line_by_line():
    raw = b"email;name\n" + "a@x.example;Zoë\n".encode() + "b@x.example;Zoë\n".encode("cp1252")
    assert people(raw) == [("a@x.example", "Zoë"), ("b@x.example", "Zoë")]


def test_ten_thousand_addresses_on_one_line():
    expected = [(f"fan{number}@x.example", "") for number in range(10_000)]
    for separator in ",", "; ", " ":
        assert people(separator.join(email for email, _ in expected).encode(), size=50_000) == expected


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\x89PNG"])
def test_what_is_no_text_is_refused(magic):
    with pytest.raises(Refused) as refused:
        list(read([magic + b"a@b.example\n"]))
    assert "CSV" in refused.value.remedy


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


@given(
    st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=30),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_a_spreadsheet_writes_is_read_back(cells, delimiter, encoding):
    text = io.StringIO()
    rows = [(name, f"fan{n}@x.example", note) for n, (name, note) in enumerate(cells)]
    csv.writer(text, delimiter=delimiter).writerows([("Name", "Email", "Note"), *rows])
    found = people(text.getvalue().encode(encoding), size=100)
    assert [email for email, _ in found] == [email for _, email, _ in rows]
    assert [name for _, name in found] == [" ".join(name.split()) for name, _, _ in rows]


@given(st.binary(max_size=3000), st.integers(1, 100))
def test_whatever_comes_is_read_the_same_in_pieces_and_pages(raw, size):
    try:
        whole = list(read([raw]))
    except Refused:
        return
    assert list(read(raw[start : start + size] for start in range(0, len(raw), size))) == whole
    assert paged(b"".join(utf8([raw])), most=3) == whole


def paged(body, most):
    plan, place, found, is_last = layout(body), Place(), [], False
    while not is_last:
        part = page([body[place.octets :]], plan, place, most)
        place, is_last = part.after, part.is_last
        found += part.entries
    return found


def test_pages_go_on_where_the_last_one_ended():
    text = "email;name\n" + "".join(f'fan{n}@x.example;"Fan\n{n}, ""x"""\r\nnobody\n' for n in range(50))
    assert paged(text.encode(), most=7) == list(read([text.encode()]))


def test_a_long_list_takes_little_memory():
    def chunks():
        for start in range(0, 200_000, 1000):
            yield b"".join(b"fan%d@fans.example;Fan %d\n" % (n, n) for n in range(start, start + 1000))

    entries = read(chunks())
    assert all(isinstance(entry, Row) for entry in islice(entries, 160_000))
    # What is kept of each row would show in any part of the list.
    tracemalloc.start()
    try:
        count = sum(1 for _ in entries)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 40_000
    assert peak < 2_000_000
