"""What would be understood of a list is what is understood of it when it is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.domain.errors import Refused
from invited.lists.preview import LOOK, ROWS, Column, preview
from invited.lists.rows import BadRow, Row, read

TABLE = b"id;Name;Work mail;Home mail\n1;Ada;ada@work.example;ada@home.example\n2;;bob@work.example;bob@home.example\n"


def addresses(shown):
    return [person.email for person in shown.people]


def test_the_columns_are_told_with_what_is_in_them():
    shown = preview([TABLE])
    assert (shown.layout.delimiter, shown.encoding, shown.is_whole) == (";", "utf-8", True)
    assert shown.columns == (
        Column("id", "1"),
        Column("Name", "Ada"),
        Column("Work mail", "ada@work.example"),
        Column("Home mail", "ada@home.example"),
    )
    assert shown.people == (Row(2, "ada@work.example", "Ada"), Row(3, "bob@work.example", ""))


def test_a_person_may_choose_other_columns():
    shown = preview([TABLE], (3, 0))
    assert shown.people == (Row(2, "ada@home.example", "1"), Row(3, "bob@home.example", "2"))


def test_a_table_without_a_header_has_columns_without_titles():
    shown = preview([b"ada@x.example,Ada\nbob@x.example,Bob\n"])
    assert shown.columns == (Column("", "ada@x.example"), Column("", "Ada"))


def test_free_text_has_no_columns_to_choose_from():
    shown = preview([b"Ada <ada@x.example>; bob@x.example"])
    assert shown.columns == ()
    assert addresses(shown) == ["ada@x.example", "bob@x.example"]
    with pytest.raises(Refused, match="no columns"):
        preview([b"Ada <ada@x.example>; bob@x.example"], (1,))


def test_faults_and_repetitions_are_told():
    shown = preview([b"ada@x.example\nADA@x.example\nbob@\nnobody\n"])
    assert addresses(shown) == ["ada@x.example"]
    assert shown.duplicates == 1
    assert [(fault.line, fault.text) for fault in shown.faults] == [(3, "bob@"), (4, "nobody")]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("é@x.example\n".encode(), "utf-8"),
        ("é@x.example\n".encode("utf-16"), "utf-16-le"),
        ("Zoë <zoe@x.example>\n".encode("cp1252"), "windows-1252"),
    ],
)
def test_the_encoding_is_told(raw, encoding):
    assert preview([raw]).encoding == encoding


def test_of_a_long_list_only_the_beginning_is_read():
    endless = (b"guest%d@x.example\n" % number for number in range(10 * LOOK))
    shown = preview(endless)
    assert not shown.is_whole
    assert ROWS <= len(shown.people) < 2 * ROWS
    assert int(next(endless)[5:].partition(b"@")[0]) < LOOK / 10


def test_half_a_line_at_the_end_of_a_beginning_is_no_fault():
    shown = preview([b"ada@x.example\nbob@x.exam"], is_cut=True)
    assert addresses(shown) == ["ada@x.example"]
    assert not shown.is_whole
    assert not shown.faults


@given(
    st.lists(st.sampled_from([b"ada@x.example,Ada\n", b"bob@x.example;\n", b"nobody\n", b'"x\n', b"\n"]), max_size=9)
)
def test_it_is_read_as_the_list_is_read(parts):
    raw = b"".join(parts)
    shown = preview([raw])
    entries = list(read([raw]))
    assert sum(isinstance(entry, Row) for entry in entries) == len(shown.people) + shown.duplicates
    assert [entry for entry in entries if isinstance(entry, BadRow)] == list(shown.faults)
