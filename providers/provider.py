# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a provider declares: its words, its abilities, and the meaning of its events."""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .account import Account, Domain
from .api import Api
from .authentication import Authentication, BasicAuthentication
from .base import Event, EventError, Instructions, storable
from .body import BodyError, Item, read_items
from .dns import ManualDnsSettings
from .templates import Templates


@dataclass(frozen=True)
class Smtp:
    """The provider's SMTP server.

    :param encryption: as `ir.mail_server` has it: ``starttls`` or ``ssl``; the one to begin with
    :param ports: encryption → port
    """

    host: str
    encryption: str
    ports: dict[str, int]

    @property
    def port(self) -> int:
        """The port of the encryption to begin with."""
        return self.ports[self.encryption]


@dataclass(frozen=True)
class Received:
    """One item of a webhook body: its text, and the event in it or why there is none.

    :param fingerprint: the same for the same content, in whatever order its keys come
    """

    payload: str
    fingerprint: str
    event: Event | None = None
    error: str | None = None


class Provider(ABC):
    """An e-mail service provider. The texts are in English, marked with `base._`."""

    # --- What every provider declares

    code: str
    name: str
    # Its names of the user and the password of SMTP, and where they are found
    user_label: str
    password_label: str
    credentials_help: str
    # What the provider takes, as far as it is known
    limits_help: str
    # Where the webhook's URL is entered, and for which events
    webhook_help: str
    # What the provider needs to report opens
    opens_help: str
    # The header in which the correlation token travels over SMTP
    token_header: str

    # --- Its abilities: None for one that it doesn't have. It sends by SMTP, by its API, or both.

    smtp: Smtp | None = None
    api: type[Api] | None = None
    # Setting up senders and webhooks, and asking what became of mails, through the API
    account: type[Account] | None = None
    # Sending templates that are kept at the provider
    templates: type[Templates] | None = None
    # How its posts to the webhook are told from others'
    authentication: Authentication = BasicAuthentication()
    # A mail can say whether it is to be tracked
    has_tracking_switch = False

    # --- What is otherwise at some providers

    # Step of the set-up (``keys``, ``senders``, ``dns``, ``webhook``) → the provider's page for it
    pages: dict[str, str] = {}
    # Who knows which addresses may be used, where there is no `account` to be asked
    senders_help: str = ""
    # True where the provider puts its own Message-Id in place of Odoo's
    replaces_message_id = False
    # How the headers begin that tell the provider what to do: nobody else may set them
    control_prefixes: tuple[str, ...] = ()
    # Provider's name of an error → what it means, and what to do
    explanations: dict[str, str] = {}
    # The share of a day's mails that may be reported as spam, before it does harm: Gmail's and
    # Yahoo's figure for senders of bulk mail (February 2024), or the provider's own.
    complaint_limit = 0.001
    # The share that may bounce, where the provider publishes one.
    bounce_limit: float | None = None
    # What of `dns.ManualDnsSettings` an administrator may have to enter, and where it is found
    dns_entered: tuple[str, ...] = ()
    dns_help: str = ""

    @property
    def transports(self) -> tuple[str, ...]:
        """The ways in which mails can be sent: ``smtp``, ``api``."""
        return tuple(name for name in ("smtp", "api") if getattr(self, name))

    def dns_expectations(
        self, entered: ManualDnsSettings, told: Domain | None = None
    ) -> dict[str, Any]:
        """Return what the provider wants in a domain's DNS: fields of `dns_check.Expectations`.

        :param told: what the provider's API says of the domain, if it was asked
        """
        return {"provider": self.name}

    def without_controls(self, headers: dict[str, Any]) -> dict[str, Any]:
        """Return headers without those that tell the provider what to do."""
        return {
            name: value
            for name, value in headers.items()
            if not name.lower().startswith(self.control_prefixes)
        }

    @abstractmethod
    def instruct(self, email: dict[str, Any], instructions: Instructions) -> dict[str, Any]:
        """Return the values of a mail with the provider's instructions among them.

        They are put where SMTP wants them; `Api.encode` reads them from there.

        :param email: ``subject``, ``body``, ``body_alternative`` and ``headers``, as Odoo's
            `ir.mail_server.build_email` takes them
        """

    @abstractmethod
    def translate(self, payload: dict[str, Any]) -> Event:
        """Return the `Event` that `payload` describes.

        :raises EventError: it is not an event of this provider
        """

    @abstractmethod
    def example(self, now: datetime) -> dict[str, Any]:
        """Return a payload that is authentic in form and no event, to test the webhook.

        :param now: naive UTC
        """

    def receive(
        self, body: bytes, content_type: str = "", content_encoding: str = ""
    ) -> list[Received]:
        """Split a webhook body into its events; see `body.read_items`.

        Nothing raises: what isn't understood is returned with the reason.
        """
        try:
            items = read_items(body, content_type, content_encoding)
        except BodyError as error:
            fingerprint = self._fingerprint(error.text)
            return [Received(storable(error.text), fingerprint, error=storable(str(error)))]
        return [self._received(item) for item in items]

    def _received(self, item: Item) -> Received:
        event = error = None
        if isinstance(item.value, dict):
            try:
                event = self.translate(item.value)
            except EventError as reason:
                error = str(reason)
            except Exception as reason:  # noqa: BLE001 - one event must not take the others along
                error = storable(f"{type(reason).__name__}: {reason}")
        else:
            error = "Neither a JSON object nor an array of objects"
        fingerprint = self._fingerprint(item.content)
        return Received(storable(item.payload), fingerprint, event, error)

    def _fingerprint(self, content: str) -> str:
        whole = f"{self.code}:{content}".encode("utf-8", "backslashreplace")
        # 128 bits are enough. Each fingerprint is on the disk twice: in the row and in an index.
        return hashlib.blake2b(whole, digest_size=16).hexdigest()
