"""Mailjet's resource ``contact``: whoever got a mail, and who is excluded from campaigns.

Source: developer guides, "Contact management"; the resource's reference. Every recipient of a
transactional mail becomes a contact.
"""

from __future__ import annotations

from typing import Any

from .address import is_address
from .mailjet_account import MailjetAccount
from .mailjet_rest import Resource, RestError, change, checked
from .script import Step

_CHANGEABLE = {"IsExcludedFromCampaigns": False, "Name": ""}


class Contacts(Resource):
    def __init__(self, account: MailjetAccount):
        self._account = account
        self._rows: dict[str, dict[str, Any]] = {}

    def exclude(self, email: str) -> None:
        self._of(email)["IsExcludedFromCampaigns"] = True

    def is_excluded(self, email: str) -> bool:
        row = self.find(email)
        return bool(row and row["IsExcludedFromCampaigns"])

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        for message in list(self._account.received):
            for recipient in message.recipients:
                self._of(recipient)
        for _message, recipient, step, _at in list(self._account.history):
            if step is Step.COMPLAINED:
                self._of(recipient)["IsSpamComplaining"] = True
        wanted = query.get("IsExcludedFromCampaigns")
        return [
            row
            for row in self._rows.values()
            if wanted is None or str(row["IsExcludedFromCampaigns"]).lower() == wanted.lower()
        ]

    def find(self, key: str) -> dict[str, Any] | None:
        self.rows({})
        by_id = (row for row in self._rows.values() if str(row["ID"]) == key)
        return self._rows.get(key.lower()) or next(by_id, None)

    def create(self, given: object) -> dict[str, Any]:
        given = checked(given, ("Email", *_CHANGEABLE))
        email = given.get("Email")
        if not isinstance(email, str) or not is_address(email):
            raise RestError(400, f'MJ03 "{email}" is not an e-mail address')
        if self.find(email):
            raise RestError(400, "MJ18 A contact resource with this value for Email already exists")
        row = self._of(email)
        row.update(given)
        return row

    def update(self, row: dict[str, Any], given: object) -> bool:
        given = checked(given, _CHANGEABLE)
        if not isinstance(given.get("IsExcludedFromCampaigns", False), bool):
            raise RestError(400, "MJ03 IsExcludedFromCampaigns is true or false")
        return change(row, given)

    def _of(self, email: str) -> dict[str, Any]:
        """The record of an address, made if there is none."""
        return self._rows.setdefault(
            email.lower(),
            {
                "CreatedAt": "2026-01-02T03:04:05Z",
                "DeliveredCount": 0,
                "Email": email.lower(),
                "ID": 7_000_000_000 + len(self._rows),
                "IsOptInPending": False,
                "IsSpamComplaining": False,
                "LastActivityAt": "",
                "LastUpdateAt": "",
                "UnsubscribedAt": "",
                "UnsubscribedBy": "",
                **_CHANGEABLE,
            },
        )
