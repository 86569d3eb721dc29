"""Mailjet's resource ``dns``: the records a domain must have, and whether it has them.

Source: developer guides, "Domains and DNS". A record is created with the first sender of a domain.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .mailjet_rest import Resource, RestError

_SPF = "v=spf1 include:spf.mailjet.com ?all"
_SPF_INCLUDE = "include:spf.mailjet.com"
_SPF_LOOKUPS = 10  # RFC 7208, 4.6.4


class Domains(Resource):
    """The domains of the account's senders.

    :param resolve_txt: the TXT records of a name
    """

    def __init__(self, resolve_txt: Callable[[str], list[str]]):
        self._rows: list[dict[str, Any]] = []
        self._resolve_txt = resolve_txt

    def of(self, domain: str) -> dict[str, Any]:
        """The record of a domain, made if there is none."""
        return self.find(domain) or self._add(domain.lower())

    def is_owned(self, domain: str) -> bool:
        """The ownership token is published."""
        row = self.of(domain)
        name = f"{row['OwnerShipTokenRecordName']}.{row['Domain']}"
        return row["OwnerShipToken"] in self._resolve_txt(name)

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return list(self._rows)

    def find(self, key: str) -> dict[str, Any] | None:
        matching = (row for row in self._rows if key.lower() in (str(row["ID"]), row["Domain"]))
        return next(matching, None)

    def shown(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """As the guide prints one: every scalar a text, and no final dot."""
        texts = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in row.items()
        }
        return [{**texts, "DKIMRecordName": row["DKIMRecordName"].rstrip(".")}]

    def act(self, row: dict[str, Any], action: str) -> dict[str, Any]:
        if action != "check":
            raise RestError(404, "Object not found")
        dkim = "".join(self._resolve_txt(row["DKIMRecordName"].rstrip("."))[:1])
        dkim_errors = list(_dkim_errors(dkim, row["DKIMRecordValue"]))
        spf = [
            text
            for text in self._resolve_txt(row["Domain"])
            if text.lower().split(" ")[0] == "v=spf1"
        ]
        spf_errors = list(self._spf_errors(spf))
        result = {
            "DKIMErrors": dkim_errors,
            "DKIMRecordCurrentValue": dkim,
            "DKIMStatus": "Error" if dkim_errors else "OK",
            "SPFErrors": spf_errors,
            "SPFRecordsCurrentValues": spf,
            "SPFStatus": "OK" if not spf_errors else "Error" if spf else "Not found",
        }
        row.update({name: result[name] for name in ("DKIMStatus", "SPFStatus")})
        row["LastCheckAt"] = f"{datetime.now(timezone.utc):%FT%TZ}"
        return result

    def _add(self, domain: str) -> dict[str, Any]:
        token = uuid.uuid4().hex
        row = {
            "DKIMRecordName": f"mailjet._domainkey.{domain}.",
            "DKIMRecordValue": _dkim_value(),
            "DKIMStatus": "Not checked",
            "Domain": domain,
            "ID": len(self._rows) + 42,
            "IsCheckInProgress": False,
            "LastCheckAt": "",
            "OwnerShipToken": token,
            "OwnerShipTokenRecordName": f"mailjet._{token[:8]}",
            "SPFRecordValue": _SPF,
            "SPFStatus": "Not checked",
        }
        self._rows.append(row)
        return row

    def _spf_errors(self, records: list[str]) -> Iterator[str]:
        if not records:
            yield "no SPF record"
        elif len(records) > 1:
            yield "several SPF records"
        elif not self._includes_mailjet(records[0]):
            yield f"{_SPF_INCLUDE} is missing"

    def _includes_mailjet(self, record: str) -> bool:
        """Directly, or in a record that it includes or redirects to."""
        waiting, seen = [record], 0
        while waiting and seen <= _SPF_LOOKUPS:
            seen += 1
            terms = waiting.pop(0).lower().split()
            if _SPF_INCLUDE in (term.lstrip("+") for term in terms):
                return True
            for term in terms:
                name = term.lstrip("+").partition("include:")[2] or term.partition("redirect=")[2]
                if name:
                    waiting += [
                        text
                        for text in self._resolve_txt(name.rstrip("."))
                        if text.lower().startswith("v=spf1")
                    ]
        return False


def _dkim_errors(current: str, expected: str) -> Iterator[str]:
    if not current:
        yield "no DKIM record"
    elif _key(current) != _key(expected):
        yield "the DKIM record has another key"


def _key(record: str) -> str:
    """The ``p`` of a DKIM record, without the blanks it may be broken by."""
    tags = (tag.partition("=") for tag in record.split(";"))
    return next(("".join(value.split()) for name, _equal, value in tags if name.strip() == "p"), "")


@cache
def _dkim_value() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"k=rsa; p={base64.b64encode(der).decode()}"
