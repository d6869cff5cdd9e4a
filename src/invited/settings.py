"""Every knob, with its default and what it is for; read once, from INVITED_*; a wrong one stops the start."""

from __future__ import annotations

import ipaddress
import os
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from invited.domain import door
from invited.domain.addresses import domain_of, normalised
from invited.domain.door import Challenge, Door
from invited.domain.event import Audience, Strangers


class InboundAuth(StrEnum):
    """How an organizer's mail is believed."""

    DMARC = "dmarc"
    CONFIRM = "confirm"
    TRUST = "trust"


class FloatingTimes(StrEnum):
    """What becomes of times that name no zone."""

    REFUSE = "refuse"
    ORGANIZER = "organizer"


PICTURES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
"""What a logo may be, and its media type."""

MAX_PICTURE = 200_000


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ValueError("must be HOST:PORT, such as 127.0.0.1:2525")
    return value


Listen = Annotated[str, AfterValidator(_listen)]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Site = Annotated[str, AfterValidator(door.site)]
Link = Annotated[str, AfterValidator(door.link)]


class Settings(BaseSettings):
    """All settings, each read from the environment as INVITED_<NAME>.

    What is not there is read from the file that INVITED_SETTINGS_FILE names: lines of INVITED_<NAME>=value.
    """

    model_config = SettingsConfigDict(
        env_prefix="INVITED_", extra="ignore", frozen=True, validate_default=True, env_ignore_empty=True
    )

    domain: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("invites.localhost",),
        description="The mail domains served, separated by commas; the first one is used where none is given.",
    )
    admins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses of the people who run this server, separated by commas: signed in, they see the whole "
        "domain.",
    )
    data_dir: Path = Field(
        default=Path(".invited"), description="Where everything is kept; created if absent, readable by its owner only."
    )
    smtp_listen: Listen = Field(default="127.0.0.1:2525", description="HOST:PORT on which mail is taken.")
    smtp_lmtp: bool = Field(default=False, description="Speak LMTP instead of SMTP, for use behind Postfix.")
    smtp_tls_cert: Path | None = Field(default=None, description="Certificate chain (PEM); set, STARTTLS is offered.")
    smtp_tls_key: Path | None = Field(default=None, description="The certificate's private key (PEM).")
    smtp_max_bytes: int = Field(
        default=10_000_000, ge=10_000, le=100_000_000, description="Largest mail taken, in octets."
    )
    smtp_max_recipients: int = Field(default=100, ge=1, le=1000, description="Most recipients of one mail.")
    smtp_max_connections: int = Field(default=500, ge=1, description="Most connections at a time, from all clients.")
    smtp_max_per_peer: int = Field(default=50, ge=1, description="Most connections at a time from one address.")
    smtp_timeout: float = Field(
        default=60, gt=0, description="Seconds without a command or data after which a client is hung up on."
    )
    http_listen: Listen = Field(default="127.0.0.1:8000", description="HOST:PORT of the API and the pages.")
    public_url: str = Field(
        default="",
        description="How the pages are reached from outside, for links; default: http:// and HTTP_LISTEN.",
    )
    relay: SecretStr | None = Field(
        default=None,
        description="Where mail goes out: smtp://user:password@host:port, or smtps://; without it, into the mail lab.",
    )
    relay_connections: int = Field(default=4, ge=1, le=100, description="Most connections to the relay per process.")
    domain_connections: int = Field(
        default=0, ge=0, le=100, description="As many of them that carry mail to one recipient domain; 0 for all."
    )
    send_rate: float = Field(
        default=0, ge=0, le=100_000, description="Most invites a second, by all processes; 0 for no limit."
    )
    domain_rate: float = Field(
        default=0, ge=0, le=100_000, description="Most invites a second to one recipient domain; 0 for no limit."
    )
    domain_rates: str = Field(
        default="", description="Other limits for some, such as gmail.com=20,yahoo.com=5; 0 for no limit."
    )
    give_up_hours: float = Field(
        default=72,
        gt=0,
        le=720,
        description="Hours for which an invite is tried that the relay or the recipient's server puts off.",
    )
    pause_bounce_rate: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="A bulk send pauses by itself once this share of its mail was refused or came back; 0 for never.",
    )
    pause_complaint_rate: float = Field(
        default=0.003, ge=0, le=1, description="Likewise, once this share was called unwanted; 0 for never."
    )
    pause_minimum: int = Field(
        default=200, ge=1, description="Mails of a bulk send that must be out before these shares count."
    )
    relay_timeout: float = Field(default=30, gt=0, description="Seconds to wait for an answer of the relay.")
    inbound_auth: InboundAuth = Field(
        default=InboundAuth.DMARC,
        description="How an organizer's mail is believed: `dmarc` (aligned SPF or DKIM, else a confirmation link), "
        "`confirm` (always a link) or `trust` (the From as it stands; only while SMTP listens on loopback).",
    )
    trusted_authserv: str = Field(
        default="",
        description="Believe the topmost Authentication-Results if it bears this authserv-id: the server in front.",
    )
    update_audience: Audience = Field(
        default=Audience.RESPONDERS,
        description="Who hears of an update or cancel, unless the event says: `responders`, `going` or `everyone`.",
    )
    approval_threshold: int = Field(
        default=500,
        ge=0,
        description="An update or cancel that would reach more people than this waits until its organizer approves.",
    )
    approval_hours: float = Field(
        default=72, gt=0, le=8760, description="Hours after which a change that nobody approved is dropped."
    )
    stranger_policy: Strangers = Field(
        default=Strangers.ASK,
        description="What becomes of whoever answers a forwarded invite, unless the event says: `accept` (they get "
        "their own), `ask` (the organizer decides by a link) or `refuse`.",
    )
    stranger_limit: int = Field(
        default=1_000, ge=1, description="Most new strangers per event and day; further ones are set aside."
    )
    public: bool = Field(
        default=True,
        description="People may ask for an invite themselves, at a button, a link or a page, unless the event says no.",
    )
    public_sites: Annotated[tuple[Site, ...], NoDecode] = Field(
        default=("*",),
        max_length=door.MAX_SITES,
        description="The web origins whose pages may ask for invites, such as https://club.example, separated by "
        "commas, unless the event says; `*` for all.",
    )
    public_links: Annotated[tuple[Link, ...], NoDecode] = Field(
        default=(
            "facebook",
            "hubspot",
            "instagram",
            "klaviyo",
            "linkedin",
            "mailchimp",
            "newsletter",
            "qr",
            "sendgrid",
            "website",
            "whatsapp",
            "x",
        ),
        max_length=door.MAX_LINKS,
        description="The names of links that are counted each by itself as `link:<name>`, unless the event says; "
        "all others are `link:other`.",
    )
    public_double_opt_in: bool = Field(
        default=False,
        description="Ask by mail first whether it was they who want the invite, unless the event says.",
    )
    public_challenge: Challenge = Field(
        default=Challenge.AUTO,
        description="When whoever asks must show a proof of work, unless the event says: `auto` (when many ask at a "
        "time) or `always`. Pages without script ask by mail instead.",
    )
    public_challenge_cost: int = Field(
        default=5_000,
        ge=1,
        le=1_000_000,
        description="What one try of a proof of work costs, in rounds of PBKDF2; it takes 256 tries on average.",
    )
    public_pressure: int = Field(
        default=200,
        ge=0,
        description="Requests for one event in ten minutes above which a proof of work is asked for; a quarter of it "
        "for one mail domain, or a twentieth from one network address, does the same.",
    )
    public_per_peer: int = Field(
        default=60, ge=1, description="Most requests for invites from one network address (IPv6: /64) per hour."
    )
    public_per_domain: int = Field(
        default=1_000, ge=1, description="Most requests for invites to one mail domain per hour."
    )
    public_per_event: int = Field(default=10_000, ge=1, description="Most requests for invites to one event per day.")
    public_per_address: int = Field(
        default=10,
        ge=1,
        description="Most requests per day for one address that are heeded: more mail than this nobody gets because "
        "others type their address in.",
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks of the proxies in front, such as 10.0.0.0/8, whose X-Forwarded-For is believed; "
        "separated by commas.",
    )
    decline_counters: bool = Field(
        default=False, description="Answer every proposal of a new time by declining it; it is kept and shown anyway."
    )
    digest_hour: int = Field(
        default=7,
        ge=-1,
        le=23,
        description="Hour (UTC) of the organizer's daily mail about each event that has news; -1 for none.",
    )
    floating_times: FloatingTimes = Field(
        default=FloatingTimes.REFUSE,
        description="Times that name no zone, in a file that names none: `refuse` the invite, or take them as the "
        "`organizer`'s, in INVITED_DEFAULT_ZONE, which the mail that says the event is ready points out.",
    )
    default_zone: str = Field(
        default="", description="The zone of organizers whose calendar names none, such as Europe/Paris."
    )
    schedule_days: int = Field(
        default=30, ge=0, le=3650, description="Days for which what is over stays in an organizer's public calendar."
    )
    event_limit: int = Field(default=1_000, ge=1, description="Most events per organizer.")
    invitation_limit: int = Field(default=1_000_000, ge=1, description="Most invitations per event.")
    attachment_bytes: int = Field(
        default=500_000,
        ge=0,
        le=1_000_000,
        description="Octets of the organizer's attachments that go with each invite; the rest is linked.",
    )
    nudge_limit: int = Field(
        default=2, ge=0, le=10, description="How often somebody who has not answered may be reminded of one event."
    )
    list_max_bytes: int = Field(
        default=100_000_000, ge=1_000, le=1_000_000_000, description="Largest list of people taken, in octets."
    )
    notice_limit: int = Field(default=20, ge=1, description="Most automatic mails to one address per hour.")
    webhook_limit: int = Field(default=5, ge=0, le=50, description="Most webhooks per organizer, and of the domain.")
    webhook_http: bool = Field(default=False, description="Allow webhooks without TLS, at http:// addresses.")
    webhook_private: bool = Field(
        default=False, description="Allow webhooks within private networks and on this machine itself."
    )
    max_attempts: int = Field(
        default=8, ge=1, description="How often a failing message is tried before it becomes a dead letter."
    )
    retry_seconds: float = Field(
        default=30, gt=0, description="The first wait after a failure; it doubles each time, up to an hour."
    )
    threads: int = Field(default=4, ge=1, le=64, description="Messages that one process works on at a time.")
    templates_dir: Path | None = Field(
        default=None,
        description="A folder whose files replace the mail and page templates of the same name; "
        "`invited templates export` writes those of mails.",
    )
    brand_name: str = Field(
        default="", max_length=80, description="The name at the top of mails and public pages, unless chosen by API."
    )
    brand_color: str = Field(
        default="",
        pattern=r"^(#[0-9a-fA-F]{6})?$",
        description="The colour of buttons and links there, such as #b3002d, unless chosen by API.",
    )
    brand_logo: Path | None = Field(
        default=None,
        description="A picture there: .svg (not in mails), .png or .jpg, up to 200 KB, unless chosen by API.",
    )
    lab_keep: int = Field(default=10_000, ge=1, description="Newest mails that the mail lab keeps.")
    aws_table: str = Field(
        default="",
        description="On AWS: the name of the DynamoDB table; where it is set, the commands work on that stack.",
    )
    aws_bucket: str = Field(default="", description="On AWS: the S3 bucket of the raw mails.")
    aws_topic: str = Field(default="", description="On AWS: the ARN of the SNS topic that hands messages on.")
    aws_delays: str = Field(default="", description="On AWS: the URL of the SQS queue that holds what is not due yet.")
    aws_secret: str = Field(
        default="", description="On AWS: the name or ARN, in Secrets Manager, of the secret that keys tokens and links."
    )
    aws_configuration_set: str = Field(
        default="", description="On AWS: the SES configuration set whose events tell of bounces and complaints."
    )
    aws_send_rate: float = Field(
        default=1,
        gt=0,
        description="On AWS: mails a second that one process sends: SES's rate divided by how many may run at a time.",
    )

    aws_web_key: str = Field(
        default="",
        description="On AWS: the id of the API Gateway key that CloudFront brings; whom a request says it comes from "
        "is believed with this key alone.",
    )

    @field_validator("domain", "admins", "public_sites", "public_links", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("domain")
    @classmethod
    def _are_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("names no domain")
        for name in value:
            try:
                normalised(f"rsvp@{name}")
            except ValueError:
                raise ValueError(f"{name!r} is not a mail domain") from None
        return value

    @field_validator("admins")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(normalised(address) for address in value)
        except ValueError as error:
            raise ValueError(f"names no address: {error}") from None

    @field_validator("domain_rates")
    @classmethod
    def _are_rates(cls, value: str) -> str:
        try:
            _rates(value)
        except ValueError:
            raise ValueError("must be DOMAIN=RATE, separated by commas, such as gmail.com=20,yahoo.com=5") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must begin with http:// or https:// and name a host")
        return value.rstrip("/")

    @field_validator("default_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; see the TZ names of the IANA list")
        return value

    @field_validator("brand_logo")
    @classmethod
    def _is_picture(cls, value: Path | None) -> Path | None:
        if value is not None:
            if value.suffix.lower() not in PICTURES:
                raise ValueError(f"{value} is no {', '.join(PICTURES)} file")
            if not value.is_file() or value.stat().st_size > MAX_PICTURE:
                raise ValueError(f"{value} is no file of {MAX_PICTURE:,} octets at most")
        return value

    @field_validator("relay")
    @classmethod
    def _is_relay(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            try:
                parts = urlsplit(value.get_secret_value())
                is_relay = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
            except ValueError:
                is_relay = False
            if not is_relay:
                raise ValueError("must be smtp://[user:password@]host[:port] or smtps://…")
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if (self.smtp_tls_cert is None) != (self.smtp_tls_key is None):
            raise ValueError("INVITED_SMTP_TLS_CERT and INVITED_SMTP_TLS_KEY go together")
        if self.floating_times is FloatingTimes.ORGANIZER and not self.default_zone:
            raise ValueError("INVITED_FLOATING_TIMES=organizer needs INVITED_DEFAULT_ZONE")
        if self.inbound_auth is InboundAuth.TRUST and not is_loopback(self.smtp_listen):
            raise ValueError(
                "INVITED_INBOUND_AUTH=trust believes every sender, so INVITED_SMTP_LISTEN must be a loopback address"
            )
        return self

    def rate(self, domain: str) -> float:
        """Most invites a second to this recipient domain, 0 for no limit."""
        return _rates(self.domain_rates).get(domain, self.domain_rate)

    @property
    def floating_zone(self) -> str | None:
        """The zone in which times without any are taken, None where they are refused."""
        return self.default_zone if self.floating_times is FloatingTimes.ORGANIZER else None

    @property
    def url(self) -> str:
        """The base of every link, without a slash at its end."""
        return self.public_url or f"http://{self.http_listen}"

    @property
    def door(self) -> Door:
        """What holds for events whose organizer chose nothing."""
        return Door(
            self.public,
            self.public_sites,
            self.public_links,
            self.public_double_opt_in,
            self.public_challenge,
            public_ticket=False,
            public_ticket_keys=(),
        )

    def address(self, mailbox: str, domain: str | None = None) -> str:
        """The whole address of a mailbox of ours."""
        return f"{mailbox}@{domain or self.domain[0]}"


@cache
def _rates(text: str) -> dict[str, float]:
    """The table of DOMAIN_RATES, its domains as they stand in normalised addresses; raises ValueError."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    rates = {domain_of(normalised(f"x@{name.strip()}")): float(rate) for name, _, rate in pairs}
    if not all(0 <= rate <= 100_000 for rate in rates.values()):
        raise ValueError(text)
    return rates


def is_loopback(listen: str) -> bool:
    """Whether a HOST:PORT can be reached from this machine alone."""
    host = listen.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load() -> Settings:
    """The settings of this process; raises pydantic's ValidationError, each error with one clear line."""
    return Settings(_env_file=os.environ.get("INVITED_SETTINGS_FILE"))  # type: ignore[call-arg]


def described(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Every setting as (variable, value, source, description); a secret's value is not told."""
    file = os.environ.get("INVITED_SETTINGS_FILE")
    rows = []
    for name, field in Settings.model_fields.items():
        variable = f"INVITED_{name.upper()}"
        value = getattr(settings, name)
        if os.environ.get(variable):
            source = "environment"
        elif name in settings.model_fields_set:
            source = f"file {file}"
        else:
            source = "default"
        text = ",".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
        rows.append((variable, text, source, field.description or ""))
    return rows


def faults(wrong: ValidationError) -> list[str]:
    """One clear line for each wrong setting, without its value, which may be a secret."""
    return [_fault(error["loc"], error["msg"]) for error in wrong.errors(include_url=False, include_input=False)]


def _fault(place: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"INVITED_{str(place[0]).upper()}: {text}" if place else text


def documented() -> str:
    """The table of `docs/settings.md`: every setting, its default and what it is for."""
    lines = ["| setting | default | what it is for |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = ",".join(map(str, field.default)) if isinstance(field.default, tuple) else field.default
        shown = "" if default in (None, "") else f"`{default}`"
        lines.append(f"| `INVITED_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines)
