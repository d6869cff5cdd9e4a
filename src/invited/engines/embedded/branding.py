"""What the domains' mails and pages look like, as their admins chose."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from invited.domain.branding import Branding, MailTemplate
from invited.engines import brandings
from invited.engines.instants import from_micros, to_micros

_ADD = "INSERT OR IGNORE INTO branding (domain, version, body) VALUES (?, ?, ?)"
_REPLACE = "UPDATE branding SET version = ?, body = ? WHERE domain = ? AND version = ?"
_ONE = "SELECT version, body FROM branding WHERE domain = ?"

_TEMPLATE = "SELECT name, text, mjml, changed, fault FROM mail_template WHERE domain = ?"
_SET = "INSERT OR REPLACE INTO mail_template (domain, name, text, mjml, changed, fault) VALUES (?, ?, ?, ?, ?, ?)"
_FAULT = "UPDATE mail_template SET fault = ? WHERE domain = ? AND name = ? AND changed = ?"
_REMOVE = "DELETE FROM mail_template WHERE domain = ? AND name = ?"


def one(connection: sqlite3.Connection, domain: str) -> Branding | None:
    """See Store.branding."""
    row = connection.execute(_ONE, (domain,)).fetchone()
    return brandings.read(row[1], row[0]) if row else None


def replace_one(connection: sqlite3.Connection, domain: str, branding: Branding, expected: int) -> bool:
    """See Store.replace_branding."""
    text, version = brandings.written(branding), expected + 1
    if not expected:
        return connection.execute(_ADD, (domain, version, text)).rowcount > 0
    return connection.execute(_REPLACE, (version, text, domain, expected)).rowcount > 0


def template(connection: sqlite3.Connection, domain: str, name: str) -> MailTemplate | None:
    """See Store.mail_template."""
    row = connection.execute(f"{_TEMPLATE} AND name = ?", (domain, name)).fetchone()
    return _template(row) if row else None


def templates(connection: sqlite3.Connection, domain: str) -> list[MailTemplate]:
    """See Store.mail_templates."""
    return [_template(row) for row in connection.execute(f"{_TEMPLATE} ORDER BY name", (domain,)).fetchall()]


def set_template(connection: sqlite3.Connection, domain: str, written: MailTemplate) -> None:
    """See Store.set_mail_template."""
    row = (domain, written.name, written.text, written.mjml, to_micros(written.changed), written.fault)
    connection.execute(_SET, row)


def fault_template(connection: sqlite3.Connection, domain: str, name: str, changed: datetime, fault: str) -> None:
    """See Store.fault_mail_template."""
    connection.execute(_FAULT, (fault, domain, name, to_micros(changed)))


def remove_template(connection: sqlite3.Connection, domain: str, name: str) -> bool:
    """See Store.remove_mail_template."""
    return connection.execute(_REMOVE, (domain, name)).rowcount > 0


def _template(row: tuple[Any, ...]) -> MailTemplate:
    name, text, mjml, changed, fault = row
    return MailTemplate(name, text, mjml, from_micros(changed), fault)
