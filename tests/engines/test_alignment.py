import pytest

from invited.engines.alignment import is_aligned


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("there.example", "there.example", True),
        ("mail.there.example", "news.There.Example.", True),
        ("a.club.co.uk", "club.co.uk", True),
        ("club.co.uk", "other.co.uk", False),
        ("co.uk", "club.co.uk", False),
        ("example", "there.example", False),
        ("a.github.io", "b.github.io", False),
        ("evilthere.example", "there.example", False),
        ("bücher.example", "mail.xn--bcher-kva.example", True),
        ("invites.localhost", "invites.localhost", True),
        ("localhost", "localhost", True),
        ("", "", False),
        ("a..b", "a..b", False),
    ],
)
def test_domains_of_one_organization_are_aligned(one, other, expected):
    assert is_aligned(one, other) is expected
    assert is_aligned(other, one) is expected
