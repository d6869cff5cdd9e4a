"""The engine on AWS put together: which resource, named by the settings, stands behind each port."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import NoRegionError

from invited.domain.errors import Refused
from invited.engines.aws import secret
from invited.engines.aws.archive import AwsArchive
from invited.engines.aws.dead_letters import AwsDeadLetters
from invited.engines.aws.objects import Objects
from invited.engines.aws.outbox import SesOutbox
from invited.engines.aws.pace import Pace
from invited.engines.aws.queue import LONGEST, AwsQueue, Road
from invited.engines.aws.site import AwsSite
from invited.engines.aws.store import AwsStore
from invited.engines.aws.table import THREADS, Table
from invited.engines.aws.verifier import SesVerifier
from invited.engines.courier import HttpCourier
from invited.engines.lookup import dns_lookup
from invited.ports import Engine, Outbox, Site
from invited.settings import Settings

NEEDED = ("aws_table", "aws_bucket", "aws_topic", "aws_delays", "aws_secret")
"""The settings that name what there must be."""

Client = Callable[[str], Any]
"""The boto3 client of a service."""

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=THREADS,
)


def boto_client(service: str) -> Any:
    """The client that this process's role and region give; raises Refused where no region is set."""
    try:
        return boto3.client(service, config=_CONFIG)
    except NoRegionError:
        raise Refused("AWS needs to know the region of the stack.", "Set AWS_DEFAULT_REGION.") from None


class AwsEngine:
    """`ports` is what the pipelines run on. Beside it what only this engine has: `table` for the counters, `archive`
    and `objects` for the doors, `queue` for what was held, `sqs`, by which messages are settled, and `dead_letters`,
    which take in what was given up.

    `longest` is for how many seconds at a time a message is held. Raises Refused where a setting is missing.
    """

    def __init__(
        self, settings: Settings, *, now: Callable[[], datetime], client: Client = boto_client, longest: int = LONGEST
    ) -> None:
        if missing := [f"INVITED_{name.upper()}" for name in NEEDED if not getattr(settings, name)]:
            raise Refused(
                f"The engine on AWS lacks {', '.join(missing)}.", "Set what the deployed stack names as its outputs."
            )
        with ExitStack() as opened:
            self._opened = opened
            self.table = Table(client("dynamodb"), settings.aws_table)
            opened.callback(self.table.close)
            self.objects = Objects(client("s3"), settings.aws_bucket)
            self.archive = AwsArchive(self.objects, self.table, now)
            self.sqs = client("sqs")
            self.dead_letters = AwsDeadLetters(self.table, self.objects, self.sqs, now)
            sns = client("sns")
            road = Road(sns, self.sqs, settings.aws_topic, settings.aws_delays)
            self.queue = AwsQueue(road, self.objects, now, longest)
            ses = client("sesv2")
            outbox = SesOutbox(ses, settings.aws_configuration_set, Pace(settings.aws_send_rate))
            opened.callback(outbox.close)
            site = AwsSite(settings, self.table, sns, self.sqs, ses, dns_lookup)
            key = secret.kept(client("secretsmanager"), settings.aws_secret)
            self.ports = self._ports(settings, key, outbox, site, now)
            self._opened = opened.pop_all()

    def _ports(self, settings: Settings, key: bytes, outbox: Outbox, site: Site, now: Callable[[], datetime]) -> Engine:
        courier = HttpCourier(is_private_allowed=settings.webhook_private)
        store = AwsStore(self.table)
        verifier, dead = SesVerifier(), self.dead_letters
        return Engine(settings, key, store, self.archive, self.queue, outbox, verifier, courier, now, dead, site)

    def close(self) -> None:
        """Let go of the threads; to be called once nobody works any more."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
