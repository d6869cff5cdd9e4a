"""Calls over real sockets: what is sent, where it may go, and that no receiver can hold us up."""

import json
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from invited.engines.courier import MAX_ANSWER, SHOWN, HttpCourier

BODY = json.dumps({"é": 1}).encode()


class Receiver(ThreadingHTTPServer):
    """Takes calls on loopback; `answer` is status, headers and body."""

    daemon_threads = True

    def __init__(self, answer=(200, {}, b"thanks")):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.calls = answer, []
        self.port = self.server_address[1]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers.items()), body))
        status, headers, answer = self.server.answer
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(answer))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver():
    with running(Receiver()) as server:
        yield server


@contextmanager
def raw(*pieces, holds=False):
    """A server that says `pieces` to whoever connects, one after the other, and then hangs up or stays silent."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)
                if holds:
                    done.wait(20)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            done.set()
            thread.join()


def test_a_call_arrives_as_it_was_handed_over(receiver):
    url = f"http://localhost:{receiver.port}/in/%7Eann?a=b&c"
    answer = HttpCourier(is_private_allowed=True).post(url, {"webhook-id": "msg_1"}, BODY)
    assert (answer.status, answer.text) == (200, "thanks")
    ((path, headers, body),) = receiver.calls
    assert (path, body) == ("/in/%7Eann?a=b&c", BODY)
    assert headers["Host"] == f"localhost:{receiver.port}"
    assert headers["webhook-id"] == "msg_1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_no_call_goes_into_our_own_network(receiver, host):
    answer = HttpCourier().post(f"http://{host}:{receiver.port}/", {}, BODY)
    assert (answer.status, receiver.calls) == (0, [])
    assert "private network" in answer.text
    assert "127.0.0.1" not in answer.text


def test_one_private_address_among_public_ones_is_enough(receiver, monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, receiver.port)) for host in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert "private network" in HttpCourier().post(f"http://x.example:{receiver.port}/", {}, BODY).text


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(receiver, monkeypatch):
    """The name is public when it is checked and would be ours a moment later: the call goes to the first address."""
    names, connected = iter(["8.8.8.8", "127.0.0.1"]), []
    family = (socket.AF_INET, socket.SOCK_STREAM, 6, "")

    def look_up(host, port, **_):
        return [(*family, (next(names), port))]

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    answer = HttpCourier().post(f"http://x.example:{receiver.port}/", {}, BODY)
    assert connected == [("8.8.8.8", receiver.port)]
    assert next(names) == "127.0.0.1"
    assert (answer.status, answer.text) == (0, "no connection: Connection refused")


def test_no_redirect_is_followed(receiver):
    with running(Receiver((302, {"Location": f"http://127.0.0.1:{receiver.port}/"}, b"over there"))) as first:
        answer = HttpCourier(is_private_allowed=True).post(f"http://127.0.0.1:{first.port}/", {}, BODY)
    assert (answer.status, receiver.calls) == (302, [])


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@contextmanager
def secured(authority, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    server = Receiver()
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with running(server):
        yield server


@pytest.mark.parametrize(("name", "status"), [("localhost", 200), ("x.example", 0)])
def test_tls_must_prove_the_name_although_an_address_is_called(authority, name, status):
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with secured(authority, name) as server:
        url = f"https://localhost:{server.port}/"
        answer = HttpCourier(is_private_allowed=True, trust=trust).post(url, {}, BODY)
        stranger = HttpCourier(is_private_allowed=True).post(url, {}, BODY)
    assert answer.status == status
    assert ("TLS failed" in answer.text) == (not status)
    assert stranger.text.startswith("TLS failed: ")


def test_a_silent_receiver_is_given_up():
    with raw(holds=True) as url:
        answer = HttpCourier(is_private_allowed=True, seconds=0.2).post(url, {}, BODY)
    assert (answer.status, answer.text) == (0, "no answer within 0.2 seconds")


def test_a_receiver_that_drips_is_given_up():
    with raw(b"HTTP/1.1 200 OK\r\nX: ", holds=True) as url:
        assert HttpCourier(is_private_allowed=True, seconds=0.2).post(url, {}, BODY).status == 0


def test_a_status_counts_whatever_becomes_of_the_rest():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun"
    with raw(head, holds=True) as url:
        assert HttpCourier(is_private_allowed=True, seconds=0.2).post(url, {}, BODY).status == 200
    with raw(head) as url:
        assert HttpCourier(is_private_allowed=True).post(url, {}, BODY).status == 200


def test_no_more_of_an_answer_is_read_or_kept_than_said():
    head = b"HTTP/1.1 500 No\r\nContent-Length: 1000000\r\n\r\n"
    with raw(head, b"x" * MAX_ANSWER, holds=True) as url:
        answer = HttpCourier(is_private_allowed=True).post(url, {}, BODY)
    assert (answer.status, answer.text) == (500, "x" * SHOWN)


def test_what_is_kept_is_one_printable_line():
    with raw(b"HTTP/1.1 400 No\r\nContent-Length: 12\r\n\r\na\r\n\x1b[31m\xffb\x00c") as url:
        assert HttpCourier(is_private_allowed=True).post(url, {}, BODY).text == "a [31m\ufffdb c"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9999])
def test_what_is_no_http_is_told(said):
    with raw(said) as url:
        answer = HttpCourier(is_private_allowed=True).post(url, {}, BODY)
    assert answer.status == 0
    assert answer.text


def test_a_name_that_is_not_known_is_told():
    answer = HttpCourier().post("https://nowhere.invalid/", {}, BODY)
    assert (answer.status, answer.text) == (0, "the host's name is not known")


def test_a_port_where_nobody_listens_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = HttpCourier(is_private_allowed=True).post(f"http://127.0.0.1:{port}/", {}, BODY)
    assert (answer.status, answer.text) == (0, "no connection: Connection refused")
