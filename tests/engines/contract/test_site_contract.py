"""Any engine must tell so how it fares, and what DNS should say."""

from invited.dns import Purpose, purpose
from invited.messages import EventCreated


def test_what_waits_is_counted(engine, take):
    before = waiting(engine)
    engine.queue.publish([EventCreated("a"), EventCreated("b")])
    engine.queue.publish([EventCreated("c")], delay=60)
    assert waiting(engine) == (before[0] + 2, before[1] + 1)
    assert len(take()) == 2
    assert waiting(engine)[0] == before[0]


def waiting(engine):
    queues = engine.site.vitals().queues
    return sum(queue.ready for queue in queues), sum(queue.later for queue in queues)


def test_dead_letters_are_counted(engine, bury):
    engine.queue.publish([EventCreated("a"), EventCreated("b")])
    bury("no")
    assert engine.site.vitals().dead == 2


def test_each_domain_has_its_records(engine):
    told = [(record.name, purpose(record)) for record in engine.site.records()]
    for domain in engine.settings.domain:
        assert {(domain, Purpose.MX), (domain, Purpose.SPF), (f"_dmarc.{domain}", Purpose.DMARC)} <= set(told)
