"""The whole loop by API and web alone, by mail alone, and mixed: the same states, whichever way."""

from dataclasses import replace

from invited.domain.event import NO_STAMP
from invited.engines import open_engine
from invited.settings import Settings
from tests.conversations.script import Clock, Conversation, calendar, steps

LOOP = """
ann@club.test creates "Game" 2026-12-05 19:00-22:00 Europe/Paris weekly 3{api}
send "Game" to bob@fan.test, cid@fan.test
ann@club.test {list}:
    name;email
    Bob;bob@fan.test
    Dan;dan@fan.test
    ;nobody
    Eli;eli@fan.test
bob@fan.test {bob_yes}
cid@fan.test {cid_no}
dan@fan.test {dan_maybe}
ann@club.test renames "Game" to "Cup"{api}
ann@club.test moves "Cup" to 2026-12-06 19:00-22:00 Europe/Paris{then}
cid@fan.test {cid_yes}
ann@club.test asks for the report of "Cup"{api}
ann@club.test cancels "Cup" of 2026-12-13{api}
ann@club.test cancels "Cup"{then}
"""
BY_MAIL = {
    "list": 'mails a list for "Game" (csv)',
    "api": "",
    "then": "",
    "bob_yes": 'accepts "Game"',
    "cid_no": 'declines "Game" as outlook',
    "dan_maybe": 'may come "Game" as apple',
    "cid_yes": 'accepts "Cup"',
}
BY_API = {
    "list": 'uploads a list for "Game"',
    "api": " by API",
    "then": " by API",
    "bob_yes": 'says yes to "Game" on the web',
    "cid_no": 'says no to "Game" on the web',
    "dan_maybe": 'says maybe to "Game" on the web',
    "cid_yes": 'says yes to "Cup" on the web',
}
MIXED = BY_API | {"api": "", "cid_no": BY_MAIL["cid_no"], "cid_yes": BY_MAIL["cid_yes"]}


def played(tmp_path, **ways):
    settings = Settings(domain="invites.test", data_dir=tmp_path, inbound_auth="trust")
    with open_engine(settings, memory=True, now=Clock()) as engine:
        conversation = Conversation(engine, engine.ports.now)
        for _, step in steps(LOOP.format(**ways)):
            conversation.step(step)
        return ended(conversation)


def ended(conversation):
    """All that is left, but for ids, clients, grades, stamps and what goes without saying (TRANSP)."""
    store, event = conversation.engine.ports.store, conversation.event("Cup")
    whole = replace(event, id="", created=None, changed=None)
    parts = [replace(part, stamp=NO_STAMP, extra=()) for part in event.components]
    invitations = store.invitations(event.id)
    named = {i.token: i.address for i in invitations}
    guests = {
        i.address: (i.state, i.sent_revision, i.sent_sequence, i.partstat, i.answered_sequence) for i in invitations
    }
    answers = sorted(
        (named[r.token], r.recurrence_id, r.partstat, r.sequence, r.arrived)
        for r in store.receipts(event.id, list(named))
    )
    figures = replace(store.statistics(event.id), by_client={})
    assert conversation.engine.ports.dead_letters.page() == []
    told = sorted(conversation.described(*m) for m in conversation.unread if calendar(m[1]) or m[0] == "ann@club.test")
    return replace(whole, components=()), parts, guests, answers, figures, told


def test_by_mail_by_api_and_mixed_end_in_the_same_states(tmp_path):
    by_mail, by_api, mixed = (played(tmp_path, **ways) for ways in (BY_MAIL, BY_API, MIXED))
    assert by_api == by_mail
    assert mixed == by_mail
    _, _, guests, answers, figures, told = by_mail
    assert (figures.accepted, figures.declined, figures.tentative) == (2, 0, 1)
    assert len(answers) == 3
    invites = [each for each in told if not each.startswith("ann@")]
    assert len(invites) == 4 + 3 * 4
    assert "ann@club.test: Your list for Game: 2 invited" in told
    assert "ann@club.test: The report of Cup: 4 invited" in told
    assert {sequence for _, _, sequence, _, _ in guests.values()} == {0, 3}
