"""What AWS says no to, in words for whoever runs the stack."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from invited.engines.aws.calls import code_of

FAULTS = (BotoCoreError, ClientError)
"""All that a client raises."""

_EXPIRED = ("Expired", "InvalidClientTokenId", "UnrecognizedClient", "SignatureDoesNotMatch", "InvalidAccessKeyId")
_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError")
_MISSING = ("NotFound", "NoSuchBucket", "NonExistentQueue", "QueueDoesNotExist", "404")

SIGN_IN = "Sign in to the account again, such as by `aws sso login`, or set AWS_PROFILE."


def told(fault: Exception) -> tuple[str, str]:
    """What happened, and what to do next."""
    if isinstance(fault, NoCredentialsError):
        return "AWS does not know who you are.", SIGN_IN
    if not isinstance(fault, ClientError):
        return f"AWS cannot be reached: {type(fault).__name__}.", "Is this machine on the net, and the region right?"
    code, said = code_of(fault), fault.response["Error"].get("Message", "")
    return f"AWS says {code} to {fault.operation_name}: {said}", _remedy(code, fault.operation_name)


def _remedy(code: str, operation: str) -> str:
    if any(word in code for word in _EXPIRED):
        return SIGN_IN
    if any(word in code for word in _DENIED):
        return f"Allow it: your role, or the stack's own, lacks {operation} here."
    if any(word in code for word in _MISSING):
        return "Are the INVITED_AWS_ settings the outputs of this stack, and AWS_DEFAULT_REGION its region?"
    return "`invited aws check` looks at the whole stack."
