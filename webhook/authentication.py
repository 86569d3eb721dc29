# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a request comes from the provider: it knows the secret in the webhook's URL."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from ..providers import PROVIDERS
from ..providers.authentication import BasicAuthentication, Header, same

COLUMNS = (
    "id, provider, webhook_secret, COALESCE(webhook_user || ':', '') || webhook_password,"
    " webhook_secret_previous,"
    " COALESCE(webhook_user_previous || ':', '') || webhook_password_previous,"
    " webhook_secret_previous_until, webhook_provider_previous,"
    " CASE WHEN active THEN NULL ELSE webhook_until END"
)
CONDITION = "webhook_secret IS NOT NULL AND (active OR webhook_until IS NOT NULL)"
# Of all servers: no look-up compares secrets.
SELECT = f"SELECT {COLUMNS} FROM ir_mail_server WHERE {CONDITION}"  # noqa: S608


class WrongCredentialsError(Exception):
    """The secret is right, but what else the provider sends with each post is not."""


@dataclass(frozen=True)
class Post:
    """What a request sends along.

    :param header: returns the value of a header
    :param body: returns the body; None while only the headers are here
    """

    header: Header
    body: Callable[[], bytes] | None = None


@dataclass(frozen=True)
class Key:
    """One way to be authentic.

    :param secret: in the URL
    :param credentials: what the posts are told by, see `providers.authentication`: such as
        "<user>:<password>"; None if nothing need be sent along
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


# A request that sends nothing along
NOTHING = Post(lambda _name: "")
_BASIC = BasicAuthentication()
# Compared with where there is nothing to compare with; nobody knows it.
_UNKNOWN = Key(secrets.token_urlsafe(24))
_NO_KEYS = ((None, None), (None, None))


def server_id_of(token):
    """Return the number that a token begins with; 0, which no server has, if there is none."""
    number = token.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def authentic_provider(webhook, token, post, now):
    """Return the provider whose webhook has `token`, or None; how long it takes says nothing
    about the secrets.

    :param Webhook webhook: of the server that the token names, or None
    :param str token: "<server id>-<secret>", as in the URL
    :param Post post: what came with it
    :param datetime now: naive UTC
    :raises WrongCredentialsError: the token is right, and what was sent along is not
    """
    secret = token.partition("-")[2]
    is_known = is_allowed = False
    found = None
    for key, provider in webhook._keys(now) if webhook else _NO_KEYS:
        is_secret = same((key or _UNKNOWN).secret, secret)
        required = (key or _UNKNOWN).credentials
        # Without credentials, what is sent along doesn't matter.
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


def _is_authentic(authentication, credentials, post):
    if not authentication.needs_body:
        return authentication.is_authentic(post.header, b"", credentials)
    return post.body is None or authentication.is_authentic(post.header, post.body(), credentials)
