import pytest

from invited.domain.errors import Refused
from invited.domain.event import Property
from invited.imip.contentlines import MAX_DEPTH, MAX_LINES, parameter, parse


def lines(text):
    (node,) = parse(f"BEGIN:VEVENT\n{text}\nEND:VEVENT")
    return node.lines


@pytest.mark.parametrize(
    ("text", "name", "parameters", "value"),
    [
        ("SUMMARY:a\\, b", "SUMMARY", (), "a\\, b"),
        ("summary;LANGUAGE=en:x", "SUMMARY", (("LANGUAGE", ("en",)),), "x"),
        ("SUM\r\n MARY:x", "SUMMARY", (), "x"),
        ("SUMMARY\n :folded after its name", "SUMMARY", (), "folded after its name"),
        ("SUMMARY:a\n\n b", "SUMMARY", (), "ab"),
        ("SUMMARY:a\r b", "SUMMARY", (), "ab"),
        ('ORGANIZER;CN="Doe; Jane: x":mailto:j@x.org', "ORGANIZER", (("CN", ("Doe; Jane: x",)),), "mailto:j@x.org"),
        ("ATTENDEE;CN=Jöhn:mailto:j@x.org", "ATTENDEE", (("CN", ("Jöhn",)),), "mailto:j@x.org"),
        ('X-A;P="a","b":v', "X-A", (("P", ("a", "b")),), "v"),
        ("X-A;P=:v", "X-A", (("P", ("",)),), "v"),
        ('ATTENDEE;CN=a"b:mailto:j@x.org', "ATTENDEE", (("CN", ("a",)),), "mailto:j@x.org"),
        ("X-ENTOURAGE_UUID:1", "X-ENTOURAGE_UUID", (), "1"),
        ("DESCRIPTION:bell\a", "DESCRIPTION", (), "bell"),
        (
            "DTSTART;TZID=(UTC+01:00) Paris:20240117T110000",
            "DTSTART",
            (("TZID", ("(UTC+01:00) Paris",)),),
            "20240117T110000",
        ),
    ],
)
def test_lines_are_read_as_clients_write_them(text, name, parameters, value):
    assert lines(text) == [Property(name, parameters, value)]


def test_a_line_that_is_none_is_remembered():
    (node,) = parse("BEGIN:VEVENT\nDESCRIPTION;This is a description\n!\nEND:VEVENT")
    assert node.broken == ["DESCRIPTION;This is a description", "!"]
    assert node.lines == []


def test_an_unquoted_comma_and_rfc_6868_belong_to_the_value():
    (line,) = lines("ORGANIZER;CN=Doe^'s,Jane:mailto:j@x.org")
    assert parameter(line, "CN") == 'Doe"s,Jane'
    assert parameter(line, "ROLE") == ""


def test_components_nest_and_say_whether_they_were_closed():
    (outer,) = parse("\ufeffBEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\nBEGIN:VEVENT\nUID:1")
    assert [(child.name, child.is_closed) for child in outer.children] == [("VEVENT", True), ("VEVENT", False)]
    assert outer.children[0].children[0].name == "VALARM"


def test_an_end_without_its_begin_is_passed_over():
    (outer,) = parse("END:VEVENT\nBEGIN:VCALENDAR\nEND:VTODO\nX-A:1\nEND:VCALENDAR")
    assert outer.value("X-A") == "1"


@pytest.mark.parametrize("text", ["BEGIN:X\n" * (MAX_DEPTH + 1), "X:1\n" * (MAX_LINES + 1)])
def test_nothing_is_unbounded(text):
    with pytest.raises(Refused):
        parse(text)
