# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Handing mails to a provider: what is handed over, and what comes of it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .base import Text

# Seconds that one call may take as a whole. RFC 5321 4.5.3.2.6 grants ten minutes for the answer
# to the end of the data; providers answer within seconds.
CALL_LIMIT = 150


class Limits(NamedTuple):
    """What fits into one call.

    :param recipients: of all mails together
    :param size: bytes of all mails together
    """

    messages: int = 1
    recipients: int = 1000
    size: int = 1 << 30


@dataclass(frozen=True)
class PreparedMail:
    """One mail as it goes over the wire.

    :param token: the correlation token that travels with it
    :param content: a MIME message for SMTP, JSON for an API
    :param sender: address of the envelope
    :param recipients: addresses of the envelope
    """

    token: str
    content: bytes
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one mail that was handed over.

    :param result:

        * ``accepted``: the provider has it
        * ``refused``: the provider said no to this mail, for good
        * ``retry``: the provider has not taken this mail; it may do so later
        * ``busy``: not taken; other mails would fare no better now
        * ``account_blocked``: not taken; no other mail will be taken either, until somebody
          corrects the account
        * ``in_doubt``: nobody knows whether the provider has it
    :param ids: recipient's address → the provider's id of the mail, if accepted
    :param refused: recipient's address → why, for those who don't get an accepted mail
    :param failure: if refused, what is wrong: a key of `base.FAILURES`, if that is known
    :param reason: why it isn't accepted, and what to do
    :param delay: seconds after which to try again, for ``retry``; None leaves it to the caller
    """

    result: str
    ids: dict[str, str] = field(default_factory=dict)
    refused: dict[str, Text] = field(default_factory=dict)
    failure: str | None = None
    reason: Text | None = None
    delay: float | None = None

    @property
    def stops_others(self) -> bool:
        """Whether other mails would fare no better now."""
        return self.result in ("busy", "account_blocked")


class Transport(ABC):
    """A way to one provider with one account's credentials. Used by one thread at a time."""

    limits = Limits()

    @abstractmethod
    def send(self, mails: Sequence[PreparedMail]) -> list[Outcome]:
        """Hand mails over in one call; return what became of each, in the same order."""

    @abstractmethod
    def abort(self) -> None:
        """End the call that another thread is making: its mails are in doubt at worst."""

    @abstractmethod
    def close(self) -> None:
        """Give the connections back."""
