"""What the domains' mails and pages look like, as their admins chose: an item for each, and for each template."""

from __future__ import annotations

from datetime import datetime

from invited.domain.branding import Branding, MailTemplate
from invited.engines import brandings
from invited.engines.aws import places
from invited.engines.aws.table import NEW, Item, Table
from invited.engines.instants import from_micros, to_micros


def one(table: Table, domain: str) -> Branding | None:
    """See Store.branding."""
    item = table.get(places.branding(domain))
    return brandings.read(item["body"], item["version"]) if item else None


def replace_one(table: Table, domain: str, changed: Branding, expected: int) -> bool:
    """See Store.replace_branding."""
    pk, sk = places.branding(domain)
    item = {"pk": pk, "sk": sk, "version": expected + 1, "body": brandings.written(changed)}
    if not expected:
        return table.put(item, NEW)
    return table.put(item, "#version = :expected", {"expected": expected})


def template(table: Table, domain: str, name: str) -> MailTemplate | None:
    """See Store.mail_template."""
    item = table.get(places.mail_template(domain, name))
    return _template(item) if item else None


def templates(table: Table, domain: str) -> list[MailTemplate]:
    """See Store.mail_templates."""
    return [_template(item) for item in table.under(places.mail_template(domain, ""))]


def set_template(table: Table, domain: str, written: MailTemplate) -> None:
    """See Store.set_mail_template."""
    pk, sk = places.mail_template(domain, written.name)
    changed = to_micros(written.changed)
    texts = {"name": written.name, "text": written.text, "mjml": written.mjml, "fault": written.fault}
    table.put({"pk": pk, "sk": sk, "changed": changed, **texts})


def fault_template(table: Table, domain: str, name: str, changed: datetime, fault: str) -> None:
    """See Store.fault_mail_template."""
    values = {"fault": fault, "changed": to_micros(changed)}
    table.update(places.mail_template(domain, name), "SET #fault = :fault", "#changed = :changed", values)


def remove_template(table: Table, domain: str, name: str) -> bool:
    """See Store.remove_mail_template."""
    return table.delete(places.mail_template(domain, name)) is not None


def _template(item: Item) -> MailTemplate:
    return MailTemplate(item["name"], item["text"], item["mjml"], from_micros(item["changed"]), item["fault"])
