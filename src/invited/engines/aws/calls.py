"""A call of AWS, whose trouble is told apart: what time may cure is Temporary, anything else is raised as it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

from invited.domain.errors import Temporary

_PASSING = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


def code_of(error: ClientError) -> str:
    """The service's own name of an error."""
    return str(error.response["Error"]["Code"])


def is_passing(error: ClientError) -> bool:
    """Whether this is throttling or trouble of the service's own, which the same call may not meet again."""
    return code_of(error) in _PASSING or int(error.response["ResponseMetadata"].get("HTTPStatusCode", 0)) >= 500


def call(operation: Callable[..., Any], **parameters: Any) -> Any:
    """The answer of `operation` of a client; raises Temporary, or ClientError for what is said of this very request.

    The client has repeated it several times by then.
    """
    try:
        return operation(**parameters)
    except ClientError as error:
        if is_passing(error):
            raise Temporary(f"AWS: {code_of(error)}") from error
        raise
    except (ParamValidationError, NoCredentialsError):
        raise
    except BotoCoreError as error:  # no connection, no answer in time, a role that cannot be taken at the moment
        raise Temporary(f"AWS cannot be reached: {type(error).__name__}") from error
