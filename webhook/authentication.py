# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Authentication: a request of the provider has the secret of the webhook's URL."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..providers import PROVIDERS
from ..providers.authentication import Authentication, BasicAuthentication, Header, same

COLUMNS = (
    "id, provider, webhook_secret, COALESCE(webhook_user || ':', '') || webhook_password,"
    " webhook_secret_previous,"
    " COALESCE(webhook_user_previous || ':', '') || webhook_password_previous,"
    " webhook_secret_previous_until, webhook_provider_previous,"
    " CASE WHEN active THEN NULL ELSE webhook_until END"
)
CONDITION = "webhook_secret IS NOT NULL AND (active OR webhook_until IS NOT NULL)"
# All servers are read: comparing secrets in a look-up would not take constant time.
SELECT = f"SELECT {COLUMNS} FROM ir_mail_server WHERE {CONDITION}"  # noqa: S608
# The path of the URL contains the secret, which no log may show.
_SECRET = re.compile(r"(/mail_provider/\d+-)[^\s?/\"']+")


class WrongCredentialsError(Exception):
    """The secret is right, but what the provider sends to prove its identity is wrong."""


@dataclass(frozen=True)
class Post:
    """What a request contains besides its URL.

    :param body: returns the body; None while only the headers have been read
    """

    header: Header
    body: Callable[[], bytes] | None = None


@dataclass(frozen=True)
class Key:
    """What an authentic request has.

    :param secret: the one in the URL
    :param credentials: the key of `providers.authentication`, such as "<user>:<password>"; None
        if the secret is enough
    """

    secret: str
    credentials: str | None = None


# A key and the code of the provider that uses it
_Owned = tuple[Key | None, str | None]


@dataclass(frozen=True)
class Webhook:
    """What a mail server's webhook accepts.

    :param provider: code of the provider that uses the current key; None: no provider
    :param former: the key before a rotation, valid until `former_until`
    :param former_until: naive UTC
    :param former_provider: code of the provider that uses the former key
    :param until: when the webhook of an archived server ends, naive UTC; None for a server in use
    """

    server_id: int
    provider: str | None
    current: Key
    former: Key | None = None
    former_until: datetime | None = None
    former_provider: str | None = None
    until: datetime | None = None

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Webhook:
        """Return the webhook that a row of `SELECT` describes."""
        server_id, provider, secret, credentials, former, former_credentials, *rest = row
        former_key = Key(former, former_credentials) if former else None
        return cls(server_id, provider, Key(secret, credentials), former_key, *rest)

    def _keys(self, now: datetime) -> tuple[_Owned, _Owned]:
        """Return both keys with their providers; `_NOBODY` instead of a key that is not valid."""
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
            (self.current, self.provider) if is_current else _NOBODY,
            (self.former, self.former_provider) if is_former else _NOBODY,
        )


# A request without headers and body
NOTHING = Post(lambda _name: "")
_BASIC = BasicAuthentication()
# A secret that nobody knows. It is compared where there is no key, so that this takes as long.
_UNKNOWN = Key(secrets.token_urlsafe(24))
_NOBODY: _Owned = (None, None)


def server_id_of(token: str) -> int:
    """Return the server's id, with which a token begins; 0, which no server has, without one."""
    number = token.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def authentic_provider(
    webhook: Webhook | None, token: str, post: Post, now: datetime
) -> str | None:
    """Return the code of the provider whose webhook has `token`, or None.

    Every comparison takes constant time and is always made, so that the duration says nothing
    about the secrets.

    :param webhook: of the server whose id the token has, if there is one
    :param token: "<server id>-<secret>", as in the URL
    :param now: naive UTC
    :raises WrongCredentialsError: the token is right, but not what proves the provider's identity
    """
    secret = token.partition("-")[2]
    is_known = is_allowed = False
    found: str | None = None
    for key, provider in webhook._keys(now) if webhook else (_NOBODY, _NOBODY):
        is_secret = same((key or _UNKNOWN).secret, secret)
        required = (key or _UNKNOWN).credentials
        # Where no credentials are required, those of the request don't matter.
        has_credentials = (required is None) | _is_authentic(
            PROVIDERS[provider].authentication if provider else _BASIC,
            required or _UNKNOWN.secret,
            post,
        )
        is_known |= is_secret
        is_allowed |= is_secret & has_credentials
        found = provider if is_secret else found
    if is_known and not is_allowed:
        raise WrongCredentialsError()
    return found


def _is_authentic(authentication: Authentication, credentials: str, post: Post) -> bool:
    if not authentication.needs_body:
        return authentication.is_authentic(post.header, b"", credentials)
    return post.body is None or authentication.is_authentic(post.header, post.body(), credentials)


def masked(line: str) -> str:
    """Return a line of a log with asterisks instead of the secret."""
    return _SECRET.sub(r"\1***", line)
