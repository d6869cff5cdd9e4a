"""The shapes of branding and mail templates."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from invited.api.schemas import Text
from invited.branding import Brand
from invited.mails import templates

MAX_WORDING = 50_000
"""Characters of all own phrases of a domain."""

Phrase = Annotated[Text, Field(max_length=templates.MAX_PHRASE)]
Name = Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+$")]


class Look(BaseModel):
    """What everybody may see of a domain's branding: what its pages and apps look like."""

    name: str = Field(description="The product's name; may be empty.")
    color: str = Field(description="#rrggbb, of buttons.")
    ink: str = Field(description="What can be read on it.")
    link: str = Field(description="The colour of links on white, dark enough to be read.")
    link_in_dark: str = Field(description="The colour of links on a dark ground.")
    logo: str | None = Field(description="The path of the logo on this server.")
    footer: str

    @classmethod
    def of(cls, seen: Brand) -> Self:
        """A brand as it is shown."""
        return cls(
            name=seen.name,
            color=seen.button,
            ink=seen.ink,
            link=seen.link,
            link_in_dark=seen.link_in_dark,
            logo=seen.logo or None,
            footer=seen.footer,
        )


class Choice(BaseModel):
    """What an admin chooses."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(
        default="",
        max_length=80,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="At the top of mails and pages, on one line; empty: as in the settings.",
    )
    color: str = Field(
        default="", pattern=r"^(#[0-9a-fA-F]{6})?$", description="#rrggbb, of buttons; empty: as in the settings."
    )
    footer: Text = Field(
        default="", max_length=2000, description="At the end of each mail: who you are, where you sit."
    )
    wording: dict[Name, dict[Name, Phrase]] = Field(
        default_factory=dict,
        max_length=100,
        description="Own phrases by mail and key, as /domain/templates names them.",
    )

    @field_validator("wording")
    @classmethod
    def _is_bounded(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        if sum(len(phrase) for own in value.values() for phrase in own.values()) > MAX_WORDING:
            raise ValueError(f"all phrases together have more than {MAX_WORDING:,} characters")
        return value


class BrandingBody(Choice):
    """What an admin chooses, and a new logo."""

    logo: str | None = Field(
        default=None,
        max_length=270_000,
        description="A PNG or JPEG of 200,000 octets at most, in base64; empty for none, null to leave it as it is.",
    )


class Branding(Choice):
    """What was chosen for a domain, and what comes of it."""

    domain: str
    has_logo: bool = Field(description="Whether a logo was brought; else that of the settings stands.")
    look: Look


class TemplateItem(BaseModel):
    """One mail, and whether the domain has templates of its own for it."""

    name: str
    is_own: bool
    changed: datetime | None = Field(description="When its own templates were stored.")
    fault: str = Field(description="Why they could not be used since then, so that the usual ones were; else empty.")


class TemplateList(BaseModel):
    """Every mail."""

    templates: list[TemplateItem]


class Sources(BaseModel):
    """A mail's templates; an empty one leaves the usual."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(
        default="",
        max_length=templates.MAX_TEMPLATE,
        description="The first line is the subject; Jinja2, a part of it.",
    )
    mjml: Text = Field(
        default="",
        max_length=templates.MAX_TEMPLATE,
        description="The content of the layout, a whole MJML document, or HTML; with Jinja2, a part of it.",
    )


class Template(TemplateItem):
    """One mail's templates, the usual and the domain's own, and its phrases by key."""

    usual: Sources
    own: Sources
    phrases: dict[str, str] = Field(description="The usual phrases; `wording` of the branding changes them.")


class Draft(Sources):
    """Templates and phrases to try, without storing them: empty ones are as they are stored."""

    wording: dict[Name, Phrase] | None = Field(default=None, max_length=50, description="Null: as it is stored.")


class MailPreview(BaseModel):
    """A mail with an example's values."""

    subject: str
    text: str
    html: str


class Tested(BaseModel):
    """Where the test mail went."""

    to: str
