"""What API Gateway hands over is made into what the browser sent, where CloudFront brought it and nowhere else."""

import pytest

from invited.entrypoints.gateway import as_sent
from invited.settings import Settings

SETTINGS = Settings(public_url="https://invites.test", aws_web_key="k1")


def event(key="k1", forwarded="6.6.6.6, 192.0.2.7, 64.252.1.1"):
    told = {"host": "x.execute-api.us-east-1.amazonaws.com", "X-Forwarded-For": forwarded, "Accept": "*/*"}
    identity = {"sourceIp": "64.252.1.1", "apiKeyId": key}
    return {
        "path": "/e/1",
        "headers": told,
        "multiValueHeaders": {name: [value] for name, value in told.items()},
        "requestContext": {"identity": identity, "stage": "prod"},
    }


def test_behind_cloudfront_the_viewer_is_who_asks():
    told = as_sent(event(), SETTINGS)
    assert told["requestContext"] == {"identity": {"sourceIp": "192.0.2.7", "apiKeyId": "k1"}, "stage": "prod"}
    assert told["headers"] == {"Accept": "*/*", "Host": "invites.test", "X-Forwarded-For": "192.0.2.7"}
    assert told["multiValueHeaders"]["Host"] == ["invites.test"]
    assert told["path"] == "/e/1"


@pytest.mark.parametrize("key", ["another", "", None])
def test_what_others_say_of_themselves_is_not_believed(key):
    assert as_sent(event(key), SETTINGS) == event(key)


def test_without_a_key_of_cloudfront_nobody_is():
    assert as_sent(event(""), Settings(public_url="https://invites.test")) == event("")


def test_a_request_without_hops_keeps_its_address():
    assert as_sent(event(forwarded=""), SETTINGS)["requestContext"]["identity"]["sourceIp"] == "64.252.1.1"
