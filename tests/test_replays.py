"""All dead letters of a kind tried again."""

from invited import replays
from invited.engines import open_engine
from invited.messages import DeliveryDue, EventCreated
from invited.settings import Settings
from tests.facts import Clock


def buried(engine, *messages):
    engine.ports.queue.publish(messages)
    for taken in engine.queue.take(1000, 60):
        engine.queue.bury(taken.handle, "no")


def test_so_many_of_a_kind_are_replayed_newest_first(tmp_path, monkeypatch):
    monkeypatch.setattr(replays, "MOST", 2)
    with open_engine(Settings(data_dir=tmp_path), memory=True, now=Clock()) as engine:
        buried(engine, EventCreated("a"), EventCreated("b"), EventCreated("c"), DeliveryDue("d", ()))
        dead = engine.ports.dead_letters
        assert replays.replay_all(dead, "EventCreated") == (2, True)
        again = [taken.message for taken in engine.queue.take(10, 60)]
        assert sorted(message.event_id for message in again) == ["b", "c"]
        assert replays.replay_all(dead, "EventCreated") == (1, False)
        assert replays.replay_all(dead, "EventCreated") == (0, False)
        assert [letter.kind for letter in dead.page()] == ["DeliveryDue"]
