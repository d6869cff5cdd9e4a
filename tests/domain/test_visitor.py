import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.domain.visitor import CHANNELS, MAX_NAME, OTHER, clean_name, origin

HOSTILE = st.text(
    st.sampled_from(".@:/-'<>&\"&#;%=,0123wW www\u0300\u0301\u200b\u200d\u202e\u2024\uff0e\u3002aé中ß"), max_size=200
)
LINK = re.compile(r"\w\.\w|www|://|@|\d|[<>&;=%/\"\\]", re.IGNORECASE)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill"),
        ("D’Arcy", "D’Arcy"),
        ("J.R.R. Tolkien", "J. R. R. Tolkien"),
        ("Nguyễn Văn Minh", "Nguyễn Văn Minh"),
        ("José".replace("é", "e\u0301"), "José"),
        ("王小明", "王小明"),
        ("علی‌رضا", "علیرضا"),
        ("नरेन्द्र", "नरेन्द्र"),
        ("Ａｄａ", "Ada"),
        ("Bob 99", "Bob"),
        ("evil.com", "evil. com"),
        ("evil․com", "evil. com"),
        ("http://evil.com/x?y=1", "http evil. com x y"),
        ("WWW.evil.com", "evil. com"),
        ("www", ""),
        ("a@b.example", "a b. example"),
        ("<b>Ada</b>", "b Ada b"),
        ("=cmd|x", "cmd x"),
        ("\u202eadA", "adA"),
        ("Z" + "\u0300" * 50, "Z" + "\u0300" * 4),
        ("\u0300\u0300", ""),
        ("...", ""),
        ("- ' -", ""),
        ("", ""),
    ],
)
def test_names_become_harmless(typed, name):
    assert clean_name(typed) == unicodedata.normalize("NFC", name)


@given(st.text(max_size=400) | HOSTILE)
def test_no_name_carries_a_link_or_markup(typed):
    name = clean_name(typed)
    assert len(name) <= MAX_NAME
    assert not LINK.search(name)
    assert all(unicodedata.category(c)[0] in "LM" or c in " -.'\u2019\u2010\u2011" for c in name)
    assert name == " ".join(name.split())


@given(st.text(max_size=400) | HOSTILE)
def test_cleaning_a_name_again_changes_nothing(typed):
    name = clean_name(typed)
    assert clean_name(name) == name


def test_a_long_name_ends_with_a_whole_word():
    assert clean_name("Anna Berta " * 20) == ("Anna Berta " * 7).strip()
    assert clean_name("a" * 1000) == "a" * MAX_NAME


LINKS = ("mailchimp", "radio")


@pytest.mark.parametrize(
    ("typed", "channel"),
    [
        ("", "page"),
        ("button", "button"),
        (" Page ", "page"),
        ("link:Mailchimp", "link:mailchimp"),
        ("link:radio", "link:radio"),
        ("link:unheard-of", OTHER),
        ("link:", OTHER),
        ("api", OTHER),
        ("list", OTHER),
        ("radio", "link:radio"),
        ("radar", OTHER),
    ],
)
def test_channels(typed, channel):
    assert origin(typed, LINKS, "page") == channel


@given(st.text(max_size=400) | st.text(max_size=40).map(lambda name: f"link:{name}"))
def test_a_stranger_adds_no_channel(typed):
    assert origin(typed, LINKS, "button") in {*CHANNELS, OTHER, *(f"link:{name}" for name in LINKS)}
