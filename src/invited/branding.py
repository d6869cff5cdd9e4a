"""What a domain's mails and pages look like: what its admins chose by the API, else what the settings say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from invited.domain.branding import USUAL, Branding, ink, link, link_in_dark
from invited.ports import Engine
from invited.settings import PICTURES


@dataclass(frozen=True, slots=True)
class Brand:
    """As templates see it: colours as #rrggbb, `logo` the address of a picture or ""."""

    name: str
    footer: str
    logo: str
    button: str
    ink: str
    link: str
    link_in_dark: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture."""

    media_type: str
    content: bytes


def branding(engine: Engine, domain: str) -> Branding:
    """What was chosen for the domain, what is left open filled in from the settings."""
    chosen = engine.store.branding(domain) or Branding()
    return replace(
        chosen,
        name=chosen.name or engine.settings.brand_name,
        color=chosen.color or engine.settings.brand_color,
    )


def has_logo(engine: Engine, chosen: Branding) -> bool:
    """Whether there is a logo to be shown."""
    return bool(chosen.logo or engine.settings.brand_logo)


def logo(engine: Engine, chosen: Branding) -> Logo | None:
    """The logo itself."""
    if chosen.logo:
        return Logo(chosen.logo_type, engine.archive.get(chosen.logo))
    file = engine.settings.brand_logo
    return Logo(PICTURES[file.suffix.lower()], file.read_bytes()) if file else None


def brand(chosen: Branding, logo_at: str) -> Brand:
    """`chosen` for a template, with colours that can be read."""
    color = chosen.color or USUAL
    return Brand(chosen.name, chosen.footer, logo_at, color, ink(color), link(color), link_in_dark(color))


def seen(engine: Engine, domain: str) -> Brand:
    """A domain's brand as its pages show it."""
    chosen = branding(engine, domain)
    return brand(chosen, f"/brand?domain={domain}" if has_logo(engine, chosen) else "")
