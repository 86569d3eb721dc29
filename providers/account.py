# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What can be set up in an account through its API: who may send, and where events go."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .base import Text, _

RECORD_STATUSES = {
    "ok": _("OK"),
    "error": _("Missing or wrong"),
    "missing": _("Missing"),
    "unchecked": _("Not checked yet"),
}
# The part of a URL that holds a user and a password.
CREDENTIALS = re.compile(r"(?<=//)[^/?#\s]+@")


@dataclass(frozen=True)
class Sender:
    """An address that the account may send from, or a domain with all of its addresses.

    :param remote_id: the provider's id of it
    :param email: as `base.address` has it, the domain in ASCII; ``*@<domain>`` for a domain
    :param is_active: mail from it is accepted
    :param file_name: of a file in the root of the domain's website that proves whose domain it
        is; "" if the provider looks for none
    """

    remote_id: str
    email: str
    is_active: bool
    file_name: str = ""

    @property
    def is_domain(self) -> bool:
        return self.email.startswith("*@")

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


@dataclass(frozen=True)
class Domain:
    """What the provider wants to find in the DNS of a domain, and what it found.

    :param txt_name: of the record that shows whose domain it is, in full, without a final dot
    :param txt_value: of that record
    :param spf_status: a key of `RECORD_STATUSES`
    :param dkim_status: likewise
    :param checked_at: when the provider looked last; naive UTC, or None
    :param dkim_name: of the record with the key, in full, without a final dot
    :param dkim_value: of that record
    :param is_checking: the provider is looking just now
    """

    name: str
    txt_name: str
    txt_value: str
    spf_status: str
    dkim_status: str
    checked_at: datetime | None = None
    dkim_name: str = ""
    dkim_value: str = ""
    is_checking: bool = False


@dataclass(frozen=True)
class WebhookRegistration:
    """Where the provider posts the events of one type.

    :param event_type: in the provider's words
    :param url: with user and password, as registered: not to be shown
    :param is_alive: False once the provider posts nothing there any more
    :param is_grouped: several events come in one request
    """

    remote_id: str
    event_type: str
    url: str
    is_alive: bool = True
    is_grouped: bool = True

    @property
    def bare_url(self) -> str:
        """The URL without user and password."""
        return CREDENTIALS.sub("", self.url)


@dataclass(frozen=True)
class Standing:
    """Whether an account may send.

    :param state: ``right``, ``wrong``, or ``unknown`` where the provider doesn't say
    :param text: the same in words, and what to do
    """

    state: str
    text: Text


@dataclass(frozen=True)
class SentMail:
    """What the provider says became of one e-mail, for one recipient.

    :param remote_id: the provider's id, by which its history is asked for
    :param message_id: the id that its events name it by
    :param token: the correlation token that travelled with it; None if none did
    :param recipient: as `base.address` has it, or None
    :param latest: what happened last, a key of `base.EVENT_TYPES`; None: nothing yet
    :param is_permanent: it ended in a failure that is final
    """

    remote_id: str
    message_id: str | None
    token: str | None
    recipient: str | None
    latest: str | None
    is_permanent: bool = False


@dataclass(frozen=True)
class Contact:
    """What the provider keeps about an address that mail went to.

    :param is_excluded: it is left out of the campaigns that are made at the provider
    :param is_complaining: it has reported a mail as spam
    """

    is_excluded: bool
    is_complaining: bool = False


class Account(ABC):
    """The set-up of one account. Every method raises `api.ApiError`; its reason says why.

    :param api: of the account, the provider's own; stays the caller's to close
    """

    # Events that can be registered for: the provider's word → a key of `base.EVENT_TYPES`
    event_types: dict[str, str]
    # What a sender may be meant for: the provider's word → ours, for people
    email_types: dict[str, str] = {}
    # What happens to a mail of Odoo's when the provider excludes its recipient
    exclusion_help: str

    def __init__(self, api: Any) -> None:
        self._api = api

    @abstractmethod
    def standing(self) -> Standing:
        """Return whether the account may send."""

    @abstractmethod
    def senders(self) -> list[Sender]:
        """Return who may send."""

    @abstractmethod
    def domains(self) -> list[Domain]:
        """Return what the provider wants of each domain's DNS."""

    @abstractmethod
    def add_sender(self, email: str, name: str = "", email_type: str | None = None) -> None:
        """Add an address, or ``*@<domain>``; nothing happens if it is there.

        The provider may write to the address, so that its owner can agree.

        :param name: of the sender, for those who look at the account
        :param email_type: a key of `email_types`
        """

    @classmethod
    @abstractmethod
    def activation_link(cls, sender: str, html: str) -> str | None:
        """Return the link by which the owner of an address agrees, or None if this isn't a mail
        of the provider's that has one.

        :param sender: address of the mail's From
        """

    @abstractmethod
    def validate(self, sender: Sender) -> bool:
        """Have the provider check the domain's DNS, or write to the address once more.

        :return: whether it is active now
        """

    @abstractmethod
    def check_records(self, domain: str) -> None:
        """Have the provider look for the domain's SPF and DKIM records."""

    @abstractmethod
    def callbacks(self) -> list[WebhookRegistration]:
        """Return one for each event type that has a URL."""

    @abstractmethod
    def register(
        self, event_type: str, url: str, present: WebhookRegistration | None = None
    ) -> None:
        """Have the events of a type posted to a URL, in place of the present one.

        :param present: of the type, as `callbacks` told
        """

    @abstractmethod
    def unregister(self, callback: WebhookRegistration) -> None:
        """Have the events of a type no longer posted."""

    @abstractmethod
    def sent_mails(self, since: datetime, until: datetime) -> Iterator[list[SentMail]]:
        """Yield what became of the e-mails that the provider accepted in a time, page by page.

        :param since: naive UTC
        :param until: likewise
        """

    @abstractmethod
    def history(self, mail: SentMail) -> list[dict[str, Any]]:
        """Return the events of an e-mail, in the form in which the provider posts them."""

    @abstractmethod
    def contact(self, email: str) -> Contact | None:
        """Return what the provider keeps about an address, or None if it doesn't know it.

        :param email: the domain in ASCII
        """

    @abstractmethod
    def allow(self, email: str) -> None:
        """Undo the exclusion of an address; see `Contact`."""


def masked(text: str) -> str:
    """Return a text without the users and passwords in its URLs."""
    return CREDENTIALS.sub("***@", text)
