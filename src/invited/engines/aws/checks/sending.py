"""What SES lets us send, for which domains, and whether it tells us what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from invited.engines.aws.calls import code_of
from invited.engines.aws.checks.finding import Finding, Stack
from invited.engines.aws.checks.storage import AGAIN

_WANTED = {"BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY"}
_NEARLY = 0.8
"""The part of a day's mails from which on one is warned."""


def quotas(stack: Stack) -> Iterator[Finding]:
    """Whether the account may send to anybody, and how much."""
    account = stack.client("sesv2").get_account()
    if not account.get("ProductionAccessEnabled"):
        remedy = "Mail goes to verified addresses alone, 200 a day. Ask in the SES console: Request production access."
        yield Finding("SES", f"the account is in the sandbox in {stack.region}", remedy)
    if not account.get("SendingEnabled"):
        remedy = "AWS has paused it, mostly for bounces or complaints: see the reputation page of the SES console."
        yield Finding("SES", "sending is paused", remedy)
    quota = account["SendQuota"]
    rate, most, sent = quota["MaxSendRate"], quota["Max24HourSend"], quota["SentLast24Hours"]
    ours = stack.settings.aws_send_rate
    if ours > rate:
        yield Finding("SES", f"{rate:g} mails a second, fewer than INVITED_AWS_SEND_RATE {ours:g}", "Lower that.")
    is_unlimited = most < 0
    remedy = ""
    if not is_unlimited and sent > _NEARLY * most:
        remedy = "What does not fit waits till tomorrow. Ask for more: Service Quotas, Amazon SES."
    day = "any number" if is_unlimited else f"{sent:.0f} of {most:.0f}"
    yield Finding("SES", f"{rate:g} mails a second, {day} in the last 24 hours", remedy)


def identities(stack: Stack) -> Iterator[Finding]:
    """Whether each domain is verified and signed for."""
    for domain in stack.settings.domain:
        try:
            told = stack.client("sesv2").get_email_identity(EmailIdentity=domain)
        except ClientError as error:
            if code_of(error) != "NotFoundException":
                raise
            yield Finding("identity", f"SES does not know {domain}", f"Is this the stack's region? {AGAIN}")
            continue
        dkim = told.get("DkimAttributes", {})
        if told.get("VerifiedForSendingStatus") and dkim.get("Status") == "SUCCESS":
            yield Finding("identity", f"{domain} is verified and signed by DKIM")
        else:
            records = (
                f"{token}._domainkey.{domain} CNAME {token}.dkim.amazonses.com" for token in dkim.get("Tokens", ())
            )
            state = f"{domain}: DKIM is {dkim.get('Status', 'unknown')}"
            yield Finding(
                "identity", state, f"Publish {'; '.join(records) or 'its DKIM records'} and wait, up to a day."
            )


def events(stack: Stack) -> Iterator[Finding]:
    """Whether bounces, complaints and delays come back to us."""
    name, ses = stack.settings.aws_configuration_set, stack.client("sesv2")
    if not name:
        remedy = "Without it nobody hears of bounces: set INVITED_AWS_CONFIGURATION_SET."
        yield Finding("events", "no configuration set is named", remedy)
        return
    told = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)["EventDestinations"]
    heard = {
        kind for one in told if one.get("Enabled") and "SnsDestination" in one for kind in one["MatchingEventTypes"]
    }
    missing = sorted(_WANTED - heard)
    state = f"{name} does not tell of {', '.join(missing)}" if missing else f"{name} tells of bounces and complaints"
    yield Finding("events", state, AGAIN if missing else "")
