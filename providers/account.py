# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What can be set up in an account through its API: who may send, and where events go."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

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
    """

    remote_id: str
    email: str
    is_active: bool

    @property
    def is_domain(self):
        return self.email.startswith("*@")

    @property
    def domain(self):
        return self.email.rpartition("@")[2]


@dataclass(frozen=True)
class Domain:
    """What the provider wants to find in the DNS of a domain, and what it found.

    :param txt_name: of the record that shows whose domain it is, in full, without a final dot
    :param txt_value: of that record
    :param spf_status: a key of `RECORD_STATUSES`; :param dkim_status: likewise
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
class Callback:
    """Where the provider posts the events of one type.

    :param event_type: in the provider's words
    :param url: with user and password, as registered: not to be shown
    :param is_alive: False once the provider has given up on it
    :param is_grouped: several events come in one request
    """

    remote_id: str
    event_type: str
    url: str
    is_alive: bool = True
    is_grouped: bool = True

    @property
    def bare_url(self):
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


class Account(ABC):
    """The set-up of one account. Every method raises `api.ApiError`; its reason says why.

    :param api.Api api: of the account; stays the caller's to close
    """

    # Events that can be registered for: the provider's word → ours, for people.
    event_types: dict[str, str]

    def __init__(self, api):
        self._api = api

    @abstractmethod
    def standing(self):
        """:rtype: Standing"""

    @abstractmethod
    def senders(self):
        """:rtype: list[Sender]"""

    @abstractmethod
    def domains(self):
        """:rtype: list[Domain]"""

    @abstractmethod
    def add_sender(self, email):
        """Add an address, or ``*@<domain>``; nothing happens if it is there.

        The provider may write to the address, so that its owner can agree.
        """

    @abstractmethod
    def validate(self, sender):
        """Have the provider look at the domain's DNS, or write to the address once more.

        :param Sender sender:
        :return: whether it is active now
        """

    @abstractmethod
    def check_records(self, domain):
        """Have the provider look for the domain's SPF and DKIM records.

        :param str domain:
        """

    @abstractmethod
    def callbacks(self):
        """:return: one for each event type that has a URL
        :rtype: list[Callback]
        """

    @abstractmethod
    def register(self, event_type, url, present=None):
        """Have the events of a type posted to a URL, in place of the present one.

        :param Callback present: of the type, as `callbacks` told
        """

    @abstractmethod
    def unregister(self, callback):
        """Have the events of a type posted nowhere."""


def masked(text):
    """Return a text without the users and passwords in its URLs."""
    return CREDENTIALS.sub("***@", text)
