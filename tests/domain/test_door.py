import pytest

from invited.domain.door import Challenge, Door, link, site


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Club.Example", "https://club.example"),
        (" https://club.example/ ", "https://club.example"),
        ("https://club.example:443", "https://club.example"),
        ("http://club.example:8080", "http://club.example:8080"),
        ("http://[2001:db8::1]:80", "http://[2001:db8::1]"),
        ("*", "*"),
    ],
)
def test_a_site_is_written_as_browsers_send_it(text, origin):
    assert site(text) == origin
    assert site(origin) == origin


@pytest.mark.parametrize(
    "text",
    ["", "club.example", "ftp://club.example", "https://", "https://a@club.example", "https://club.example/path",
     "https://club.example?x", "https://club.example#x", "https://club.example:x", "https://a.example:99999", "https://*.example",
     "null",
     "https://bücher.example", "https://[", "https://" + "a" * 300],
)  # fmt: skip
def test_what_is_no_site_is_refused(text):
    with pytest.raises(ValueError, match="web origin"):
        site(text)


@pytest.mark.parametrize("text", ["", "A", "a b", "-a", "a" * 41, "a\n", "é"])
def test_what_is_no_name_of_a_link_is_refused(text):
    with pytest.raises(ValueError, match="no name of a link"):
        link(text)


def test_choices_stand_over_the_servers():
    default = Door(True, ("*",), ("newsletter",), False, Challenge.AUTO, public_ticket=False, public_ticket_keys=())
    assert Door().over(default) == default
    chosen = Door(public=False, public_sites=()).over(default)
    assert (chosen.public, chosen.public_sites, chosen.public_links) == (False, (), ("newsletter",))


def test_a_door_admits_the_sites_it_names():
    assert Door(public_sites=("*",)).admits("null")
    assert Door(public_sites=("https://a.example",)).admits("https://a.example")
    assert not Door(public_sites=("https://a.example",)).admits("https://a.example:8443")
    assert not Door(public_sites=()).admits("https://a.example")
