# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's resources ``sender``, ``dns`` and ``eventcallbackurl``.

Sources: dev.mailjet.com, guides "Senders and domains" and "Event API"; the official SDKs.
"""

from datetime import datetime, timezone
from urllib.parse import quote

from ..account import Account, Callback, Domain, Sender, Standing
from ..api import ApiError
from ..base import Text, _, address, text, utc
from ..message import ascii_address

PAGE = 1000  # Mailjet's most; without a number it lists ten
DUPLICATE = "MJ18"
# An API key's ``Runlevel``, in the official SDKs.
STANDINGS = {
    "normal": Standing("right", Text(_("Mailjet has this API key in order."))),
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
RECORD_STATUSES = {"ok": "ok", "error": "error", "not found": "missing"}


class MailjetAccount(Account):
    event_types = {
        "sent": _("Delivered"),
        "open": _("Opened"),
        "click": _("Clicked"),
        "bounce": _("Bounced"),
        "blocked": _("Rejected by the provider"),
        "spam": _("Reported as spam"),
        "unsub": _("Unsubscribed"),
    }

    def standing(self):
        try:
            # The rows hold secret keys: nothing of them is kept.
            rows = self._list("apikey")
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

    def senders(self):
        senders = [
            Sender(
                remote_id=str(row.get("ID")),
                email=spelled(row.get("Email")),
                is_active=row.get("Status") == "Active",
            )
            for row in self._list("sender")
            if row.get("Status") != "Deleted"
        ]
        return sorted(senders, key=lambda sender: (sender.domain, sender.email))

    def domains(self):
        return [read_domain(row) for row in self._list("dns")]

    def add_sender(self, email):
        email = spelled(email)
        try:
            self._api.call("POST", "sender", json={"Email": email})
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

    def validate(self, sender):
        try:
            rows = self._rows("POST", f"sender/{sender.remote_id}/validate")
        except ApiError as error:
            # Mailjet's way to say that it has been active all along.
            if error.status == 400 and self._is_active(sender):
                return True
            raise
        # Anything else is an attempt: 200 says nothing yet.
        return any(row.get("ValidationMethod") in ("DNS", "File", "Domain") for row in rows)

    def check_records(self, domain):
        self._api.call("POST", f"dns/{quote(domain, safe='')}/check")

    def callbacks(self):
        return [
            Callback(
                remote_id=str(row.get("ID")),
                event_type=str(row.get("EventType")),
                url=str(row.get("Url")),
                is_alive=row.get("Status") != "dead",
                is_grouped=str(row.get("Version")) == "2",
            )
            for row in self._list("eventcallbackurl")
            # The backup is used only while the first URL fails: it takes nothing away from us.
            if row.get("EventType") in self.event_types and not true(row.get("IsBackup"))
        ]

    def register(self, event_type, url, present=None):
        values = {"Url": url, "Version": 2}
        if present:
            # Without a change Mailjet answers 304.
            self._api.call("PUT", f"eventcallbackurl/{present.remote_id}", json=values)
        else:
            values |= {"EventType": event_type, "IsBackup": False}
            self._api.call("POST", "eventcallbackurl", json=values)

    def unregister(self, callback):
        try:
            self._api.call("DELETE", f"eventcallbackurl/{callback.remote_id}")
        except ApiError as error:
            if error.status != 404:  # somebody was faster
                raise

    def _is_active(self, sender):
        return any(
            other.remote_id == sender.remote_id and other.is_active for other in self.senders()
        )

    def _list(self, resource):
        """Return all rows of a resource, page by page."""
        rows = []
        while True:
            page = self._rows(
                "GET", resource, params={"Limit": PAGE, "Offset": len(rows), "Sort": "ID"}
            )
            rows += page
            if len(page) < PAGE:
                return rows

    def _rows(self, method, path, **options):
        rows = self._api.call(method, path, **options).get("Data")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def spelled(email):
    """Return an address as two of them can be compared: its domain in ASCII."""
    return ascii_address(address(email) or str(email))


def is_duplicate(error):
    message = error.data.get("ErrorMessage") if isinstance(error.data, dict) else None
    return str(message).startswith(DUPLICATE)


def read_domain(row):
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
        checked_at=moment(row.get("LastCheckAt")),
        dkim_name=(text(row.get("DKIMRecordName")) or "").rstrip("."),
        dkim_value=text(row.get("DKIMRecordValue"), limit=4000) or "",
        is_checking=true(row.get("IsCheckInProgress")),
    )


def moment(value):
    """Return an RFC 3339 time as naive UTC, or None; without a zone it is UTC."""
    try:
        # Python 3.10 doesn't read the Z.
        result = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return utc(result if result.tzinfo else result.replace(tzinfo=timezone.utc))


def true(value):
    return str(value).lower() in ("true", "1")
