import re
from datetime import UTC, datetime, timedelta

import pytest

from invited.credentials import (
    attendee_path,
    is_attendee,
    key_of,
    may_unsubscribe,
    new_key,
    sign,
    unsign,
    unsubscribe_link,
)
from invited.domain.errors import Refused
from invited.engines import open_engine
from invited.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef"
DAY = timedelta(days=1)


class Keys(dict):
    def key(self, key_id):
        return self.get(key_id)


def test_a_key_is_known_by_its_text_alone():
    key, text = new_key(is_admin=False, organizer="Owner@Club.example", now=NOW)
    other, _ = new_key(is_admin=True, organizer=None, now=NOW)
    keys = Keys({key.id: key, other.id: other})
    assert key_of(keys, text) == key
    assert (key.organizer, key.is_admin, key.created) == ("owner@club.example", False, NOW)
    assert text.split("_")[2] not in repr(key)
    for wrong in (
        "",
        "inv",
        "inv__",
        f"inv_{key.id}",
        f"inv_{key.id}_",
        text[:-1],
        text + "0",
        text.replace("inv", "x"),
    ):
        assert key_of(keys, wrong) is None
    assert key_of(keys, text.replace(key.id, other.id)) is None


@pytest.mark.parametrize(("is_admin", "organizer"), [(True, "a@b.example"), (False, None), (False, ""), (False, "x")])
def test_a_key_is_an_admins_or_one_organizers(is_admin, organizer):
    with pytest.raises(ValueError, match=r"[a-z]"):
        new_key(is_admin, organizer, NOW)


def test_what_is_signed_comes_back():
    payload = {"text": "é", "number": 1}
    assert unsign(SECRET, "a", sign(SECRET, "a", payload, NOW), DAY, NOW + DAY) == payload


@pytest.mark.parametrize(
    ("secret", "purpose", "now", "words"),
    [
        (b"another", "a", NOW, "changed"),
        (SECRET, "b", NOW, "changed"),
        (SECRET, "a", NOW + DAY + timedelta(seconds=1), "expired"),
    ],
)
def test_what_was_signed_otherwise_is_refused(secret, purpose, now, words):
    with pytest.raises(Refused, match=words) as refused:
        unsign(secret, purpose, sign(SECRET, "a", "x", NOW), DAY, now)
    assert refused.value.remedy


def test_any_changed_letter_is_noticed():
    text = sign(SECRET, "a", "payload", NOW)
    for place, letter in enumerate(text[:-1]):
        forged = text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :]
        with pytest.raises(Refused):
            unsign(SECRET, "a", forged, DAY, NOW)


def test_the_codes_of_a_guests_links_tell_nothing_of_each_other(tmp_path):
    with open_engine(Settings(data_dir=tmp_path, _env_file=None), memory=True) as opened:
        engine = opened.ports
        link = unsubscribe_link(engine, "event", "guest").rpartition("/")[2]
        own, path = attendee_path(engine, "event", "guest").split("/")[::-1]
        assert path == "guest"
        assert re.fullmatch(r"[a-z2-7]{16}", link)
        assert re.fullmatch(r"[a-z2-7]{16}", own)
        assert link != own
        assert may_unsubscribe(engine, "event", "guest", link)
        assert is_attendee(engine, "event", "guest", own)
        for code in (own, link[:-1], "", "ü"):
            assert not may_unsubscribe(engine, "event", "guest", code)
        for event, guest in (("event", "guest2"), ("event2", "guest")):
            assert not may_unsubscribe(engine, event, guest, link)
            assert not is_attendee(engine, event, guest, own)
        assert not is_attendee(engine, "event", "guest", link)
