"""Whatever is asked of an operation, allowed by its description or not, it answers as the description says.

`INVITED_FUZZ=N` tries N random requests of either kind with each operation, and others each time (`make fuzz-api`).
"""

import os

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from invited.domain.principal import ALL
from tests.api.given import described
from tests.api.test_authorisation import fill, things  # noqa: F401 - a fixture

TRIES = int(os.environ.get("INVITED_FUZZ", "3"))
IS_LONG = "INVITED_FUZZ" in os.environ
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(described()).get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_described(client, header, things, operation):  # noqa: F811
    caller = header(is_admin=True, scopes=ALL)

    @settings(
        max_examples=2 * TRIES,
        derandomize=not IS_LONG,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.one_of(operation.as_strategy(generation_mode=mode) for mode in MODES))
    def tried(case):
        things()
        asked(client, case, caller)
        # The same of what is there.
        case.path_parameters = known(operation.path)
        asked(client, case, caller)

    tried()


def known(path):
    """What the path's names stand for on the prepared server."""
    pairs = zip(path.split("/"), fill(path).split("/"), strict=True)
    return {name.strip("{}"): value for name, value in pairs if name.startswith("{")}


def asked(client, case, caller):
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://127.0.0.1:8000")).prepare()
    client.cookies.clear()
    answer = client.request(sent.method, sent.url, headers=dict(sent.headers) | caller, content=sent.body)
    case.validate_response(answer, checks=CHECKS)
