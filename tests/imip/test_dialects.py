import pytest

from invited.domain.clients import CLIENTS
from invited.imip import dialects
from invited.imip.dialects import MAX_CLIENT, client, inherits


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ("-//Google Inc//Google Calendar 70.9054//EN", "Google Calendar"),
        ("-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "Outlook"),
        ("-//Microsoft Corporation//Outlook for Mac MIMEDIR//EN", "Outlook for Mac"),
        ("Microsoft Exchange Server 2010", "Exchange"),
        ("Microsoft CDO for Microsoft Exchange", "Exchange"),
        ("-//Apple Inc.//iPhone 3.0//EN", "Apple iOS"),
        ("-//Apple Inc.//iOS 18.0//EN", "Apple iOS"),
        ("-//Apple Inc.//macOS 15.0//EN", "Apple macOS"),
        ("-//Apple Inc.//Mac OS X 10.12.6//EN", "Apple macOS"),
        ("-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "Thunderbird"),
        ("Zimbra-Calendar-Provider", "Zimbra"),
        ("-//Lotus Development Corporation//NONSGML Notes 8.5//EN", "Domino"),
        ("AndroidEmail", "Android"),
        ("-//Blue Mind//Blue Mind Calendar//FR", "BlueMind"),
        ("-//K Desktop Environment//NONSGML libkcal 3.5//EN", "Kontact"),
        ("-//Ximian//NONSGML Evolution Calendar//EN", "Evolution"),
        ("-//hacksw/handcal//NONSGML v1.0//EN", "v1.0"),
        ("-//ACME/DesktopCalendar//EN", "ACME DesktopCalendar"),
        ("RESERVAS 1.0//EN", "RESERVAS 1.0"),
        ("", "unknown"),
        ("-//", "unknown"),
        (":::", "unknown"),
    ],
)
def test_clients_by_their_prodid(product, name):
    assert client(product) == name


def test_a_name_is_fit_for_a_counter():
    assert len(client("x" * 500)) == MAX_CLIENT
    assert ":" not in client("-//A//B:C\x00D//EN")


def test_only_outlooks_export_inherits():
    assert inherits("-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN")
    assert not inherits("-//Google Inc//Google Calendar 70.9054//EN")


def test_every_program_that_is_known_is_counted_by_its_name():
    assert {name for _, name in dialects._CLIENTS} == CLIENTS
