"""Mailjet's resource ``template``. Source: developer guides, "Template API"."""

from __future__ import annotations

from typing import Any

from .mailjet import template_parts
from .mailjet_account import MailjetAccount
from .mailjet_rest import Resource, RestError

# One of Mailjet's own, which every account lists.
_GALLERY = 1


class Templates(Resource):
    """The account's templates, and those of Mailjet's gallery."""

    def __init__(self, account: MailjetAccount):
        self._account = account

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        names: dict[Any, str] = {_GALLERY: "Welcome", **dict.fromkeys(self._account.templates, "")}
        rows = [
            {
                "Author": "",
                "Categories": ["full"],
                "Copyright": "",
                "CreatedAt": "2026-01-02T03:04:05Z",
                "Description": "",
                "EditMode": 1,
                "ID": id_,
                "IsStarred": False,
                "IsTextPartGenerationEnabled": True,
                "LastUpdatedAt": "2026-02-03T04:05:06Z",
                "Locale": "es_ES",
                "Name": name or self._account.template_names.get(id_, f"Template {id_}"),
                "OwnerId": 1,
                "OwnerType": "global" if id_ == _GALLERY else "apikey",
                "Presets": "",
                "Previews": [],
                "Purposes": ["transactional"],
            }
            for id_, name in names.items()
        ]
        owner = query.get("OwnerType")
        return [row for row in rows if owner in (None, row["OwnerType"])]

    def part(self, row: dict[str, Any], name: str) -> dict[str, Any]:
        if name != "detailcontent":
            raise RestError(404, "Object not found")
        html, text = template_parts(self._account.templates.get(row["ID"], ""))
        return {
            "Headers": {"Subject": f"Subject of {row['Name']}", "From": "", "SenderName": ""},
            "Html-part": html or "",
            "MJMLContent": "",
            "Text-part": text or "",
        }
