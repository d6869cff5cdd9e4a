import pytest

from invited.domain import identity
from invited.domain.addresses import all_masked, clean_name, masked, new_id, normalised, same_mailbox, token
from invited.domain.authority import owner


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ann@Club.Example", "ann@club.example"),
        (" mailto:ann@club.test ", "ann@club.test"),
        ("MAILTO:ann@invites.localhost", "ann@invites.localhost"),
        ("jörg@bücher.example", "jörg@bücher.example"),
        ("a.b+tag@sub.example.com", "a.b+tag@sub.example.com"),
    ],
)
def test_reserved_and_foreign_addresses_are_fine(written, kept):
    assert normalised(written) == kept


@pytest.mark.parametrize(
    "wrong", ["", "ann", "ann@", "@club.test", "a b@club.test", "ann@club..test", "a" * 300 + "@x.test"]
)
def test_malformed_addresses_say_why(wrong):
    with pytest.raises(ValueError, match=r".+"):
        normalised(wrong)


def test_addresses_cannot_carry_headers():
    with pytest.raises(ValueError, match=r".+"):
        normalised("ann@club.test\r\nBcc: all@club.test")


def test_names_lose_what_could_break_a_header():
    assert clean_name('Ann "The\r\nBoss" <x>\x00') == "Ann The Boss x"
    assert len(clean_name("n" * 1000)) == 200


def test_known_ways_to_write_one_mailbox():
    assert same_mailbox("ann+news@club.test", "ann@club.test")
    assert same_mailbox("a.n.n@gmail.com", "ann@googlemail.com")
    assert not same_mailbox("a.n.n@club.test", "ann@club.test")


def test_a_uid_is_found_again_however_it_was_mangled():
    event_id = new_id()
    mine = token(b"secret", event_id, "ann@club.test")
    uid = identity.uid(event_id, mine, "invites.test")
    assert identity.parse(uid.upper()) == (event_id, mine)
    assert identity.parse(f"<{uid}>.reply") == (event_id, mine)
    assert identity.parse("040000008200E00074C5B7101A82E008@outlook.com") is None


def test_a_token_belongs_to_one_address_in_one_event():
    assert token(b"s", "e1", "ann@club.test") == token(b"s", "e1", "ann@club.test")
    others = {
        token(b"s", "e1", "bob@club.test"),
        token(b"s", "e2", "ann@club.test"),
        token(b"t", "e1", "ann@club.test"),
    }
    assert len(others | {token(b"s", "e1", "ann@club.test")}) == 4


@pytest.mark.parametrize(
    ("sender", "organizer", "sent_by", "whose"),
    [
        ("ann@club.test", "ann@club.test", "", "ann@club.test"),
        ("ann@club.test", "", "", "ann@club.test"),
        ("pa@club.test", "ann@club.test", "pa@club.test", "ann@club.test"),
        ("pa@mail.club.test", "ann@club.test", "pa@mail.club.test", "ann@club.test"),
        # Naming oneself the delegate of a stranger gives no power over them.
        ("eve@evil.test", "ann@club.test", "eve@evil.test", "eve@evil.test"),
        ("eve@evil.test", "ann@club.test", "", "eve@evil.test"),
    ],
)
def test_nobody_speaks_for_a_stranger(sender, organizer, sent_by, whose):
    assert owner(sender, organizer, sent_by) == whose


@pytest.mark.parametrize(
    ("address", "shown"), [("joe@club.example", "j•••@club.example"), ('"a@b"@club.example', '"•••@club.example')]
)
def test_a_masked_address_keeps_its_first_letter_and_its_domain(address, shown):
    assert masked(address) == shown


def test_in_a_text_all_that_looks_like_an_address_is_masked():
    text = 'bounced: 550 <joe@club.example>, {"to":"ann.b@x.example"} @ 9'
    assert all_masked(text) == 'bounced: 550 <j•••@club.example>, {"to":"a•••@x.example"} @ 9'
    assert all_masked("none at all") == "none at all"
