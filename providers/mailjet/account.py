# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's resources ``sender``, ``dns``, ``eventcallbackurl``, ``message`` and ``contact``.

Sources: dev.mailjet.com, guides "Senders and domains" and "Event API"; the official SDKs.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

from ..account import Account, Contact, Domain, Sender, SentMail, Standing, WebhookRegistration
from ..api import ApiError
from ..base import Text, _, address, iso_time, text
from ..message import ascii_address
from .events import EVENTS
from .history import as_posted, read_message
from .send import MailjetApi

DUPLICATE = "MJ18"
# An API key's ``Runlevel``, in the official SDKs.
STANDINGS = {
    "normal": Standing("right", Text(_("This API key is in order at Mailjet."))),
    "softlock": Standing(
        "wrong", Text(_("Mailjet has restricted this API key: ask Mailjet's support why."))
    ),
    "hardlock": Standing(
        "wrong", Text(_("Mailjet has locked this API key: ask Mailjet's support why."))
    ),
    "deleted": Standing("wrong", Text(_("This API key was deleted at Mailjet: use another one."))),
}
INACTIVE = Standing(
    "wrong",
    Text(_("This API key isn't active at Mailjet: activate it there, or use another one.")),
)
UNKNOWN = Standing("unknown", Text(_("Mailjet doesn't say whether this API key may send.")))
FILE_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)?", re.A)
# With limits: without them, the time would grow with the square of a hostile mail's length.
LINK = re.compile(
    r"""<a\s[^>]{0,500}?href=["'](https://[^"'\s]{1,2000})["'][^>]{0,500}>(.{0,1000}?)</a>""",
    re.S | re.I,
)
# In the path, or in the words that are clicked on; Mailjet writes in the account's language.
ACTIVATION = re.compile(r"activ|valid|confirm|verif|bestätig|überprüf", re.I)
RECORD_STATUSES = {"ok": "ok", "error": "error", "not found": "missing"}


class MailjetAccount(Account):
    _api: MailjetApi
    event_types = EVENTS
    email_types = {
        "transactional": _("Transactional: each email to one person, such as an invoice"),
        "bulk": _("Bulk: the same email to many people, such as a newsletter"),
    }
    exclusion_help = _(
        "Mailjet leaves excluded addresses out of the campaigns that are made in Mailjet itself. "
        "Odoo's emails are still sent to them. To stop those, use Odoo's blacklist. Mailjet stops "
        "them only if it has blocked the address; Odoo then shows them as rejected by the "
        "provider."
    )

    def standing(self) -> Standing:
        try:
            # The rows hold secret keys: nothing of them is kept.
            rows = self._api.all_rows("apikey")
        except ApiError as error:
            if error.status in (401, 403):  # the key of a sub-account
                return UNKNOWN
            raise
        key = next((row for row in rows if row.get("APIKey") == self._api.user), None)
        if not key:
            return UNKNOWN
        if not true(key.get("IsActive", True)):
            return INACTIVE
        return STANDINGS.get(str(key.get("Runlevel")).lower(), UNKNOWN)

    def senders(self) -> list[Sender]:
        senders = [
            Sender(
                remote_id=str(row.get("ID")),
                email=spelled(row.get("Email")),
                is_active=row.get("Status") == "Active",
                file_name=file_name(row.get("Filename")),
            )
            for row in self._api.all_rows("sender")
            if row.get("Status") != "Deleted"
        ]
        return sorted(senders, key=lambda sender: (sender.domain, sender.email))

    def domains(self) -> list[Domain]:
        return [read_domain(row) for row in self._api.all_rows("dns")]

    def add_sender(self, email: str, name: str = "", email_type: str | None = None) -> None:
        email = spelled(email)
        values = {"Email": email, "Name": name, "EmailType": email_type}
        given = {key: value for key, value in values.items() if value}
        try:
            self._api.call("POST", "sender", json=given)
        except ApiError as error:
            if not is_duplicate(error):
                raise
            if email not in {sender.email for sender in self.senders()}:
                raise ApiError(
                    Text(
                        _(
                            "Mailjet says that it knows %(email)s already, but doesn't list it "
                            "for this API key: ask Mailjet's support."
                        ),
                        {"email": email},
                    ),
                    error.status,
                    error.data,
                ) from error

    @classmethod
    def activation_link(cls, sender: str, html: str) -> str | None:
        if not is_mailjets(sender.rpartition("@")[2]):
            return None
        for url, words in LINK.findall(html):
            url = unescape(url)
            if is_mailjets(host_of(url)) and ACTIVATION.search(f"{url} {words}"):
                return url
        return None

    def validate(self, sender: Sender) -> bool:
        try:
            rows = self._api.rows("POST", f"sender/{sender.remote_id}/validate")
        except ApiError as error:
            # By this answer Mailjet says that it was active already.
            if error.status == 400 and self._is_active(sender):
                return True
            raise
        # Other answers with 200 only say that Mailjet has tried.
        return any(row.get("ValidationMethod") in ("DNS", "File", "Domain") for row in rows)

    def check_records(self, domain: str) -> None:
        self._api.call("POST", f"dns/{quote(domain, safe='')}/check")

    def callbacks(self) -> list[WebhookRegistration]:
        return [
            WebhookRegistration(
                remote_id=str(row.get("ID")),
                event_type=str(row.get("EventType")),
                url=str(row.get("Url")),
                is_alive=row.get("Status") != "dead",
                is_grouped=str(row.get("Version")) == "2",
            )
            for row in self._api.all_rows("eventcallbackurl")
            # The backup URL is used only while the first one fails: our events don't go there.
            if row.get("EventType") in self.event_types and not true(row.get("IsBackup"))
        ]

    def register(
        self, event_type: str, url: str, present: WebhookRegistration | None = None
    ) -> None:
        values: dict[str, Any] = {"Url": url, "Version": 2}
        if present:
            # Without a change Mailjet answers 304.
            self._api.call("PUT", f"eventcallbackurl/{present.remote_id}", json=values)
        else:
            values |= {"EventType": event_type, "IsBackup": False}
            self._api.call("POST", "eventcallbackurl", json=values)

    def unregister(self, callback: WebhookRegistration) -> None:
        try:
            self._api.call("DELETE", f"eventcallbackurl/{callback.remote_id}")
        except ApiError as error:
            if error.status != 404:  # it was deleted meanwhile
                raise

    def sent_mails(self, since: datetime, until: datetime) -> Iterator[list[SentMail]]:
        params = {
            "FromTS": int(since.replace(tzinfo=timezone.utc).timestamp()),
            "ToTS": int(until.replace(tzinfo=timezone.utc).timestamp()),
            "ShowContactAlt": "true",
            "ShowCustomID": "true",
        }
        for rows in self._api.pages("message", **params):
            yield [read_message(row) for row in rows]

    def history(self, mail: SentMail) -> list[dict[str, Any]]:
        return as_posted(mail, self._api.rows("GET", f"messagehistory/{mail.remote_id}"))

    def contact(self, email: str) -> Contact | None:
        try:
            rows = self._api.rows("GET", f"contact/{quote(email, safe='')}")
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        row = rows[0] if rows else {}
        return Contact(
            is_excluded=true(row.get("IsExcludedFromCampaigns")),
            is_complaining=true(row.get("IsSpamComplaining")),
        )

    def allow(self, email: str) -> None:
        path = f"contact/{quote(email, safe='')}"
        self._api.call("PUT", path, json={"IsExcludedFromCampaigns": False})

    def _is_active(self, sender: Sender) -> bool:
        return any(
            other.remote_id == sender.remote_id and other.is_active for other in self.senders()
        )


def spelled(email: Any) -> str:
    """Return an address as two of them can be compared: its domain in ASCII."""
    return ascii_address(address(email) or str(email))


def file_name(value: Any) -> str:
    """Return the name of a file that a website can have in its root, or ""."""
    name = text(value) or ""
    return name if FILE_NAME.fullmatch(name) else ""


def host_of(url: str) -> str:
    """Return the host of a URL, or ""."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_mailjets(host: str) -> bool:
    """Tell whether a host is Mailjet's: links in its mails may lead through its click tracking."""
    return any(f".{host.lower()}".endswith(f".{name}") for name in ("mailjet.com", "mjt.lu"))


def is_duplicate(error: ApiError) -> bool:
    """Tell whether Mailjet says that it has a sender already."""
    message = error.data.get("ErrorMessage") if isinstance(error.data, dict) else None
    return str(message).startswith(DUPLICATE)


def read_domain(row: dict[str, Any]) -> Domain:
    """Return the `Domain` of a row of ``dns``, whose scalars may all come as text."""
    name = str(row.get("Domain") or "").rstrip(".").lower()
    txt_name = str(row.get("OwnerShipTokenRecordName") or "").rstrip(".")
    # Documented as the part before the domain; the record for DKIM is given in full.
    if name and not txt_name.lower().endswith(f".{name}"):
        txt_name = f"{txt_name}.{name}"
    return Domain(
        name=name,
        txt_name=txt_name,
        txt_value=str(row.get("OwnerShipToken") or ""),
        spf_status=RECORD_STATUSES.get(str(row.get("SPFStatus")).lower(), "unchecked"),
        dkim_status=RECORD_STATUSES.get(str(row.get("DKIMStatus")).lower(), "unchecked"),
        checked_at=iso_time(str(row.get("LastCheckAt"))),
        dkim_name=(text(row.get("DKIMRecordName")) or "").rstrip("."),
        dkim_value=text(row.get("DKIMRecordValue"), limit=4000) or "",
        is_checking=true(row.get("IsCheckInProgress")),
    )


def true(value: Any) -> bool:
    """Tell whether a scalar, which may come as text, is true."""
    return str(value).lower() in ("true", "1")
