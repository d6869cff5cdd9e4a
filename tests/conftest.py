"""Hypothesis: the same examples at every run, so that a test fails for a change alone, and none for a slow machine.

`HYPOTHESIS_PROFILE=explore make test` looks for new ones.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def aws_client(tmp_path_factory):
    """boto3 clients of an emulator; only in the environment of `make test-aws`."""
    from tests.aws.emulator import clients, emulator

    with emulator(tmp_path_factory.mktemp("aws")) as url:
        yield clients(url)
