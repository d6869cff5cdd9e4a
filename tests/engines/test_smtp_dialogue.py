"""What each letter comes to, whatever the relay says and however its words arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.engines.embedded.smtp_client.batch import Batch
from invited.engines.embedded.smtp_client.dialogue import Dialogue
from invited.engines.embedded.smtp_client.parcel import Offered
from invited.engines.embedded.smtp_client.reply import Broken, ReplyReader
from invited.ports import Letter, Sent
from tests.engines.relay_script import CLOSE, Lines, ScriptedRelay

REFUSALS = ["450 later", "550-no\r\n550 such user", "530 log in", "552 too large", "421 closing", "what?", CLOSE]

lines = st.builds(
    Lines,
    mail=st.sampled_from(["250 ok"] * 5 + REFUSALS + ["354 odd"]),
    rcpt=st.sampled_from(["250 ok"] * 5 + REFUSALS + ["354 odd"]),
    data=st.sampled_from(["354 go on"] * 5 + REFUSALS + ["250 odd"]),
    final=st.sampled_from(["250 taken"] * 5 + REFUSALS + ["354 odd"]),
    late=st.sampled_from(["503 no recipients", "554 no recipients", "354 go on"]),
)
scripts = st.lists(lines, max_size=8)


def send(script, *, pipelining, max_letters=1000, cut=None):
    """The outcomes, and the relays that were spoken to one after the other; `cut` splits what they say."""
    addresses = {f"{place}@x.example": said for place, said in enumerate(script)}
    batch = Batch([Letter(address, address, b"Subject: x\r\n\r\n.dot\r\n") for address in addresses])
    relays = []
    while batch.open:
        relay = ScriptedRelay(addresses)
        relays.append(relay)
        dialogue = Dialogue(Offered(pipelining=pipelining), max_letters)
        dialogue.serve(batch)
        try:
            talk(dialogue, relay, cut or (lambda data: [data]))
        except Broken as broken:
            dialogue.lose(Sent(is_temporary=True, reason=str(broken)), may_retry=dialogue.accomplished > 0)
    return batch.results(), relays


def talk(dialogue, relay, cut):
    reader = ReplyReader()
    said = dialogue.begin()
    while said:
        heard = relay.receive(said)
        said = b"".join(dialogue.receive(reply) for chunk in cut(heard) for reply in reader.feed(chunk))
        if relay.is_closed:
            raise Broken("it closed the connection")


@given(scripts, st.integers(1, 4))
def test_pipelining_changes_no_outcome(script, max_letters):
    plain, plain_relays = send(script, pipelining=False, max_letters=max_letters)
    pipelined, relays = send(script, pipelining=True, max_letters=max_letters)
    assert pipelined == plain
    assert [m for relay in relays for m in relay.taken] == [m for relay in plain_relays for m in relay.taken]


@given(scripts, st.booleans(), st.data())
def test_where_the_relays_words_are_cut_never_matters(script, pipelining, data):
    def cut(heard):
        at = sorted(data.draw(st.lists(st.integers(0, len(heard)), max_size=5)))
        return [heard[a:b] for a, b in zip([0, *at], [*at, len(heard)], strict=True)]

    assert send(script, pipelining=pipelining, cut=cut)[0] == send(script, pipelining=pipelining)[0]


@given(scripts, st.booleans())
def test_every_letter_has_the_outcome_of_its_own_replies(script, pipelining):
    results, relays = send(script, pipelining=pipelining)
    taken = [address for relay in relays for address, _ in relay.taken]
    assert len(taken) == len(set(taken))
    for place, (said, result) in enumerate(zip(script, results, strict=True)):
        assert (f"{place}@x.example" in taken) == (result == Sent())
        if (said.mail, said.rcpt) == ("250 ok", "250 ok") and said.data == "550-no\r\n550 such user":
            assert result == Sent(is_permanent=True, reason="550 no such user")
        if "552 too large" not in (said.mail, said.rcpt, said.data, said.final) and "550" not in repr(said):
            assert not result.is_permanent


def test_one_write_carries_a_body_and_the_next_envelope():
    batch = Batch([Letter("", f"{name}@x.example", b"x\r\n") for name in "ab"])
    dialogue = Dialogue(Offered(pipelining=True), 10)
    dialogue.serve(batch)
    said = [dialogue.begin()]
    replies = b"250 a\r\n250 b\r\n354 c\r\n250 taken\r\n250 a\r\n250 b\r\n354 c\r\n250 taken\r\n"
    said += [dialogue.receive(reply) for reply in ReplyReader().feed(replies)]
    assert [one for one in said if one] == [
        b"MAIL FROM:<>\r\nRCPT TO:<a@x.example>\r\nDATA\r\n",
        b"x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n",
        b"x\r\n.\r\n",
    ]
    assert dialogue.is_idle
    assert batch.results() == [Sent(), Sent()]


def test_data_granted_for_a_refused_letter_is_ended_empty():
    script = [Lines(rcpt="550 no", late="354 go on"), Lines(), Lines(mail="450 no", late="354 go on")]
    results, (relay,) = send(script, pipelining=True)
    assert [(result.is_temporary, result.is_permanent) for result in results] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    assert relay.empties == 2
    assert [address for address, _ in relay.taken] == ["1@x.example"]


def test_a_word_that_nobody_asked_for_ends_an_idle_session():
    dialogue = Dialogue(Offered(pipelining=True), 10)
    (reply,) = ReplyReader().feed(b"421 4.4.2 idle too long\r\n")
    with pytest.raises(Broken, match=r"^421 4\.4\.2 idle"):
        dialogue.receive(reply)
