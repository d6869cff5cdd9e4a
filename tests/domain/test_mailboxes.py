import pytest

from invited.domain.mailboxes import Foreign, NoMailbox, ascii_domain, mailbox

OURS = ("invites.example", "bücher.example")


@pytest.mark.parametrize(
    ("recipient", "name", "domain"),
    [
        ("create@invites.example", "create", "invites.example"),
        ("Create@Invites.EXAMPLE", "create", "invites.example"),
        ("rsvp+k3jd@invites.example", "rsvp", "invites.example"),
        ("LIST.abcdefgh23456789@invites.example", "list", "invites.example"),
        ("report@bücher.example", "report", "bücher.example"),
        ("report@xn--bcher-kva.example", "report", "bücher.example"),
    ],
)
def test_our_mailboxes_are_found(recipient, name, domain):
    found = mailbox(recipient, OURS)
    assert (found.name, found.domain, found.recipient) == (name, domain, recipient)


@pytest.mark.parametrize(
    "recipient",
    [
        "joe@invites.example",
        "postmaster@invites.example",
        "create.abc@invites.example",
        "list.@invites.example",
        "list.a.b@invites.example",
        "xcreate@invites.example",
        "create @invites.example",
        "create+@invites.example",
        "crèate@invites.example",
        "@invites.example",
    ],
)
def test_nobody_else_lives_here(recipient):
    with pytest.raises(NoMailbox):
        mailbox(recipient, OURS)


@pytest.mark.parametrize(
    "recipient",
    [
        "create@elsewhere.example",
        "create@sub.invites.example",
        "create%elsewhere.example@invites.example",
        "elsewhere.example!create@invites.example",
        "create@elsewhere.example@invites.example",
        '"create"@invites.example',
        "create",
        "create@",
        "create@[127.0.0.1]",
        "create@" + "a" * 80 + ".example",
        "",
    ],
)
def test_nothing_is_relayed(recipient):
    with pytest.raises(Foreign):
        mailbox(recipient, OURS)


def test_what_means_the_same_has_one_identity():
    def identity(recipient):
        return mailbox(recipient, OURS).identity

    assert identity("create@invites.example") == identity("CREATE+x@invites.EXAMPLE")
    assert identity("list.abc@invites.example") == identity("list.ABC+x@invites.example")
    assert identity("list.abc@invites.example") != identity("list@invites.example")
    assert identity("report@invites.example") != identity("report@bücher.example")


def test_a_domain_has_one_ascii_form():
    assert ascii_domain("Bücher.Example.") == "xn--bcher-kva.example"
    assert ascii_domain("a..b") == ""
