"""The bulk client's own: many connections, pipelining on the wire, AUTH LOGIN. The rest is in test_outbox."""

import base64
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from invited.engines.embedded.relay import parse
from invited.engines.embedded.smtp_client import BulkClient
from invited.engines.embedded.smtp_client.batch import Batch
from invited.ports import Letter, Sent
from tests.sink import DROP, SILENCE, Sink


@pytest.fixture
def opened(clock):
    """Clients to a URL, closed in the end."""
    clients = []

    def opened(url, connections=4, timeout=20.0, **options):
        clients.append(BulkClient(parse(url, "invites.example", timeout), connections, clock, **options))
        return clients[-1]

    yield opened
    for client in clients:
        client.close()


@pytest.fixture
def sink():
    with Sink(extensions=["PIPELINING"]) as sink:
        yield sink


def letters(count, size=10):
    return [Letter("rsvp@x.example", f"{n}@guests.example", b"x" * size + b"\r\n") for n in range(count)]


def addresses(sink):
    return sorted(int(mail.to[0].partition("@")[0]) for mail in sink.mails)


def test_a_batch_is_shared_among_the_connections(sink, opened):
    client = opened(sink.url)
    assert client.send(letters(100)) == [Sent()] * 100
    assert addresses(sink) == list(range(100))
    assert 1 < sink.connections <= 4
    client.send(letters(4))
    assert sink.connections <= 4


def test_results_stand_in_the_letters_order(sink, opened):
    for n in range(0, 100, 7):
        sink.on("RCPT", f"<{n}@", f"550 no {n}")
    for n, result in enumerate(opened(sink.url).send(letters(100))):
        assert result == (Sent() if n % 7 else Sent(is_permanent=True, reason=f"550 no {n}"))


def test_a_connection_carries_only_so_many(sink, opened):
    assert opened(sink.url, connections=1, max_letters=10).send(letters(35)) == [Sent()] * 35
    assert sink.connections == 4
    assert sum(command == "QUIT" for command in sink.commands) <= 4


def test_bodies_larger_than_every_buffer_pass(sink, opened):
    batch = letters(3, size=3_000_000)
    assert opened(sink.url, connections=1).send(batch) == [Sent()] * 3
    assert [mail.raw for mail in sink.mails] == [letter.raw for letter in batch]


def test_large_bodies_pass_over_tls(opened):
    with Sink(extensions=["PIPELINING"], is_tls=True) as sink:
        batch = letters(3, size=3_000_000)
        assert opened(sink.url, connections=1).send(batch) == [Sent()] * 3
        assert [mail.raw for mail in sink.mails] == [letter.raw for letter in batch]


@pytest.mark.parametrize("trouble", [DROP, SILENCE])
def test_a_letter_that_kills_its_connection_takes_no_other_with_it(sink, opened, trouble):
    sink.on(".", "0@guests", trouble)
    sink.on(".", "5@guests", trouble)
    results = opened(sink.url, connections=1, timeout=0.3).send(letters(8))
    assert [n for n, result in enumerate(results) if result.is_temporary] == [0, 5]
    assert addresses(sink) == [1, 2, 3, 4, 6, 7]


def test_a_relay_that_takes_fewer_connections_is_used_as_far_as_it_goes(sink, opened):
    sink.on("CONNECT", "", None, "421 too many connections")
    assert opened(sink.url).send(letters(64)) == [Sent()] * 64


def test_a_relay_that_ends_sessions_early_still_gets_every_letter_once(sink, opened):
    sink.on("MAIL", "", None, None, None, "421 enough", None, None, DROP, None)
    assert opened(sink.url, connections=1).send(letters(9)) == [Sent()] * 9
    assert addresses(sink) == list(range(9))


def test_threads_share_the_client(sink, opened):
    client = opened(sink.url, connections=3)
    with ThreadPoolExecutor(6) as pool:
        batches = list(pool.map(lambda _: client.send(letters(20)), range(12)))
    assert batches == [[Sent()] * 20] * 12
    assert sink.connections <= 3


def test_a_closed_client_still_sends_and_keeps_nothing(sink, opened):
    client = opened(sink.url)
    client.send(letters(1))
    client.close()
    assert client.send(letters(2)) == [Sent()] * 2
    assert sink.connections == 2


def serve_once(dialogue):
    """A server for one connection: pairs of how a line begins and what is answered; its port and thread."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run():
        with listener, listener.accept()[0] as connection, connection.makefile("rb") as lines:
            for expected, answer in dialogue:
                if expected:
                    assert lines.readline().startswith(expected)
                connection.sendall(answer)
            lines.read()

    thread = threading.Thread(target=run)
    thread.start()
    return listener.getsockname()[1], thread


def test_login_is_spoken_where_there_is_no_plain(opened):
    dialogue = [
        (b"", b"220 hi\r\n"),
        (b"EHLO invites.example", b"250-x\r\n250 AUTH LOGIN\r\n"),
        (b"AUTH LOGIN", b"334 VXNlcm5hbWU6\r\n"),
        (base64.b64encode(b"user"), b"334 UGFzc3dvcmQ6\r\n"),
        (base64.b64encode(b"secret"), b"235 ok\r\n"),
        (b"MAIL", b"250 ok\r\n"),
        (b"RCPT", b"250 ok\r\n"),
        (b"DATA", b"354 ok\r\n"),
        (b"xxxxxxxxxx", b""),
        (b".", b"250 ok\r\n"),
    ]
    port, thread = serve_once(dialogue)
    client = opened(f"smtp://user:secret@127.0.0.1:{port}")
    assert client.send(letters(1)) == [Sent()]
    client.close()
    thread.join()


def test_words_slipped_in_before_tls_are_not_believed(opened):
    dialogue = [
        (b"", b"220 hi\r\n"),
        (b"EHLO", b"250-x\r\n250 STARTTLS\r\n"),
        (b"STARTTLS", b"220 go on\r\n250-evil\r\n250 PIPELINING\r\n"),
    ]
    port, thread = serve_once(dialogue)
    (result,) = opened(f"smtp://127.0.0.1:{port}").send(letters(1))
    assert result.is_temporary
    assert "before TLS" in result.reason
    thread.join()


def test_a_server_of_old_is_greeted_by_helo(sink, opened):
    sink.on("EHLO", "", "502 what")
    sink.on("HELO", "", "250 hello")
    assert opened(sink.url).send(letters(2)) == [Sent()] * 2


def carried(batch, *carriers):
    """The places that each carrier takes, asking in turn."""
    return [taken and taken[0] for taken in (batch.take(carrier) for carrier in carriers)]


def test_a_domain_is_carried_by_no_more_than_its_share():
    names = ["a@slow.example", "b@slow.example", "c@fast.example", "d@fast.example", "e@slow.example"]
    batch = Batch([Letter("", name, b"") for name in names], {"slow.example": 1})
    assert carried(batch, "one", "two", "three", "two") == [0, 2, 3, None]
    assert carried(batch, "one") == [1]
    batch.settle(0, Sent())
    assert carried(batch, "two") == [None]
    batch.put_back(1, Sent(is_temporary=True), counts=True)
    assert carried(batch, "two", "one") == [1, None]
    batch.settle(1, Sent())
    assert carried(batch, "one", "two") == [4, None]


def test_no_more_connections_carry_mail_to_one_domain_than_may(opened):
    with Sink() as sink:
        lock, here, most = threading.Lock(), Counter(), Counter()

        def count(domain, step):
            with lock:
                here[domain] += step
                most[domain] = max(most[domain], here[domain])

        both = threading.Barrier(2)
        # Two connections must carry the one at the same time, or none gets on; the other never has two.
        sink.on("RCPT", "@two.example", lambda: both.wait(20) < 0 or None)
        sink.on("RCPT", "@one.example", lambda: count("one", 1))
        sink.on(".", "@one.example", lambda: count("one", -1))
        client = opened(sink.url, connections=4, per_domain=2)
        client.send([Letter("", f"{n}@two.example", b"\r\n") for n in range(16)])
        client = opened(sink.url, connections=8, per_domain=1)
        batches = [[Letter("", f"{n}-{m}@one.example", b"\r\n") for m in range(16)] for n in range(4)]
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(client.send, batches)) == [[Sent()] * 16] * 4
        assert most["one"] == 1
        assert len(sink.mails) == 80
