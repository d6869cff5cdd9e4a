"""SES as far as no emulator plays it: what it tells of mails that come, and the exact mails that it was handed."""

import json


class CaughtSes:
    """The client of SES v2, which keeps each raw mail beside handing it to the emulator: that one drops parts of it."""

    def __init__(self, client):
        self._client = client
        self.sent = []
        self.fails_with = None

    def send_email(self, **request):
        if self.fails_with:
            raise self.fails_with
        self._client.send_email(**request)
        self.sent.append(request)


def notice(bucket, message_id, sender, recipients, at, **receipt):
    """The notice of a receipt rule's S3 action, as the developer guide shows it."""
    verdict = {"status": "PASS"}
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    told = {
        "timestamp": stamp,
        "processingTimeMillis": 574,
        "recipients": recipients,
        "spamVerdict": verdict,
        "virusVerdict": verdict,
        "spfVerdict": verdict,
        "dkimVerdict": verdict,
        "dmarcVerdict": verdict,
        "action": {
            "type": "S3",
            "topicArn": "arn:aws:sns:us-east-1:000000000000:mail",
            "bucketName": bucket,
            "objectKeyPrefix": "inbound/",
            "objectKey": f"inbound/{message_id}",
        },
    }
    mail = {
        "timestamp": stamp,
        "source": sender,
        "messageId": message_id,
        "destination": recipients,
        "headersTruncated": False,
        "headers": [],
        "commonHeaders": {},
    }
    return json.dumps({"notificationType": "Received", "mail": mail, "receipt": told | receipt})


def event(kind, tags, **told):
    """An event of a configuration set, about a mail with these tags."""
    mail = {
        "timestamp": "2026-12-01T09:00:00.000Z",
        "messageId": "m1",
        "source": "rsvp@invites.test",
        "destination": ["bob@fan.test"],
        "tags": {name: [value] for name, value in tags.items()} | {"ses:configuration-set": ["invited"]},
    }
    name = kind[0].lower() + kind[1:]
    return json.dumps({"eventType": kind, "mail": mail, name: told})


def bounce(tags, status="5.1.1", kind="Permanent", sub="General", words="smtp; 550 5.1.1 user unknown"):
    """A Bounce event."""
    recipient = {"emailAddress": "bob@fan.test", "action": "failed", "status": status, "diagnosticCode": words}
    stamp = "2026-12-01T09:00:00.000Z"
    return event("Bounce", tags, bounceType=kind, bounceSubType=sub, bouncedRecipients=[recipient], timestamp=stamp)
