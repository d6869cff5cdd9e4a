"""The handlers that Lambda calls, with the events that it hands them."""

import json

import pytest

from invited.credentials import new_key
from invited.entrypoints import lambdas
from invited.messages import EventCreated
from tests.aws.pump import polled
from tests.facts import an_event


@pytest.fixture
def deployed(house, monkeypatch):
    monkeypatch.setattr(lambdas, "_engine", lambda: house.engine)
    lambdas._web.cache_clear()
    yield house
    lambdas._web.cache_clear()


def request(path, method="GET", body=None, **headers):
    """A request as API Gateway's REST API hands it over."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {"Host": "invites.test", **headers},
        "multiValueHeaders": {name: [value] for name, value in {"Host": "invites.test", **headers}.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "r1", "stage": "prod", "identity": {"sourceIp": "192.0.2.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


def test_the_api_answers(deployed):
    answer = lambdas.web(request("/api/v1/openapi.json"), None)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["info"]["title"] == "invited"
    refused = lambdas.web(request("/api/v1/events/none"), None)
    assert refused["statusCode"] == 401
    assert json.loads(refused["body"])["remedy"]


def test_a_batch_is_handled_and_measured(deployed, capsys):
    deployed.ports.queue.publish([EventCreated("nowhere"), EventCreated("nowhere")])
    records = polled(deployed.sqs, deployed.queues[2].url)
    assert lambdas.work({"Records": records}, None) == {"batchItemFailures": []}
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    (measured,) = (line for line in told if "_aws" in line)
    assert (measured["handler"], measured["Records"], measured["PutOff"]) == ("work", [2.0], [0.0])


@pytest.mark.parametrize("handler", [lambdas.mail, lambdas.feedback, lambdas.wake])
def test_one_bad_record_comes_again_and_the_others_are_done(deployed, handler):
    deployed.sqs.send_message(QueueUrl=deployed.queues[0].url, MessageBody="bad")
    (bad,) = polled(deployed.sqs, deployed.queues[0].url)
    answer = handler({"Records": [bad]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    (again,) = polled(deployed.sqs, deployed.queues[0].url)
    assert again["messageId"] == bad["messageId"]


def test_the_stream_is_counted_by_shard(deployed):
    guest = an_event()
    deployed.ports.store.add_event(guest, 1)
    image = {"pk": {"S": f"E#{guest.id}#03"}, "sk": {"S": "t"}, "job": {"S": "j1"}}
    image["counts"] = {"S": '{"invitations":1}'}
    change = {"SequenceNumber": "111", "NewImage": image, "Keys": {}}
    event = {"Records": [{"dynamodb": change}, {"dynamodb": {"SequenceNumber": "112"}}], "shardId": "s1"}
    for _ in range(2):
        assert lambdas.count(event, None) == {"state": {}, "batchItemFailures": []}
    assert lambdas.count({"Records": [], "shardId": "s1", "isFinalInvokeForWindow": True}, None)["state"] == {}
    assert lambdas.records.counters.read(deployed.engine.table, "job:j1") == {"invitations": 1}
    with pytest.raises(KeyError):
        lambdas.count({"Records": [{"dynamodb": change}]}, None)


def test_an_event_that_is_stored_can_be_asked_for(deployed):
    event = an_event()
    deployed.ports.store.add_event(event, 1)
    key, text = new_key(True, None, deployed.clock())
    deployed.ports.store.add_key(key)
    answer = lambdas.web(request(f"/api/v1/events/{event.id}", Authorization=f"Bearer {text}"), None)
    assert (answer["statusCode"], json.loads(answer["body"])["id"]) == (200, event.id)


def test_no_stream_keeps_a_lambda_waiting(deployed):
    event = an_event()
    deployed.ports.store.add_event(event, 1)
    key, text = new_key(True, None, deployed.clock())
    deployed.ports.store.add_key(key)
    asked = request(f"/api/v1/events/{event.id}/live", Authorization=f"Bearer {text}")
    answer = lambdas.web(asked, None)
    assert (answer["statusCode"], json.loads(answer["body"])["type"]) == (501, "/problems/no-streams")
    assert "without `/live`" in json.loads(answer["body"])["remedy"]
