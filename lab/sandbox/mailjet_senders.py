"""Mailjet's resource ``sender``: addresses and domains, and how they become active.

Source: developer guides, "Senders and domains"; the official SDKs for ``validate``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from .address import is_address
from .mailjet_domains import Domains
from .mailjet_rest import Resource, RestError, change, checked

_CHANGEABLE = {"EmailType": "unknown", "IsDefaultSender": False, "Name": ""}


class Senders(Resource):
    """The senders of the account.

    :param write_to: sends an activation mail to an address
    :param has_page: whether a website answers to a URL
    """

    def __init__(
        self, domains: Domains, write_to: Callable[[str], None], has_page: Callable[[str], bool]
    ):
        self._rows: list[dict[str, Any]] = []
        self._domains = domains
        self._write_to = write_to
        self._has_page = has_page

    def is_active(self, email: str) -> bool:
        """Mail may come from this address: it is active itself, or its domain is."""
        names = (email.lower(), f"*@{_domain(email)}")
        return any(
            row["Status"] == "Active" and row["Email"].lower() in names for row in self._rows
        )

    def activate(self, email: str) -> None:
        """:raises LookupError: there is no such sender"""
        row = self.find(email)
        if row is None:
            raise LookupError(email)
        row["Status"] = "Active"

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        wanted: dict[str, Callable[[dict[str, Any]], str]] = {
            "Status": lambda row: row["Status"],
            "Email": lambda row: row["Email"],
            "Domain": lambda row: _domain(row["Email"]),
            "LocalPart": lambda row: row["Email"].partition("@")[0],
            "DnsID": lambda row: str(row["DNSID"]),
            "IsDomainSender": lambda row: str(row["Email"].startswith("*@")),
        }
        shown = query.get("ShowDeleted", "").lower() in ("1", "true")
        return [
            row
            for row in self._rows
            if (shown or row["Status"] != "Deleted")
            and all(
                value(row).lower() == query[name].lower()
                for name, value in wanted.items()
                if name in query
            )
        ]

    def find(self, key: str) -> dict[str, Any] | None:
        rows = self.rows({})
        return next(
            (row for row in rows if key.lower() in (str(row["ID"]), row["Email"].lower())), None
        )

    def create(self, given: object) -> dict[str, Any]:
        given = checked(given, ("Email", *_CHANGEABLE))
        email = str(given.get("Email"))
        local, _at, domain = email.partition("@")
        if not is_address(f"{'x' if local == '*' else local}@{domain}"):
            raise RestError(400, f'MJ03 "{email}" is not an e-mail address')
        if self.find(email):
            raise RestError(400, "MJ18 A sender resource with this value for Email already exists")
        row = {
            "CreatedAt": f"{datetime.now(timezone.utc):%FT%TZ}",
            "DNSID": self._domains.of(_domain(email))["ID"],
            "Email": email,
            "Filename": f"{self._domains.of(_domain(email))['OwnerShipToken']}.txt",
            "ID": len(self._rows) + 1,
            "Status": "Inactive",
            **_CHANGEABLE,
            **given,
        }
        self._rows.append(row)
        if local != "*":
            self._write_to(email)
        return row

    def update(self, row: dict[str, Any], given: object) -> bool:
        return change(row, checked(given, _CHANGEABLE))

    def delete(self, row: dict[str, Any]) -> None:
        row["Status"] = "Deleted"

    def act(self, row: dict[str, Any], action: str) -> dict[str, Any]:
        if action != "validate":
            raise RestError(404, "Object not found")
        if row["Status"] == "Active":
            raise RestError(400, "The sender is already active")
        if not row["Email"].startswith("*@"):
            return self._validate_address(row)
        domain = _domain(row["Email"])
        if self._has_page(f"http://{domain}/{row['Filename']}"):
            row["Status"] = "Active"
            return _validation("File")
        if not self._domains.is_owned(domain):
            errors = {
                "DNSValidationError": "The TXT record with the ownership token was not found",
                "FileValidationError": f"{row['Filename']} was not found",
            }
            return _validation("", errors, "The domain could not be validated")
        row["Status"] = "Active"
        return _validation("DNS")

    def _validate_address(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.is_active(f"*@{_domain(row['Email'])}"):
            row["Status"] = "Active"
            return _validation("Domain")
        self._write_to(row["Email"])
        return _validation("ActivationEmail")


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _validation(
    method: str, errors: dict[str, str] | None = None, error: str = ""
) -> dict[str, Any]:
    return {"ValidationMethod": method, "Errors": errors or {}, "GlobalError": error}
