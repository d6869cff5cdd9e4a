from invited.messages import NudgeRequested


def test_a_reminder_is_ordered(client, owner, event, engine, invited):
    invited(event, "a@x.example", "b@x.example")
    answer = client.post("/api/v1/events/event1/nudges", headers=owner)
    assert (answer.status_code, answer.json()) == (202, {"unanswered": 2})
    assert engine.queue == [NudgeRequested("event1")]
