"""The ports on AWS, each by itself: what they do where AWS does not do as it is told."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from invited.domain.errors import Refused, Temporary
from invited.domain.event import Component
from invited.domain.job import Job
from invited.domain.statistics import Statistics
from invited.engines.aws import places, room
from invited.engines.aws.engine import AwsEngine
from invited.engines.aws.outbox import SesOutbox
from invited.engines.aws.pace import Pace
from invited.engines.aws.parcels import MAX_BODY
from invited.engines.aws.queue import AwsQueue, Road
from invited.messages import Attendee, EventCreated, SendRequested
from invited.ports import Letter, Sent
from tests.aws import stack
from tests.aws.pump import Pump, polled
from tests.facts import NOW, a_mail, an_event, an_invitation

LETTER = Letter(f"rsvp+{'a' * 16}-{'b' * 16}@invites.example", "bob@guests.example", b"Subject: Ball\r\n\r\nCome!")


@pytest.fixture
def engine(aws_client, settings, clock):
    with stack.SettledEngine(stack.made(aws_client, settings.data_dir), aws_client, clock) as engine:
        yield engine


@pytest.fixture
def pump(aws_client, engine):
    url, dead = stack.queue(aws_client, f"{engine.ports.settings.aws_table}-all")
    stack.subscribe(aws_client, engine.ports.settings.aws_topic, url)
    return Pump(aws_client, engine, url, dead)


def fault(code, status=400, message="no"):
    told = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "Operation")


class Failing:
    """A client that raises for the first of its answers, or gives them."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def _answer(self, **request):
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    send_email = publish_batch = send_message_batch = _answer


def sent(*answers, letter=LETTER, configuration_set="invited"):
    client = Failing(*answers)
    box = SesOutbox(client, configuration_set, Pace(1000))
    (result,) = box.send([letter])
    box.close()
    return result, client.asked


def test_a_letter_goes_as_it_is_with_tags_that_say_whose_it_is():
    result, (asked,) = sent({"MessageId": "m"})
    assert result == Sent()
    assert asked == {
        "Content": {"Raw": {"Data": LETTER.raw}},
        "Destination": {"ToAddresses": ["bob@guests.example"]},
        "ConfigurationSetName": "invited",
        "EmailTags": [{"Name": "event", "Value": "a" * 16}, {"Name": "token", "Value": "b" * 16}],
    }
    _, (notice,) = sent({}, letter=Letter("", "bob@bücher.example", b""), configuration_set="")
    assert notice["Destination"] == {"ToAddresses": ["bob@xn--bcher-kva.example"]}
    assert notice.keys() == {"Content", "Destination"}


@pytest.mark.parametrize(
    ("error", "is_permanent"),
    [
        (fault("TooManyRequestsException", 429), False),
        (fault("LimitExceededException"), False),
        (fault("SendingPausedException"), False),
        (fault("AccountSuspendedException"), False),
        (fault("NotFoundException", 404, "Configuration set <invited> does not exist"), False),
        (fault("Anything", 503), False),
        (ConnectTimeoutError(endpoint_url="https://email.example"), False),
        (fault("MessageRejected", 400, "Email address is not verified."), False),
        (fault("MessageRejected"), True),
        (fault("BadRequestException", 400, "Missing final '@domain'"), True),
    ],
)
def test_what_time_may_cure_is_temporary(error, is_permanent):
    result, _ = sent(error)
    assert (result.is_permanent, result.is_temporary) == (is_permanent, not is_permanent)
    assert result.reason


def test_an_address_that_ses_cannot_write_to_is_final():
    result, asked = sent({}, letter=Letter("", "jürgen@guests.example", b""))
    assert result.is_permanent
    assert asked == []


def test_a_pace_is_steady_whoever_asks():
    slept, now = [], SimpleNamespace(at=10.0)
    pace = Pace(4, clock=lambda: now.at, sleep=slept.append)
    for _ in range(3):
        pace.wait()
    now.at += 10
    pace.wait()
    assert slept == [0.25, 0.5]


def queue(sns, clock, **changes):
    road = Road(sns, changes.get("sqs"), "topic", "delays")
    return AwsQueue(road, SimpleNamespace(), clock, longest=900)


def failed(*places, is_ours=False):
    return {"Failed": [{"Id": str(place), "Code": "x", "SenderFault": is_ours} for place in places]}


def test_what_a_batch_did_not_take_is_handed_over_again(clock):
    sns = Failing(failed(1, 3), failed(3), {})
    queue(sns, clock).publish([EventCreated(f"e{n}") for n in range(5)])
    ids = [[entry["Id"] for entry in asked["PublishBatchRequestEntries"]] for asked in sns.asked]
    assert ids == [["0", "1", "2", "3", "4"], ["1", "3"], ["3"]]


def test_what_is_never_taken_is_told(clock):
    with pytest.raises(Temporary, match="1 of 2"):
        queue(Failing(failed(1)), clock).publish([EventCreated("a"), EventCreated("b")])
    with pytest.raises(ValueError, match="refused"):
        queue(Failing(failed(1, is_ours=True)), clock).publish([EventCreated("a"), EventCreated("b")])
    with pytest.raises(Temporary, match="Throttl"):
        queue(Failing(fault("Throttled", 429)), clock).publish([EventCreated("a")])


def test_batches_are_small_enough(clock):
    sns = Failing({})
    long = "x" * 100_000
    queue(sns, clock).publish([*(EventCreated(str(n)) for n in range(25)), *(EventCreated(long) for _ in range(3))])
    assert [len(asked["PublishBatchRequestEntries"]) for asked in sns.asked] == [10, 10, 7, 1]


def test_a_day_is_held_a_quarter_of_an_hour_at_a_time(clock):
    sqs = Failing({})
    for delay in (86_400, 0.5):
        queue(None, clock, sqs=sqs).publish([EventCreated("a")], delay)
    (day,), (moment,) = (asked["Entries"] for asked in sqs.asked)
    assert (day["DelaySeconds"], moment["DelaySeconds"]) == (900, 1)
    assert day["MessageAttributes"]["due"]["StringValue"] == (NOW + timedelta(days=1)).isoformat()


def test_a_message_of_any_size_and_script_arrives(engine, pump):
    people = tuple(Attendee(f"{n:03}@{'x' * 200}.example", "ü\U0001f600\ufffe\x7f" * 20) for n in range(500))
    message = SendRequested("event", "job", "api", people)
    engine.ports.queue.publish([message, EventCreated("\ufffe\x01é")])
    found = pump.all_due()
    assert sorted(map(repr, found)) == sorted(map(repr, [message, EventCreated("\ufffe\x01é")]))
    assert len(repr(people)) > MAX_BODY


def test_a_queue_gets_the_kinds_that_are_its_own(engine, aws_client):
    settings = engine.ports.settings
    url, _ = stack.queue(aws_client, f"{settings.aws_table}-own")
    stack.subscribe(aws_client, settings.aws_topic, url, ["SendRequested"])
    engine.ports.queue.publish([EventCreated("a"), SendRequested("event", "job", "api", ())])
    (record,) = polled(aws_client("sqs"), url)
    assert record["messageAttributes"]["kind"]["stringValue"] == "SendRequested"


def test_mails_of_ses_and_ours_are_told_by_day_and_time(engine, clock):
    archive, keys = engine.archive, []
    for day in range(3):
        clock.at = NOW + timedelta(days=day)
        keys.append(archive.put(b"ours", [a_mail(key="")]))
        engine.objects.put(f"inbound/ses{day}", b"theirs")
        keys.append(f"{int((clock.at + timedelta(seconds=1)).timestamp() * 10**6):015x}.ses{day}")
        for _ in range(2):
            archive.note([a_mail(key=keys[-1])])
    assert [mail.key for mail in archive.mails()] == keys
    assert [mail.key for mail in archive.mails(after=keys[2], limit=2)] == keys[3:5]
    assert [archive.get(key) for key in keys[:2]] == [b"ours", b"theirs"]


def test_an_engine_says_what_it_lacks(settings, clock):
    with pytest.raises(Refused, match="INVITED_AWS_TABLE, INVITED_AWS_BUCKET"):
        AwsEngine(settings, now=clock, client=lambda _: None)


def test_a_secret_that_is_none_is_refused(aws_client, settings, clock):
    made = stack.made(aws_client, settings.data_dir)
    aws_client("secretsmanager").put_secret_value(SecretId=made.aws_secret, SecretString="short")
    with pytest.raises(Refused, match="5 octets"):
        AwsEngine(made, now=clock, client=aws_client)


def test_an_event_that_no_item_can_hold_is_refused(engine):
    import random

    digits = random.Random(1).choices("0123456789abcdefghijklmnopqrstuvwxyz", k=400_000)
    facts = an_event()
    (component,) = facts.components
    told = {name: getattr(component, name) for name in component.__slots__} | {"description": "".join(digits)}
    with pytest.raises(Refused, match="larger than can be kept"):
        engine.ports.store.add_event(an_event(components=(Component(**told),)), 10)


def test_those_of_a_job_are_found_among_others(engine):
    store = engine.ports.store
    event = an_event()
    store.add_event(event, 10)
    tokens = [f"{letter}{n}" for letter in "2acegikmoqsuwy7" for n in range(20)]
    store.admit(event.id, [an_invitation(event.id, token, job="many") for token in tokens], 1000)
    store.admit(event.id, [an_invitation(event.id, token, job="man") for token in ("z1", "21", "b1", "b2")], 1000)
    assert [i.token for i in store.invitations(event.id, job="man")] == ["b1", "b2", "z1"]
    assert [i.token for i in store.invitations(event.id, job="many", limit=1000)] == sorted(tokens)
    assert [i.token for i in store.invitations(event.id, limit=1000)] == sorted({*tokens, "b1", "b2", "z1"})


def test_room_that_somebody_held_who_died_is_found_again(engine, clock):
    store, table = engine.ports.store, engine.table
    event = an_event()
    store.add_event(event, 10)
    assert room.hold(table, event.id, 3, 3, clock())
    guests = [an_invitation(event.id, token, job="j") for token in ("2a", "3a", "4a", "5a")]
    assert len(store.admit(event.id, guests, 3).over) == 4
    later = [replace(guest, created=NOW + room.STALE * 2) for guest in guests]
    admitted = store.admit(event.id, later, 3)
    assert (admitted.added, admitted.over) == (("2a", "3a", "4a"), ("5a",))
    assert store.statistics(event.id).invitations == 3


def test_room_is_never_given_twice_while_somebody_is_at_it(engine, clock):
    store, table = engine.ports.store, engine.table
    event = an_event()
    store.add_event(event, 10)
    assert room.hold(table, event.id, 2, 3, clock())
    admitted = store.admit(event.id, [an_invitation(event.id, token, job="j") for token in ("2a", "3a")], 3)
    assert (admitted.added, admitted.over) == (("2a",), ("3a",))


def test_those_of_a_small_job_are_found_by_the_index(engine):
    store = engine.ports.store
    event = an_event()
    store.add_event(event, 10)
    store.open_job(Job("few", event.id, "api", NOW, Statistics()))
    store.open_job(Job("many", event.id, "list", NOW, Statistics()))
    tokens = [f"{letter}{n}" for letter in "2agmsy7" for n in range(3)]
    store.admit(event.id, [an_invitation(event.id, token, job="many", origin="list") for token in tokens], 1000)
    store.admit(event.id, [an_invitation(event.id, token, job="few", origin="api") for token in ("z1", "29")], 1000)
    assert [i.token for i in store.invitations(event.id, job="few")] == ["29", "z1"]
    assert [i.token for i in store.invitations(event.id, job="many", after="g1", limit=3)] == ["g2", "m0", "m1"]


def test_who_comes_by_the_door_makes_nobody_wait_and_is_counted(engine):
    store = engine.ports.store
    event = an_event()
    store.add_event(event, 10)
    store.open_job(Job("today", event.id, "button", NOW, Statistics()))
    for token in ("2a", "3a", "4a", "4a"):
        store.admit(event.id, [an_invitation(event.id, token, job="today", origin="button")], 3)
    assert store.admit(event.id, [an_invitation(event.id, "5a", job="today", origin="button")], 3).over == ("5a",)
    assert (store.statistics(event.id).invitations, store.job("today").figures.invitations) == (3, 3)
    assert engine.table.get(places.room(event.id))["taken"] == 3
