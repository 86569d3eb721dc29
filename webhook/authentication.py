# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a request comes from the provider: it knows the secret in the webhook's URL."""

import secrets
from base64 import b64decode
from dataclasses import dataclass
from hmac import compare_digest

from ..providers import PROVIDERS

COLUMNS = (
    "id, provider, webhook_secret, webhook_user || ':' || webhook_password,"
    " webhook_secret_previous, webhook_user_previous || ':' || webhook_password_previous,"
    " webhook_secret_previous_until, webhook_provider_previous,"
    " CASE WHEN active THEN NULL ELSE webhook_until END"
)
CONDITION = "webhook_secret IS NOT NULL AND (active OR webhook_until IS NOT NULL)"
# Of all servers: no look-up compares secrets.
SELECT = f"SELECT {COLUMNS} FROM ir_mail_server WHERE {CONDITION}"  # noqa: S608


class WrongCredentialsError(Exception):
    """The secret is right, but the URL was registered with user and password, and not these."""


@dataclass(frozen=True)
class Key:
    """One way to be authentic.

    :param secret: in the URL
    :param credentials: "<user>:<password>" to be sent along, or None if none need be
    """

    secret: str
    credentials: str | None = None


@dataclass(frozen=True)
class Webhook:
    """What a mail server's webhook accepts.

    :param provider: whose events come with the current key; None: nobody's
    :param current: its key
    :param former: the key before a rotation, valid until `former_until`
    :param former_provider: whose events come with that one
    :param until: when the webhook of an archived server ends; None for one that is in use
    """

    server_id: int
    provider: str | None
    current: Key
    former: Key | None = None
    former_until: object = None
    former_provider: str | None = None
    until: object = None

    @classmethod
    def from_row(cls, row):
        """Return the webhook that a row of `SELECT` describes."""
        server_id, provider, secret, credentials, former, former_credentials, *rest = row
        former = former and Key(former, former_credentials)
        return cls(server_id, provider, Key(secret, credentials), former, *rest)

    def _keys(self, now):
        """Return (key, provider) of both keys; (None, None) in place of one that isn't valid."""
        is_over = self.until and self.until <= now
        is_current = not is_over and self.provider in PROVIDERS
        is_former = (
            not is_over
            and self.former
            and self.former_until
            and self.former_until > now
            and self.former_provider in PROVIDERS
        )
        return (
            (self.current, self.provider) if is_current else (None, None),
            (self.former, self.former_provider) if is_former else (None, None),
        )


# Compared with where there is nothing to compare with; nobody knows it.
_UNKNOWN = Key(secrets.token_urlsafe(24))
_NO_KEYS = ((None, None), (None, None))


def server_id_of(token):
    """Return the number that a token begins with; 0, which no server has, if there is none."""
    number = token.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def credentials_of(header):
    """Return "<user>:<password>" of basic authentication (RFC 7617), or "" if it has none.

    :param bytes header: Authorization, as sent
    """
    scheme, _space, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        return ""
    try:
        return b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return ""


def authentic_provider(webhook, token, credentials, now):
    """Return the provider whose webhook has `token`, or None; how long it takes says nothing
    about the secrets.

    :param Webhook webhook: of the server that the token names, or None
    :param str token: "<server id>-<secret>", as in the URL
    :param str credentials: "<user>:<password>" as sent along; "" if there were none
    :param datetime now: naive UTC
    :raises WrongCredentialsError: the token is right, and the credentials are not
    """
    secret = token.partition("-")[2]
    is_known = is_allowed = False
    found = None
    for key, provider in webhook._keys(now) if webhook else _NO_KEYS:
        is_secret = _same((key or _UNKNOWN).secret, secret)
        required = (key or _UNKNOWN).credentials
        # Without credentials, what is sent along doesn't matter.
        has_credentials = _same(required or _UNKNOWN.secret, credentials) | (required is None)
        is_known |= is_secret
        is_allowed |= is_secret & has_credentials
        found = provider if is_secret else found
    if is_known and not is_allowed:
        raise WrongCredentialsError()
    return found


def _same(expected, given):
    return compare_digest(expected.encode(), given.encode("utf-8", "replace"))
