"""Any engine must tell so how it fares, and what DNS should say."""

from invited.dns import Purpose, purpose
from invited.messages import EventCreated


def test_what_waits_is_counted(engine, take):
    before = waiting(engine)
    engine.queue.publish([EventCreated("a"), EventCreated("b")])
    engine.queue.publish([EventCreated("c")], delay=60)
    assert waiting(engine) == before + 3
    assert len(take()) == 2
    assert waiting(engine) == before + 1


def waiting(engine):
    """Ready or not: in an emulator what is held may be taken at once, and goes round."""
    return sum(queue.ready + queue.later for queue in engine.site.vitals().queues)


def test_dead_letters_are_counted(engine, bury):
    engine.queue.publish([EventCreated("a"), EventCreated("b")])
    bury("no")
    assert engine.site.vitals().dead == 2


def test_each_domain_has_its_records(engine):
    told = [(record.name, purpose(record)) for record in engine.site.records()]
    for domain in engine.settings.domain:
        assert {(domain, Purpose.MX), (domain, Purpose.SPF), (f"_dmarc.{domain}", Purpose.DMARC)} <= set(told)
