"""Filling stored templates in, as both providers do."""

from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage
from typing import Any

# Mailjet, "Template language": {{var:name}} or {{var:name:default}}, the default perhaps quoted
_MAILJET = re.compile(r"""\{\{\s*var:([^:}\s]+)(?::\s*(["']?)(.*?)\2)?\s*\}\}""")


def fill_mailjet(text: str, values: dict[str, Any]) -> str:
    """Without a value and without a default a variable becomes empty."""
    return _MAILJET.sub(lambda found: str(values.get(found[1], found[3] or "")), text)


def fill_aldeamo(text: str, values: dict[str, Any]) -> str:
    """``{name}`` (manual V6, section 6); what has no value stays."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def with_content(email: EmailMessage, html: str | None, text: str | None) -> EmailMessage:
    """A copy of a mail with other text and HTML parts, and with its attachments."""
    copy = EmailMessage(policy=policy.default)
    for name, value in email.raw_items():
        if not name.lower().startswith("content-") and name.lower() != "mime-version":
            copy.set_raw(name, value)
    if text is not None:
        copy.set_content(text)
    if html is not None:
        (copy.add_alternative if text is not None else copy.set_content)(html, subtype="html")
    attachments = list(email.iter_attachments())
    if attachments:
        copy.make_mixed()
    for attachment in attachments:
        copy.attach(attachment)
    return copy
