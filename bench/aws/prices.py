"""The one table of prices: list prices of us-east-1 in US dollars, per million unless said otherwise.

Sources: aws.amazon.com/<service>/pricing as known in August 2026; DynamoDB's on-demand prices are those since November
2024, Lambda's those of arm64. Look them up again before relying on them: only this table is to be changed then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a million units of something cost, under which heading of a bill it stands, and what one unit is."""

    dollars: float
    service: str
    unit: str


PRICES: Mapping[str, Price] = {
    "ses:out": Price(100.0, "SES", "a mail to one recipient"),
    "ses:in": Price(100.0, "SES", "a mail received"),
    "ses:chunk": Price(90.0, "SES", "a full 256 KB of a received mail"),
    "api:rest": Price(3.5, "API Gateway", "a request of a REST API"),
    "sns:publish": Price(0.5, "SNS", "a publish of up to 64 KB, alone or as a batch"),
    "sqs:request": Price(0.4, "SQS", "a request of up to 64 KB, alone or as a batch"),
    "lambda:invocation": Price(0.2, "Lambda", "an invocation"),
    "lambda:gb-s": Price(13.3334, "Lambda", "a GB-second, arm64"),
    "dynamodb:write": Price(0.625, "DynamoDB", "a write request unit, 1 KB"),
    "dynamodb:read": Price(0.125, "DynamoDB", "a read request unit, 4 KB read consistently"),
    "s3:put": Price(5.0, "S3", "a PUT or LIST"),
    "s3:get": Price(0.4, "S3", "a GET or HEAD"),
    "logs:byte": Price(0.5 / 1000, "CloudWatch", "a byte of logs taken in, 0.50 a GB"),
}

SERVICES = tuple(dict.fromkeys(price.service for price in PRICES.values()))


def bill(units: Mapping[str, float], things: int) -> dict[str, float]:
    """What a million of some `things` cost by service, where so many took these units."""
    costs = dict.fromkeys(SERVICES, 0.0)
    for unit, count in units.items():
        costs[PRICES[unit].service] += PRICES[unit].dollars * count / things
    return costs
