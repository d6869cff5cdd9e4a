"""The deployed stack, as SES, an organizer's program and a browser meet it."""

import http.client
import json
import time
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

from tests.aws import ses
from tests.aws.stack import Stream

DMARC = b"Authentication-Results: amazonses.com; dmarc=pass header.from="
"""What SES writes on top of a mail whose sender is proven."""

MOST = 400
"""Seconds within which anything happens, on the slowest of machines."""


class Deployed:
    """`outputs` are those of the stack, `sink` has the mails that went, `relay` their tags."""

    def __init__(self, client, url, outputs, settings, sink, relay):
        self.client = client
        self.outputs = outputs
        self.sink = sink
        self.relay = relay
        self.port = int(url.rpartition(":")[2])
        self.key = ""
        self._numbers = iter(range(10_000))
        self._stream = Stream(client, settings)
        _, _, host, self.stage = outputs["ApiUrl"].split("/")
        self.host = f"{host.partition('.')[0]}.execute-api.localhost:{self.port}"
        gateway = client("apigateway")
        self.gateway_key = gateway.get_api_key(apiKey=outputs["DeveloperKey"], includeValue=True)["value"]

    def receive(self, sender, recipient, raw):
        """A mail comes: SES puts it into the bucket and says so."""
        at = datetime.now(UTC)
        if sender:
            raw = DMARC + sender.partition("@")[2].encode() + b"\r\n" + raw
        message_id = sha256(raw + str(next(self._numbers)).encode()).hexdigest()[:40]
        bucket = self.outputs["Bucket"]
        self.client("s3").put_object(Bucket=bucket, Key=f"inbound/{message_id}", Body=raw)
        told = ses.notice(bucket, message_id, sender, [recipient], at)
        self.client("sns").publish(TopicArn=self.outputs["ArrivalsTopic"], Message=told)

    def tells(self, text):
        """SES tells what became of a mail."""
        self.client("sns").publish(TopicArn=self.outputs["FeedbackTopic"], Message=text)

    def ask(self, method, path, body=None, *, form=None, **headers):
        """(status, answer) of a request by API Gateway; JSON is read."""
        told = {"Host": self.host, "x-api-key": self.gateway_key} | headers
        if self.key:
            told.setdefault("Authorization", f"Bearer {self.key}")
        content = None
        if body is not None:
            content, told["Content-Type"] = json.dumps(body), "application/json"
        if form is not None:
            content, told["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MOST)
        try:
            connection.request(method, f"/{self.stage}{path}", content, told)
            answer = connection.getresponse()
            text = answer.read()
            is_json = "json" in answer.getheader("Content-Type", "")
            return answer.status, json.loads(text) if is_json else text.decode("utf-8", "replace")
        finally:
            connection.close()

    def api(self, method, path, body=None):
        """The answer of the API, which must be no error."""
        status, answer = self.ask(method, f"/api/v1{path}", body)
        assert status < 300, answer
        return answer

    def mails(self, to):
        """The raw mails that went to an address."""
        return [mail.raw for mail in self.sink.mails if to in mail.to]

    def mail(self, to, number=1):
        """The latest mail to an address, once it has so many."""
        return until(lambda: self.mails(to)[number - 1 :])[-1]

    def count(self):
        """Hand the table's stream to its Lambda, with the shard that the emulator does not tell."""
        for shard, records in self._stream.batches():
            event = {"Records": json.loads(json.dumps(records, default=_wired)), "shardId": shard}
            name = f"{self.outputs['Table']}-count"
            told = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
            answer = json.loads(told["Payload"].read())
            assert answer == {"state": {}, "batchItemFailures": []}, answer

    def figures(self, event_id):
        """The event's statistics, once all is counted."""
        self.count()
        return self.api("GET", f"/events/{event_id}/statistics")


def until(found):
    """What `found` gives once that is something."""
    ends = time.monotonic() + MOST
    while not (thing := found()):
        assert time.monotonic() < ends, "it does not happen"
        time.sleep(0.1)
    return thing


def _wired(value):
    """As Lambda writes what JSON has not."""
    return value.timestamp() if isinstance(value, datetime) else b64encode(value).decode()
