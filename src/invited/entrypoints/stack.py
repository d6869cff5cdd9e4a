"""What CloudFormation has no resource for: custom resources of the stack, each a handler that Lambda calls.

| handler | its resource | what it is |
|---|---|---|
| `receiving` | `Custom::ReceiptRule` | SES hands the domain's mail to this stack |
| `apps` | `Custom::Apps` | the apps' files stand in their bucket |

CloudFormation waits for an answer at an address of its own, whatever happens; a resource whose id changes is removed
under its former id once the new one stands. (CloudFormation user guide, "Custom resource request objects".)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import structlog

import invited
from invited.engines.aws import receipt_rules, site
from invited.engines.aws.engine import boto_client
from invited.entrypoints import logs

_NONE = "none"
"""The id of what could not be made."""

_TIMEOUT = 10

_BUILT = Path(invited.__file__).parent / "web"
"""Where the code has the apps."""

log = structlog.get_logger()


def receiving(event: Mapping[str, Any], _context: Any) -> None:
    """SES's rule for the domain."""
    _answer(event, _receiving)


def apps(event: Mapping[str, Any], _context: Any) -> None:
    """The apps' files."""
    _answer(event, _apps)


def _receiving(kind: str, told: Mapping[str, str], known: str) -> str:
    ses = boto_client("ses")
    if kind == "Delete":
        receipt_rules.remove(ses, known, told["Stack"])
        return known
    return receipt_rules.add(ses, receipt_rules.Wanted(told["Stack"], told["Domain"], told["Bucket"], told["Topic"]))


def _apps(kind: str, told: Mapping[str, str], _known: str) -> str:
    s3 = boto_client("s3")
    if kind == "Delete":
        site.clear(s3, told["Bucket"])
    else:
        site.publish(s3, told["Bucket"], _BUILT)
    return told["Bucket"]


def _answer(event: Mapping[str, Any], handle: Callable[[str, Mapping[str, str], str], str]) -> None:
    """Do what is asked and tell CloudFormation: the resource's id, or why not, in words for whoever deploys."""
    logs.set_up()
    known = event.get("PhysicalResourceId", _NONE)
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    try:
        done = handle(event["RequestType"], event["ResourceProperties"], known)
        answer |= {"Status": "SUCCESS", "PhysicalResourceId": done}
    except Exception as error:  # without an answer the stack waits until ServiceTimeout
        log.exception("not done", resource=event["ResourceType"])
        answer |= {"Status": "FAILED", "PhysicalResourceId": known, "Reason": f"{type(error).__name__}: {error}"[:1000]}
    # The address is CloudFormation's own, over TLS, and signed.
    request = Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")  # noqa: S310
    with urlopen(request, timeout=_TIMEOUT):  # noqa: S310
        pass
