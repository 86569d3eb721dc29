# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a post to the webhook shows whom it comes from, besides the secret in the URL."""

from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Callable
from hmac import compare_digest

# The value of the header with this name, each byte as a character; "" for one that wasn't sent.
Header = Callable[[str], str]


class Authentication(ABC):
    """How one provider's posts are told from others'."""

    # What the provider calls the key, where an administrator enters it; "" where Odoo makes the
    # key and registers it through the provider's `account`
    key_label = ""
    # Where the key comes from, or goes to
    key_help = ""
    # A signature: the headers alone say nothing
    needs_body = False

    @abstractmethod
    def is_authentic(self, header: Header, body: bytes, key: str) -> bool:
        """Tell whether a post was made by somebody who knows the key.

        The time that it takes must say nothing about the key.

        :param body: as posted; b"" unless `needs_body`
        """

    @abstractmethod
    def headers(self, body: bytes, key: str) -> dict[str, str]:
        """Return the headers that make a post authentic, to test the webhook."""


class BasicAuthentication(Authentication):
    """User and password in the webhook's URL (RFC 7617); the key is ``<user>:<password>``."""

    def is_authentic(self, header: Header, body: bytes, key: str) -> bool:
        scheme, _space, encoded = header("Authorization").partition(" ")
        if scheme.lower() != "basic":
            return same(key, "")
        try:
            return same(key, b64decode(encoded.strip(), validate=True).decode())
        except ValueError:
            return same(key, "")

    def headers(self, body: bytes, key: str) -> dict[str, str]:
        return {"Authorization": f"Basic {b64encode(key.encode()).decode()}"}


def same(expected: str, given: str) -> bool:
    """Compare two secrets in a time that says nothing about them."""
    return compare_digest(expected.encode(), given.encode("utf-8", "replace"))
