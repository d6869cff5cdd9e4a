"""Sending through real sockets to a relay that misbehaves: what reached the wire, and what is said of everybody."""

import threading

import pytest

from invited.admission import request_send
from invited.domain.job import Control, Phase
from invited.engines import open_engine
from invited.entrypoints.worker import work_off
from invited.jobs import Plan, begin, direct
from invited.messages import Attendee
from invited.settings import Settings
from tests.entrypoints.server import Server
from tests.entrypoints.test_serve import created, figures, send
from tests.facts import Clock, an_event
from tests.sink import DROP, SILENCE, Sink

GUESTS = [f"g{n}@d{n % 3}.example" for n in range(30)]


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["one by one", "pipelined"])
def sink(request):
    with Sink(extensions=request.param) as sink:
        yield sink


class House:
    """A server's inside: its engine on disk and the pipelines, worked by hand under a clock that is moved by hand."""

    def __init__(self, folder, relay, clock, **settings):
        self.settings = Settings(
            data_dir=folder, relay=relay, relay_timeout=settings.pop("timeout", 20), _env_file=None, **settings
        )
        self.clock = clock
        self.event = an_event()
        self.open()
        self.ports.store.add_event(self.event, 10)

    def open(self):
        self.embedded = open_engine(self.settings, now=self.clock)
        self.ports = self.embedded.ports

    def close(self):
        self.embedded.close()

    def invite(self, guests=GUESTS):
        self.job_id, _ = request_send(self.ports, self.event, [Attendee(guest) for guest in guests], "api")

    def work(self):
        while work_off(self.ports, self.embedded.queue):
            pass

    def passes(self, seconds, step=30):
        for _ in range(int(seconds / step)):
            self.clock.advance(step)
            self.work()

    @property
    def job(self):
        return self.ports.store.job(self.job_id)

    @property
    def counts(self):
        """Queued, sent and failed, which tell of everybody once."""
        found = self.job.figures
        assert found.queued + found.sent + found.failed + found.dropped == found.invitations
        return found.queued, found.sent, found.failed


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def house(tmp_path, clock):
    houses = []

    def house(sink, **settings):
        houses.append(House(tmp_path / "data", sink.url, clock, **settings))
        return houses[-1]

    yield house
    for one in houses:
        one.close()


def test_a_relay_that_defers_one_domain_gets_all_others_at_once(sink, house):
    sink.on("RCPT", "@d1.example", "451 4.7.1 try later", *["451 4.7.1 try later"] * 9, None)
    here = house(sink)
    here.invite()
    here.work()
    assert here.counts == (10, 20, 0)
    assert not any("@d1." in guest for guest in sink.reached)
    here.passes(300)
    assert here.counts == (0, 30, 0)
    assert sink.reached == sorted(GUESTS)


@pytest.mark.parametrize("verb", ["DATA", "."])
def test_a_relay_that_dies_in_data_costs_one_letter_a_second_try(sink, house, verb):
    """Before its body is out, a connection that was good until then lets it go by another at once."""
    sink.on(verb, "g7@", DROP, None)
    here = house(sink)
    here.invite()
    here.work()
    waiting, sent, _ = here.counts
    assert waiting == (verb == ".") or (waiting, verb) == (1, "DATA")
    assert sent == len(sink.reached) == 30 - waiting
    here.passes(120)
    assert here.counts == (0, 30, 0)
    assert sink.reached == sorted(GUESTS)


@pytest.mark.parametrize(("verb", "answer"), [("MAIL", "452 4.3.1 full"), ("EHLO", "421 busy"), ("CONNECT", DROP)])
def test_a_relay_that_refuses_us_is_left_alone_and_gets_everything_once_it_is_well(sink, house, verb, answer):
    trouble = [True]
    sink.on(verb, "", lambda: answer if trouble else None)
    here = house(sink)
    here.invite()
    here.work()
    assert here.counts == (30, 0, 0)
    seen = sink.connections
    here.work()
    assert sink.connections == seen
    trouble.clear()
    here.passes(120)
    assert here.counts == (0, 30, 0)
    assert sink.reached == sorted(GUESTS)


def test_a_relay_that_is_down_and_comes_back_gets_everything(sink, house):
    here = house(sink)
    here.invite()
    sink.on("CONNECT", "", DROP, DROP, DROP, DROP, None)
    here.work()
    assert (here.counts[1], sink.mails) == (0, [])
    here.passes(400)
    assert here.counts == (0, 30, 0)
    assert sink.reached == sorted(GUESTS)


def test_a_relay_that_falls_silent_is_tried_again(sink, house):
    sink.on(".", "g7@", SILENCE, None)
    here = house(sink, timeout=0.1)
    here.invite()
    here.work()
    here.passes(300)
    assert here.counts == (0, 30, 0)
    assert set(sink.reached) == set(GUESTS)


def test_with_a_slow_relay_what_is_out_is_remembered_as_it_goes(sink, house, clock):
    """The relay needs 20 seconds for each mail, by a clock that is moved by it."""
    told = []
    here = house(sink, relay_connections=1)

    def slowly():
        clock.advance(20)
        told.append(here.job.figures.sent)

    sink.on(".", "", slowly)
    here.invite([f"g{n}@x.example" for n in range(60)])
    work_off(here.ports, here.embedded.queue)
    work_off(here.ports, here.embedded.queue)
    # A claim must not run out while its batch is on the wire, so the rest of it comes again.
    assert here.counts == (35, 25, 0)
    assert told == [0] * 25
    here.work()
    assert here.counts == (0, 60, 0)
    assert told[25:] == [25] * 25 + [50] * 10
    assert sink.reached == sorted(f"g{n}@x.example" for n in range(60))


def test_a_job_is_paused_in_the_middle_resumed_and_stopped(sink, house, monkeypatch):
    monkeypatch.setattr("invited.messages.BATCH", 5)
    here = house(sink)
    asked = []

    def order(control):
        asked.append(control)
        direct(here.ports, here.job, control, set(Control))

    sink.on(".", "g3@", lambda: order(Control.PAUSED))
    here.invite()
    here.work()
    waiting, sent, _ = here.counts
    assert here.job.phase(here.clock()) is Phase.PAUSED
    assert waiting
    assert sent == len(sink.reached) == 30 - waiting
    here.passes(300)
    assert len(sink.reached) == sent
    order(Control.GOING)
    sink.on(".", "@", lambda: order(Control.STOPPED) if len(asked) == 2 else None)
    here.work()
    assert here.job.phase(here.clock()) is Phase.STOPPED
    figures = here.job.figures
    assert figures.queued == 0
    assert figures.sent + figures.dropped == 30
    assert len(sink.reached) == figures.sent
    assert len(set(sink.reached)) == figures.sent


def test_a_second_list_and_a_restart_send_nobody_the_same_twice(sink, house):
    here = house(sink)
    for job in ("one", "two"):
        begin(here.ports, here.event, Plan(job, "list"), ["\n".join(GUESTS).encode()])
    here.work()
    here.close()
    here.open()
    begin(here.ports, here.event, Plan("three", "list"), ["\n".join(GUESTS).encode()])
    here.work()
    assert sink.reached == sorted(GUESTS)
    assert here.ports.store.statistics(here.event.id).sent == 30


def is_started(server, *options):
    """The workers of a server that was killed hold its folder until what they have in hand is done."""
    try:
        server.start(*options)
    except AssertionError:
        return False
    return True


@pytest.mark.timeout(300)
@pytest.mark.parametrize("workers", [[], ["--workers", "2"]], ids=["one process", "two workers"])
def test_after_a_kill_only_what_was_not_yet_remembered_is_sent_twice(tmp_path, workers):
    guests = [f"g{n}@fan.test" for n in range(1_000)]
    gate = threading.Event()
    with Sink(extensions=["PIPELINING"]) as sink:
        # Of ten batches, of which six are on the wire at most, the relay takes so much that one is surely done.
        sink.on(".", "@fan.test", *[None] * 700, lambda: DROP if gate.wait(60) else None)
        server = Server(tmp_path / "data", relay=sink.url, public_url="https://invites.test")
        server.start(*workers)
        try:
            server.key = server.command("keys", "create", "--admin").stdout.strip()
            event = created(server)
            for start in (0, 500):
                send(server, event, guests[start : start + 500])
            server.until(lambda: len(sink.reached) == 700 and figures(server, event)["sent"], "the first mails")
            remembered = figures(server, event)["sent"]
            server.kill()
            gate.set()
            sink.on_again(".", "@fan.test")
            server.until(lambda: is_started(server, *workers), "the killed server's workers to let go of the folder")
            server.until(lambda: figures(server, event)["sent"] == 1_000, "all of them")
        finally:
            assert server.stop() == 0
    assert set(sink.reached) == set(guests)
    assert remembered >= 100
    assert len(sink.reached) <= 1_000 + 700 - remembered
