"""Every example request of the description is sent to a server that has what it speaks of, and is done."""

from datetime import timedelta

import pytest

from invited.domain.job import Control
from invited.domain.principal import ALL
from tests.api.given import NOW, described
from tests.api.test_authorisation import TOKEN, fill, things  # noqa: F401 - a fixture
from tests.facts import a_delivery, an_invitation

METHODS = ("get", "put", "post", "patch", "delete")


def requests():
    """(method, path, operation, media type, body), one for each example, or one for what takes no body."""
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            for media_type, content in operation.get("requestBody", {}).get("content", {"": {}}).items():
                for body in bodies(content):
                    yield method, path, operation, media_type, body


def bodies(content):
    named = [each["value"] for each in content.get("examples", {}).values()]
    return named or [content.get("example")]


REQUESTS = list(requests())

FOR_PEOPLE = ("/api/v1/domain/templates/{name}/test",)
"""What mails the caller, who is signed in: a key has no address."""


def test_whatever_takes_a_body_shows_one():
    assert [(method, path) for method, path, _, media_type, body in REQUESTS if media_type and body is None] == []
    assert {method for method, *_ in REQUESTS} == set(METHODS)


def under_way(engine, path):
    """The job has somebody to send to yet, and is paused where it is to be resumed."""
    if path.startswith("/api/v1/jobs/") and not path.endswith("/resend"):
        engine.store.admit("event1", [an_invitation("event1", "waits", job="job1")], 10)
    if path.endswith("/remind"):
        engine.store.mark("event1", [a_delivery(TOKEN, revision=1, at=NOW - timedelta(days=3))])
    if path.endswith("/resume"):
        engine.store.direct_job("job1", Control.PAUSED, list(Control), NOW)


def sent(media_type, body, headers):
    if media_type == "multipart/form-data":
        return {"files": {name: (f"{name}.csv", content) for name, content in body.items()}, "headers": headers}
    if media_type == "application/json":
        return {"json": body, "headers": headers}
    return {"content": body, "headers": headers | ({"Content-Type": media_type} if media_type else {})}


@pytest.mark.parametrize(
    ("method", "path", "operation", "media_type", "body"), REQUESTS, ids=[f"{m} {p} {t}" for m, p, _, t, _ in REQUESTS]
)
def test_the_example_is_done(client, engine, header, things, method, path, operation, media_type, body):  # noqa: F811
    under_way(engine, path)
    named = [p for p in operation.get("parameters", ()) if p["in"] == "query" and "examples" in p["schema"]]
    query = {parameter["name"]: parameter["schema"]["examples"][0] for parameter in named}
    headers = header(is_admin=True, scopes=ALL)
    answer = client.request(method, fill(path), params=query, **sent(media_type, body, headers))
    if path in FOR_PEOPLE:
        assert answer.json()["type"] == "/problems/no-address"
        return
    assert 200 <= answer.status_code < 300, answer.text
    assert str(answer.status_code) in operation["responses"]
