# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The vocabulary that all providers share, and how what they send is read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import getaddresses
from typing import Any


def _(text: str) -> str:
    """Mark `text` for translation: Odoo translates it when it shows it."""
    return text


@dataclass(frozen=True)
class Text:
    """Words for people: a template marked for translation, and what its `%(name)s` stand for."""

    template: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.params if self.params else self.template

    def as_json(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        params = {
            name: value.as_json() if isinstance(value, Text) else str(value)
            for name, value in self.params.items()
        }
        return {"template": self.template, "params": params}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Text":
        """Return what `as_json` made."""
        params = {
            name: cls.from_json(param) if isinstance(param, dict) else param
            for name, param in value["params"].items()
        }
        return cls(value["template"], params)


EVENT_TYPES = {
    "queued": _("Queued"),
    "deferred": _("Deferred"),
    "delivered": _("Delivered"),
    "opened": _("Opened"),
    "clicked": _("Clicked"),
    "bounced": _("Bounced"),
    "rejected": _("Rejected by the provider"),
    "complained": _("Reported as spam"),
    "unsubscribed": _("Unsubscribed"),
    "resubscribed": _("Subscribed again"),
    "preferences": _("Changed categories"),
    "unknown": _("Unknown"),
}
BOUNCE_TYPES = {"hard": _("Hard"), "soft": _("Soft")}
# Why a mail bounced or was rejected, in our own words.
FAILURES = {
    "invalid_address": _("Invalid address"),
    "mailbox_full": _("Mailbox full"),
    "opted_out": _("Opted out at the provider"),
    "duplicate": _("Duplicate"),
    "sender": _("Sender"),
    "content": _("Content"),
    "configuration": _("Template or account"),
    "provider": _("Technical problem"),
}
# What to do about each. None: the cause isn't known.
ADVICE = {
    None: _("The cause isn't known. Check the address; then send the email again."),
    "invalid_address": _("Correct the address of the contact, or remove it."),
    "mailbox_full": _("Try again in some days, or reach the person in another way."),
    "opted_out": _(
        "The person doesn't want your emails. Only if they ask for them: have an administrator "
        "allow the address again at the provider."
    ),
    "duplicate": _("There is nothing to do: the same email had been sent to this address before."),
    "sender": _(
        "The sender isn't trusted. Have an administrator validate its address or domain at the "
        "provider, and check the DNS and how many emails bounce or are reported as spam."
    ),
    "content": _(
        "The email was classified as spam, or its content isn't accepted. Change its text, links "
        "or attachments before you send it again."
    ),
    "configuration": _(
        "The address isn't to blame. Have an administrator correct the template or the account "
        "at the provider; then send the email again."
    ),
    "provider": _("Nothing is wrong with the address: send the email again later."),
}
# Failures that say nothing about the recipient: they must not count against the address.
BLAMELESS_FAILURES = ("sender", "content", "configuration", "provider")
# Failures that come back at the next try, unless it goes to another address.
LASTING_FAILURES = ("invalid_address", "opted_out", "duplicate")
ORIGINS = {
    # a mail that Odoo gave to the provider, by SMTP or by its API
    "relayed": _("Sent through the provider"),
    # a campaign that was made at the provider: no mail of Odoo's belongs to the event
    "marketing": _("The provider's own campaign"),
}

# Earlier times are mistakes: no provider here is as old.
EARLIEST = datetime(2009, 1, 1)
LATEST_AHEAD = timedelta(days=1)
# Characters. PostgreSQL indexes at most 2704 bytes, and a character takes up to four.
MAX_ID = 255
MAX_ADDRESS = 320  # RFC 3696 erratum 1690
MAX_MAILBOX = 400  # with a name; Python reads nested comments by recursion
# The name of what a provider's `example` posts to try the webhook. It is no event.
TEST_EVENT = "test"


class EventError(ValueError):
    """A body that is not an event of the provider; its text says why."""


@dataclass(frozen=True)
class Event:
    """One thing that happened to one e-mail or one recipient, in the shared vocabulary.

    :param event_type: a key of `EVENT_TYPES`
    :param bounce_type: a key of `BOUNCE_TYPES`, for bounces
    :param failure: a key of `FAILURES`, for bounces and rejections whose cause is known
    :param provider_error: the provider's own name of the cause, a key of its `explanations`
    :param origin: a key of `ORIGINS`
    :param recipient: normalised address
    :param occurred_at: naive UTC; None when the provider gave no usable time
    :param token: the correlation token that was sent with the mail, as it came back
    :param provider_message_id: the provider's own id of the message
    :param provider_campaign: the provider's id of the campaign
    :param provider_contact: the provider's id of the contact
    :param reason: what the recipient's server, or the recipient, said
    :param url: what was clicked
    :param place: city, region, country, as far as known
    :param city: alone
    :param country: its ISO code, or its name in English
    :param latitude: degrees north
    :param longitude: degrees east
    :param device_type: ``desktop``, ``mobile``, ``tablet`` or ``other``, if the provider tells it
    :param user_agent: of the mail client or browser, or its bare name
    :param categories: newsletter category → still wanted
    """

    event_type: str
    bounce_type: str | None = None
    failure: str | None = None
    provider_error: str | None = None
    origin: str | None = None
    recipient: str | None = None
    occurred_at: datetime | None = None
    token: str | None = None
    provider_message_id: str | None = None
    provider_campaign: str | None = None
    provider_contact: str | None = None
    subject: str | None = None
    reason: str | None = None
    url: str | None = None
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    city: str | None = None
    country: str | None = None
    device_type: str | None = None
    user_agent: str | None = None
    categories: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Instructions:
    """What a provider shall do with one mail.

    :param token: the correlation token, to come back in the mail's events
    :param campaign: ASCII name of the campaign, or None
    :param tracking: whether to watch opens and clicks; None leaves it to the account's settings
    :param template: the provider's template that the mail consists of, or None
    :param variables: of the template: name → text
    """

    token: str
    campaign: str | None = None
    tracking: bool | None = None
    template: str | None = None
    variables: dict[str, str] = field(default_factory=dict)


def storable(value: str) -> str:
    """Return `value` without what PostgreSQL's text can't hold: NUL and lone surrogates."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def text(value: Any, limit: int | None = 1000) -> str | None:
    """Return `value` as stripped text of at most `limit` characters, or None if empty.

    Providers send the same field now as a number, now as a string.

    :param limit: None for a text that is useless when it is cut, such as a link
    """
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    return storable(str(value)).strip()[:limit] or None


def identifier(value: Any) -> str | None:
    """Return the provider's name of something as text that can be looked up, or None."""
    return text(value, MAX_ID)


def address(value: Any) -> str | None:
    """Return the address in `value` as Odoo's `email_normalize` has it, or None.

    There is none in a text that names several, or that is too long: a part of an address may be
    somebody else's. Capitals of a local part that isn't ASCII stay (RFC 6531 3.2).
    """
    mailbox = text(value, None) or ""
    if len(mailbox) > MAX_MAILBOX:
        return None
    found = [email for _name, email in getaddresses([mailbox]) if "@" in email]
    if len(found) != 1 or len(found[0]) > MAX_ADDRESS:
        return None
    local, _at, domain = found[0].rpartition("@")
    if not local or not domain or any(char.isspace() for char in found[0]):
        return None
    return f"{local.lower() if local.isascii() else local}@{domain.lower()}"


def nonzero(value: Any) -> str | None:
    """Return an id as text; 0 stands for none."""
    id_ = identifier(value)
    return id_ if id_ != "0" else None


def number(value: Any) -> float | None:
    """Return `value` as a float rounded to six decimals (a tenth of a metre), or None.

    Providers send coordinates with the tail that 32-bit floats leave.
    """
    try:
        result = round(float(value), 6)
    except (TypeError, ValueError, OverflowError):
        return None
    return result if abs(result) <= 180 else None


def utc(moment: datetime | None) -> datetime | None:
    """Return `moment` as naive UTC, or None where it can't be true.

    :param moment: with a time zone, or None
    """
    if moment is None:
        return None
    try:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        return None
    latest = datetime.now(timezone.utc).replace(tzinfo=None) + LATEST_AHEAD
    return moment if EARLIEST <= moment <= latest else None


def iso_time(value: str, zone: timezone = timezone.utc) -> datetime | None:
    """Return an RFC 3339 time as naive UTC, or None where it can't be true.

    :param zone: that of a time without one
    """
    try:
        # Python 3.10 doesn't read the Z.
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return utc(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def unix_time(value: Any) -> datetime | None:
    """Return the moment of a Unix time in seconds as naive UTC, or None where it can't be true."""
    try:
        return utc(datetime.fromtimestamp(int(value), timezone.utc))
    except (TypeError, ValueError, OverflowError, OSError):
        return None
