# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The vocabulary shared by all providers, and the interface each of them fills in."""

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import getaddresses
from typing import TYPE_CHECKING

from .body import BodyError, read_body

if TYPE_CHECKING:
    from .transport import Limits


def _(text):
    """Mark `text` for translation: Odoo translates it when it shows it."""
    return text


@dataclass(frozen=True)
class Text:
    """Words for people: a template marked for translation, and what its `%(name)s` stand for."""

    template: str
    params: dict = field(default_factory=dict)

    def __str__(self):
        return self.template % self.params if self.params else self.template

    def as_json(self):
        """Return it as what JSON can hold."""
        params = {
            name: value.as_json() if isinstance(value, Text) else str(value)
            for name, value in self.params.items()
        }
        return {"template": self.template, "params": params}

    @classmethod
    def from_json(cls, value):
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
    "sender": _("Sender's reputation"),
    "content": _("Content"),
    "configuration": _("Template or account"),
    "provider": _("Technical problem"),
}
# … and what to do about each. None: nobody knows the cause.
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
        "The recipient's mail server doesn't trust the sender. Have an administrator check the "
        "DNS of the sender's domain, and how many emails bounce or are reported as spam."
    ),
    "content": _(
        "The email was taken for spam or isn't accepted as it is. Change its text, links or "
        "attachments before you send it again."
    ),
    "configuration": _(
        "The address isn't to blame. Have an administrator correct the template or the account "
        "at the provider; then send the email again."
    ),
    "provider": _("Nothing is wrong with the address: send the email again later."),
}
# Those that say nothing about the recipient: they must not count against anybody.
BLAMELESS_FAILURES = ("sender", "content", "configuration", "provider")
# Those that are the same at the next try, unless it goes to another address.
LASTING_FAILURES = ("invalid_address", "opted_out", "duplicate")
STREAMS = {
    # the provider delivers a mail that it was handed, over SMTP or its API
    "smtp": _("Sent through the provider"),
    # the provider's own campaigns: no mail of Odoo's stands behind the event
    "marketing": _("The provider's own campaign"),
}

# No provider here is as old as this: an earlier time is a mistake.
EARLIEST = datetime(2009, 1, 1)
LATEST_AHEAD = timedelta(days=1)
# More than fits into a request when each is an event: a longer array is no provider's.
MAX_ITEMS = 5000
# Characters. PostgreSQL indexes at most 2704 bytes, and a character takes up to four.
MAX_ID = 255
MAX_ADDRESS = 320  # RFC 3696 erratum 1690
MAX_MAILBOX = 400  # with a name; Python reads nested comments by recursion
# The name of what a provider's `example` posts, to see whether the webhook answers: no event.
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
    :param stream: a key of `STREAMS`
    :param recipient: normalised address
    :param occurred_at: naive UTC; None when the provider gave no usable time
    :param reference: the correlation token that was sent with the mail, as it came back
    :param provider_message_id: the provider's own id of the message
    :param provider_campaign: the provider's id of the campaign
    :param provider_contact: the provider's id of the contact
    :param reason: what the recipient's server, or the recipient, said
    :param url: what was clicked
    :param place: city, region, country, as far as known
    :param city: alone; :param country: its ISO code, or its name in English
    :param latitude: degrees north; :param longitude: degrees east
    :param device_type: ``desktop``, ``mobile``, ``tablet`` or ``other``, if the provider tells it
    :param user_agent: of the mail client or browser, or its bare name
    :param categories: newsletter category → still wanted
    """

    event_type: str
    bounce_type: str | None = None
    failure: str | None = None
    provider_error: str | None = None
    stream: str | None = None
    recipient: str | None = None
    occurred_at: datetime | None = None
    reference: str | None = None
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
class Received:
    """One item of a webhook body: its text, and the event in it or why there is none.

    :param fingerprint: the same for the same content, in whatever order its keys come
    """

    payload: str
    fingerprint: str
    event: Event | None = None
    error: str | None = None


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


class Provider(ABC):
    """An e-mail service provider: presets, words, its API, and the meaning of its events."""

    code: str
    name: str
    # Outgoing server
    smtp_host: str
    smtp_encryption: str
    smtp_ports: dict[str, int]  # encryption → port
    user_label: str
    password_label: str
    credentials_help: str
    # Step of the set-up (``keys``, ``senders``, ``dns``, ``webhook``) → the provider's page for it
    pages: dict[str, str] = {}
    # Where no `account` can be asked which addresses may be used: who knows it
    senders_help: str = ""
    # What the provider takes, as far as it is known
    limits_help: str
    # Webhook
    webhook_help: str
    # What the provider needs to report opens
    opens_help: str
    # True where the provider puts its own Message-Id in place of Odoo's
    replaces_message_id: bool
    # The header in which the correlation token travels over SMTP
    token_header: str
    # How the headers begin that tell the provider what to do: nobody else may set them
    control_prefixes: tuple[str, ...] = ()
    # Provider's name of an error → what it means, and what to do
    explanations: dict[str, str] = {}
    # The share of a day's mails that may be reported as spam, before it does harm: Gmail's and
    # Yahoo's figure for senders of bulk mail (February 2024), or the provider's own.
    complaint_limit: float = 0.001
    # The share that may bounce, where the provider publishes one.
    bounce_limit: float | None = None

    # API
    api_urls: tuple[str, ...]  # all places where an account's API may be, the default first
    has_api_key: bool  # False where the SMTP credentials serve
    has_tracking_switch: bool  # whether a mail can say if it is to be tracked
    api_help: str
    api_losses: tuple[Text, ...]  # what of a mail its API can't carry, a sentence each
    api_limits: "Limits"  # of one call
    # The `account.Account` to set up senders and webhooks with, where the API can do that.
    account = None
    # The `templates.TemplateList` of the account, where the API has one.
    templates = None
    # DNS
    dns_entered: tuple[str, ...]  # what of `dns.Entered` an administrator may have to enter
    dns_help: str
    # Templates. Odoo takes what is in double braces for an expression, also in this text.
    template_help: str

    @abstractmethod
    def api(self, credentials):
        """Return the `api.Api` of an account.

        :param api.Credentials credentials:
        """

    @abstractmethod
    def encode(self, mail, token):
        """Return the bytes that the API wants for one mail.

        :param message.Outgoing mail: to no more recipients than the API's limits allow
        :param str token: the correlation token
        """

    @abstractmethod
    def dns_expectations(self, entered, told=None):
        """Return what the provider wants in a domain's DNS: fields of `dns_check.Expectations`.

        :param dns.Entered entered: by the administrator
        :param account.Domain told: what the provider's API says of the domain, if it was asked
        :rtype: dict
        """

    @abstractmethod
    def instruct(self, email, instructions):
        """Return the values of a mail with the provider's instructions among them.

        They are put where SMTP wants them; `encode` reads them from there.

        :param dict email: ``subject``, ``body``, ``body_alternative`` and ``headers``, as Odoo's
            `ir.mail_server.build_email` takes them
        :param Instructions instructions:
        """

    @abstractmethod
    def check_template(self, template):
        """Return why `template` can't be the name of one, as a `Text`, or None if it can."""

    @abstractmethod
    def check_variable(self, name):
        """Return why a template's variable can't have that name, as a `Text`, or None if it can."""

    @abstractmethod
    def translate(self, payload):
        """Return the `Event` that `payload` describes.

        :param dict payload: one event as the provider posts it
        :raises EventError: when it is not an event of this provider
        """

    @abstractmethod
    def example(self, now):
        """Return a payload that is authentic in form and no event, to test the webhook.

        :param datetime now: naive UTC
        :rtype: dict
        """

    def receive(self, body, content_type="", content_encoding=""):
        """Split a webhook body into its events; one object and an array are the same. An
        `example` is none.

        Nothing raises: what isn't understood is returned with the reason.

        :param bytes body: as posted
        :param str content_type: the header of that name
        :param str content_encoding: the header of that name
        :rtype: list[Received]
        """
        try:
            raw = read_body(body, content_type, content_encoding)
        except BodyError as error:
            return [self._unreadable(error.text, str(error))]
        try:
            items = json.loads(raw)
            if not isinstance(items, list):
                items = [items]
            items = [item for item in items if not is_test(item)]
            if len(items) > MAX_ITEMS:
                return [self._unreadable(raw, f"An array of more than {MAX_ITEMS} events")]
            payloads = [json.dumps(item, ensure_ascii=False) for item in items]
            contents = [json.dumps(item, sort_keys=True) for item in items]
        except (ValueError, RecursionError) as error:
            return [self._unreadable(raw, f"Not valid JSON: {error}")]
        return [
            self._received(item, storable(payload), self._fingerprint(content))
            for item, payload, content in zip(items, payloads, contents, strict=True)
        ]

    def _received(self, item, payload, fingerprint):
        if not isinstance(item, dict):
            error = "Neither a JSON object nor an array of objects"
            return Received(payload, fingerprint, error=error)
        try:
            return Received(payload, fingerprint, self.translate(item))
        except EventError as error:
            return Received(payload, fingerprint, error=str(error))
        except Exception as error:  # noqa: BLE001 - one event must not take the others along
            reason = storable(f"{type(error).__name__}: {error}")
            return Received(payload, fingerprint, error=reason)

    def _unreadable(self, raw, error):
        return Received(storable(raw), self._fingerprint(raw), error=storable(error))

    def _fingerprint(self, content):
        whole = f"{self.code}:{content}".encode("utf-8", "backslashreplace")
        # Each event's is on the disk twice, in the row and in an index: 128 bits suffice.
        return hashlib.blake2b(whole, digest_size=16).hexdigest()


def is_test(item):
    """Return whether an item of a webhook body is an `example`, which means nothing."""
    return isinstance(item, dict) and item.get("event") == TEST_EVENT


def storable(value):
    """Return `value` without what PostgreSQL's text can't hold: NUL and lone surrogates."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def text(value, limit=1000):
    """Return `value` as stripped text of at most `limit` characters, or None if empty.

    Providers send the same field now as a number, now as a string.

    :param int limit: None for a text that is useless when it is cut, such as a link
    """
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    return storable(str(value)).strip()[:limit] or None


def identifier(value):
    """Return the provider's name of something as text that can be looked up, or None."""
    return text(value, MAX_ID)


def address(value):
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


def number(value):
    """Return `value` as a float rounded to six decimals (a tenth of a metre), or None.

    Providers send coordinates with the tail that 32-bit floats leave.
    """
    try:
        result = round(float(value), 6)
    except (TypeError, ValueError, OverflowError):
        return None
    return result if abs(result) <= 180 else None


def utc(moment):
    """Return `moment` as naive UTC, or None where it can't be true.

    :param datetime moment: with a time zone, or None
    """
    if moment is None:
        return None
    try:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        return None
    latest = datetime.now(timezone.utc).replace(tzinfo=None) + LATEST_AHEAD
    return moment if EARLIEST <= moment <= latest else None
