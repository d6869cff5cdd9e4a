"""The way out by a relay, which does whatever relays do."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from invited.domain.errors import Refused
from invited.engines import open_engine
from invited.engines.embedded.relay import Relay, parse
from invited.engines.embedded.smtp_client import BulkClient
from invited.ports import Letter, Sent, Trouble
from invited.settings import Settings
from tests.sink import DROP, ENDLESS, SILENCE, Sink

RAW = b"Subject: Ball\r\n\r\n.\r\n..two\r\nlast"


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["one by one", "pipelined"])
def opened(request, clock):
    """Outboxes to a sink, closed in the end; with and without pipelining all that can be seen is the same."""
    boxes = []

    def opened(sink, login="", timeout=20.0, connections=2):
        url = sink.url.replace("//", f"//{login}@") if login else sink.url
        sink.extensions += request.param
        boxes.append(BulkClient(parse(url, "invites.example", timeout), connections, clock))
        return boxes[-1]

    yield opened
    for box in boxes:
        box.close()


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


def letter(to="bob@guests.example", raw=RAW, sender="rsvp@invites.example"):
    return Letter(sender, to, raw)


def letters(*names):
    return [letter(f"{name}@guests.example") for name in names]


def outcome(results):
    """A word for each result: ok, later or never."""
    return ["later" if r.is_temporary else "never" if r.is_permanent else "ok" for r in results]


def test_a_letter_arrives_as_it_was(sink, opened):
    box = opened(sink)
    assert box.send([letter(), letter(sender="")]) == [Sent(), Sent()]
    (mail, bounce) = sink.mails
    assert (mail.sender, mail.to, mail.options) == ("rsvp@invites.example", ["bob@guests.example"], "")
    assert mail.raw == RAW + b"\r\n"
    assert bounce.sender == ""
    assert sink.commands[1] == "EHLO invites.example"
    assert box.send([]) == []


def test_connections_are_used_again(sink, opened):
    box = opened(sink)
    for _ in range(3):
        box.send(letters("a", "b"))
    assert (sink.connections, len(sink.mails)) == (1, 6)


def test_a_connection_that_lay_long_is_not_trusted(sink, opened, clock):
    box = opened(sink)
    box.send(letters("a"))
    clock.advance(31)
    box.send(letters("b"))
    assert sink.connections == 2


def test_no_more_connections_than_allowed(sink, opened):
    box = opened(sink, connections=2)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: box.send(letters(f"a{n}", f"b{n}")), range(16)))
    assert all(result == [Sent(), Sent()] for result in results)
    assert len(sink.mails) == 32
    assert sink.connections <= 2


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "."])
@pytest.mark.parametrize(
    ("answer", "word"),
    [("450 4.2.0 later", "later"), ("550 5.1.1 nobody\u00e9", "never"), ("530 5.7.0 log in", "later")],
)
def test_an_answer_about_one_letter_is_its_own_fate(sink, opened, verb, answer, word):
    sink.on(verb, "b@", answer)
    results = opened(sink).send(letters("a", "b", "c"))
    assert outcome(results) == ["ok", word, "ok"]
    assert results[1].reason == answer
    assert [mail.to for mail in sink.mails] == [["a@guests.example"], ["c@guests.example"]]
    assert sink.connections == 1


@pytest.mark.parametrize("answer", ["450 4.7.1 slow down", "550 5.7.1 this sender may not"])
def test_a_refused_sender_is_no_guests_fate(sink, opened, answer):
    sink.on("MAIL", "", answer)
    results = opened(sink).send(letters("a", "b"))
    assert outcome(results) == ["later", "later"]
    assert results[0].reason == answer


@pytest.mark.parametrize(
    ("verb", "answer", "trouble"),
    [
        ("RCPT", "450 4.2.0 later", Trouble.RECIPIENT),
        (".", "451 4.7.1 later", Trouble.RECIPIENT),
        (".", "454 Throttling failure: Maximum sending rate exceeded.", Trouble.RELAY),
        ("MAIL", "451 4.3.0 not now", Trouble.RELAY),
        ("MAIL", "550 5.7.1 you may not", Trouble.RELAY),
        ("RCPT", "530 5.7.0 log in", Trouble.RELAY),
        ("RCPT", "421 4.7.0 too many", Trouble.RELAY),
        ("EHLO", "421 busy", Trouble.RELAY),
        ("CONNECT", "554 not you", Trouble.RELAY),
        ("DATA", DROP, Trouble.CONNECTION),
        (".", DROP, Trouble.CONNECTION),
    ],
)
def test_whose_trouble_it_is_is_told(sink, opened, verb, answer, trouble):
    sink.on(verb, "", answer)
    (result,) = opened(sink).send(letters("a"))
    assert (result.is_temporary, result.trouble) == (True, trouble)


def test_several_lines_of_an_answer_are_one_reason(sink, opened):
    sink.on("RCPT", "", "550-5.1.1 no\r\n550 5.1.1 such user " + "x" * 500)
    (result,) = opened(sink).send(letters("a"))
    assert result.reason.startswith("550 5.1.1 no 5.1.1 such user xxx")
    assert len(result.reason) == 300


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize("trouble", [DROP, "421 4.3.2 closing", "what?", "999 odd", "1"])
def test_a_connection_that_breaks_is_made_anew_for_the_next(sink, opened, verb, trouble):
    sink.on(verb, "", trouble, None)
    assert outcome(opened(sink).send(letters("a", "b", "c"))) == ["later", "ok", "ok"]
    assert [mail.to for mail in sink.mails] == [["b@guests.example"], ["c@guests.example"]]
    assert sink.connections == 2


@pytest.mark.parametrize("trouble", [SILENCE, ENDLESS])
@pytest.mark.parametrize("verb", ["RCPT", "."])
def test_a_relay_that_stops_making_sense_is_given_up(sink, opened, verb, trouble):
    sink.on(verb, "", trouble)
    results = opened(sink, timeout=0.2).send(letters("a", "b", "c", "d"))
    assert outcome(results) == ["later"] * 4
    assert sink.connections == 2
    assert "the connection to the relay 127.0.0.1:" in results[0].reason


def test_a_reused_connection_that_died_is_opened_once_more(sink, opened):
    box = opened(sink)
    box.send(letters("a"))
    sink.hang_up()
    assert box.send(letters("b", "c")) == [Sent(), Sent()]
    sink.on("MAIL", "", "421 4.4.2 idle too long", None)
    assert box.send(letters("d")) == [Sent()]
    assert (sink.connections, len(sink.mails)) == (3, 4)


@pytest.mark.parametrize("greeting", [DROP, "554 5.3.2 not now", "421 busy", "nonsense"])
def test_a_relay_that_does_not_open_is_tried_later(sink, opened, greeting):
    sink.on("CONNECT", "", greeting)
    results = opened(sink).send(letters("a", "b", "c"))
    assert outcome(results) == ["later"] * 3
    assert sink.connections == 1
    assert f"the relay 127.0.0.1:{sink.port} cannot be used" in results[2].reason
    sink.on("CONNECT", "", None)


def test_a_relay_that_is_not_there_is_tried_later(opened):
    with Sink() as sink:
        pass
    assert outcome(opened(sink).send(letters("a"))) == ["later"]


def test_letters_beyond_ascii_need_the_relays_consent(sink, opened):
    box = opened(sink)
    unicode, german = letter("jörg@gäste.example"), letter("joerg@straße.example", raw=b"Subject: \xc3\xa9\r\n\r\n")
    assert box.send([unicode, german]) == [Sent(), Sent()]
    assert (sink.mails[0].to, sink.mails[0].options) == (["jörg@gäste.example"], "SMTPUTF8")
    # An ASCII local part can go to anybody: the domain has a form in ASCII.
    assert (sink.mails[1].to, sink.mails[1].options) == (["joerg@xn--strae-oqa.example"], "BODY=8BITMIME")
    with Sink(extensions=()) as old:
        results = opened(old).send([unicode, german, *letters("a")])
        assert outcome(results) == ["never", "ok", "ok"]
        assert "SMTPUTF8" in results[0].reason


@pytest.mark.parametrize("to", ["bob@x.example>\r\nRCPT TO:<eve@x.example", "a\x00@x.example", "\udcff@x.example"])
def test_an_address_is_no_command(sink, opened, to):
    assert outcome(opened(sink).send([letter(to), *letters("a")])) == ["never", "ok"]
    assert [mail.to for mail in sink.mails] == [["a@guests.example"]]


@pytest.mark.parametrize("how", ["plain", "starttls", "tls"])
def test_a_login_works_in_every_way(opened, how):
    with Sink(has_starttls=how == "starttls", is_tls=how == "tls", login=("us er", "p@ss:w/rd")) as sink:
        box = opened(sink, "us%20er:p%40ss%3Aw%2Frd")
        assert box.send(letters("a", "b")) == [Sent(), Sent()]
        assert (sink.mails[1].user, sink.mails[1].is_tls) == ("us er", how != "plain")


def test_a_wrong_login_is_tried_later_and_told_without_the_secret(opened):
    with Sink(login=("user", "right")) as sink:
        (result,) = opened(sink, "user:wrong-secret").send(letters("a"))
        assert outcome([result]) == ["later"]
        assert "535 5.7.8 wrong" in result.reason
        assert "secret" not in result.reason
        assert "wrong-secret" not in repr(parse("smtp://user:wrong-secret@x.example", "h", 1))


@pytest.mark.parametrize(
    ("has_starttls", "login", "word", "why"),
    [
        (False, "user:right", "later", "not sent in the clear"),
        (True, "user:right", "later", "certificate verify failed"),
        (True, "", "ok", ""),
        (False, "", "ok", ""),
    ],
)
def test_a_password_goes_only_to_who_can_prove_their_name(opened, monkeypatch, has_starttls, login, word, why):
    monkeypatch.setattr(Relay, "is_loopback", False)
    with Sink(has_starttls=has_starttls, login=("user", "right") if login else None) as sink:
        (result,) = opened(sink, login).send(letters("a"))
        assert outcome([result]) == [word]
        assert why in result.reason
        assert not any(command.startswith("AUTH") for command in sink.commands)
        assert [mail.is_tls for mail in sink.mails] == ([has_starttls] if word == "ok" else [])


@pytest.mark.parametrize(
    ("url", "port", "is_tls"),
    [
        ("smtp://relay.example", 25, False),
        ("smtp://u:p@relay.example", 587, False),
        ("smtps://u:p@relay.example", 465, True),
        ("smtp://relay.example:2525", 2525, False),
    ],
)
def test_ports_have_the_usual_defaults(url, port, is_tls):
    relay = parse(url, "invites.example", 1)
    assert (relay.host, relay.port, relay.is_tls, relay.is_loopback) == ("relay.example", port, is_tls, False)
    assert parse("smtp://localhost", "h", 1).is_loopback
    assert parse("smtp://[::1]:25", "h", 1).is_loopback


def test_the_engine_sends_by_the_relay_of_the_settings(tmp_path, sink):
    with open_engine(Settings(domain="invites.example", data_dir=tmp_path, relay=sink.url)) as engine:
        assert engine.lab is None
        assert engine.ports.outbox.send(letters("a")) == [Sent()]
    assert sink.commands[-1] == "QUIT"
    with pytest.raises(Refused, match="not ASCII"):
        open_engine(Settings(domain="invites.example", data_dir=tmp_path, relay="smtp://u:p%C3%A9@relay.example"))
