"""A mail as a provider got it: its envelope, its content, and the ids the provider gives it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cached_property

_LINK = re.compile(r"""href=["'](https?://[^"']+)""")


def read_mail(content: bytes) -> EmailMessage:
    """Read a mail as it came by SMTP."""
    return message_from_bytes(content, EmailMessage, policy=policy.default)


@dataclass(frozen=True, eq=False)
class AcceptedMail:
    """One accepted SMTP transaction, or one message of a call to the API.

    :param mail_from: envelope sender; by API the address of From
    :param recipients: envelope recipients, in the order of the RCPT commands; by API those of To,
        Cc and Bcc, each once
    :param peer: IP address the mail came from
    :param transport: ``smtp`` or ``api``
    :param content: makes `email`; not before it is asked for, since reading a mail costs more than
        taking it, and the senders measured against the sandbox share its processors
    """

    mail_from: str
    recipients: tuple[str, ...]
    peer: str
    transport: str
    content: Callable[[], EmailMessage]
    received_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    _ids: dict[str, uuid.UUID] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        # Version 1, made at reception: Aldeamo's ids show the time a message was accepted.
        self._ids.update((recipient, uuid.uuid1()) for recipient in self.recipients)

    @cached_property
    def email(self) -> EmailMessage:
        """The content; one that came by API is put together with the headers SMTP would have."""
        return self.content()

    def id_for(self, recipient: str) -> uuid.UUID:
        """The provider's id of this mail for one of its recipients."""
        return self._ids[recipient]

    @property
    def sender(self) -> str:
        """Address of the From header."""
        return parseaddr(str(self.email["From"]))[1]

    @property
    def subject(self) -> str:
        return str(self.email["Subject"] or "")

    @property
    def links(self) -> list[str]:
        """The web links of the HTML part."""
        html = self.email.get_body(("html",))
        found = _LINK.findall(html.get_content()) if html else []
        return [link.replace("&amp;", "&") for link in found]

    @property
    def link(self) -> str | None:
        """The first web link: what a recipient clicks on."""
        return next(iter(self.links), None)

    def raw_headers(self) -> list[tuple[str, str]]:
        """Headers unfolded but not decoded: no provider promises to decode RFC 2047 words."""
        if self.transport == "api":  # JSON has no folding: a line break is a line break
            return list(self.email.raw_items())
        return [
            (name, re.sub(r"\r?\n", "", value).strip()) for name, value in self.email.raw_items()
        ]

    def raw_header(self, name: str) -> str:
        """The undecoded value of the first header of that name, ``""`` if there is none."""
        values = (value for key, value in self.raw_headers() if key.lower() == name.lower())
        return next(values, "")
