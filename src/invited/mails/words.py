"""A mail's words as its domain wants them: by its own templates and phrases, which never keep a mail from going out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from invited.branding import brand, branding
from invited.domain.branding import MailTemplate
from invited.mails import templates
from invited.mails.templates import Filled, Source
from invited.mails.values import common
from invited.ports import Engine

LOGO = "cid:logo"
"""What the address of the logo is in a mail that brings it (RFC 2392)."""

MAX_FAULT = 500


def filled(engine: Engine, domain: str, name: str, values: dict[str, Any], logo_at: str = "") -> Filled:
    """The mail `name`, filled in. Where the domain's own templates cannot be used, ours are, and that is noted."""
    own = engine.store.mail_template(domain, name)
    if own is not None:
        try:
            return tried(engine, domain, name, values, own=own, logo_at=logo_at)
        except Exception as fault:  # noqa: BLE001 - whatever somebody's template meets with, the mail goes on
            told = f"{type(fault).__name__}: {fault}"[:MAX_FAULT]
            if told != own.fault:
                engine.store.fault_mail_template(domain, name, own.changed, told)
    return tried(engine, domain, name, values, own=None, logo_at=logo_at)


def tried(
    engine: Engine,
    domain: str,
    name: str,
    values: dict[str, Any],
    *,
    own: MailTemplate | None,
    wording: Mapping[str, str] | None = None,
    logo_at: str = "",
) -> Filled:
    """As `filled`, but with just these templates of the domain's, and these phrases instead of those it has; raises
    whatever they do.
    """
    folder = engine.settings.templates_dir
    chosen = branding(engine, domain)
    own_words = chosen.wording.get(name, {}) if wording is None else wording
    usual = templates.phrases(folder, name)
    told = common(brand(chosen, logo_at), engine.settings.url) | values
    return templates.fill(folder, _source(engine, name, own), usual, own_words, told)


def _source(engine: Engine, name: str, own: MailTemplate | None) -> Source:
    usual = templates.source(engine.settings.templates_dir, name)
    if own is None:
        return usual
    return Source(own.text or usual.text, own.mjml or usual.mjml, is_brought=True)
