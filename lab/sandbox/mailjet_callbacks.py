"""Mailjet's resource ``eventcallbackurl``: where the events of each type go.

Source: developer guides, "Event API", and the resource's reference. Once a type has a URL of its
own here, its events go there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .mailjet_rest import Resource, RestError, change, checked

# The numbers are those of the list's filter.
_TYPES = {"click": 1, "bounce": 2, "spam": 3, "blocked": 4, "unsub": 5, "open": 6, "sent": 7}
_GIVEN = {"EventType": "open", "IsBackup": False, "Status": "alive", "Url": "", "Version": 1}
_API_KEY_ID = 1


class Callbacks(Resource):
    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._created = 0

    def target(self, event_type: str) -> tuple[str, int] | None:
        """URL and version for an event: of the backup while the first one is dead."""
        usable = [
            row for row in self._rows if row["EventType"] == event_type and row["Status"] == "alive"
        ]
        row = min(usable, key=lambda row: row["IsBackup"], default=None)
        return (row["Url"], int(row["Version"])) if row else None

    def suspend(self, url: str) -> None:
        """A URL that has failed for too long gets no more events."""
        for row in self._rows:
            if row["Url"] == url:
                row["Status"] = "dead"

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        wanted: dict[str, Callable[[dict[str, Any]], str]] = {
            "EventType": lambda row: str(_TYPES[row["EventType"]]),
            "Backup": lambda row: str(row["IsBackup"]),
            "Status": lambda row: row["Status"],
            "Version": lambda row: str(row["Version"]),
        }
        return [
            row
            for row in self._rows
            if all(
                value(row).lower() == query[name].lower()
                for name, value in wanted.items()
                if name in query
            )
        ]

    def create(self, given: object) -> dict[str, Any]:
        row = {**_GIVEN, **self._checked(given)}
        if not row["Url"]:
            raise RestError(400, "MJ03 A non-empty value is required for Url")
        self._refuse_second(row)
        self._created += 1
        row |= {"APIKeyID": _API_KEY_ID, "ID": self._created}
        self._rows.append(row)
        return row

    def update(self, row: dict[str, Any], given: object) -> bool:
        given = self._checked(given)
        self._refuse_second({**row, **given})
        # A suspended URL comes back only by another one.
        if given.get("Url", row["Url"]) != row["Url"]:
            given = {"Status": "alive", **given}
        return change(row, given)

    def delete(self, row: dict[str, Any]) -> None:
        self._rows.remove(row)

    def _checked(self, given: object) -> dict[str, Any]:
        given = checked(given, (*_GIVEN, "APIKeyID", "ID"))
        if given.get("EventType", "open") not in _TYPES:
            raise RestError(400, f'MJ03 "{given["EventType"]}" is not an event type')
        if str(given.get("Version", 1)) not in ("1", "2"):
            raise RestError(400, f'MJ03 "{given["Version"]}" is not a version')
        # The guide shows it as a number and as a text.
        version = {"Version": int(given["Version"])} if "Version" in given else {}
        return {name: value for name, value in given.items() if name in _GIVEN} | version

    def _refuse_second(self, row: dict[str, Any]) -> None:
        key = (row["EventType"], row["IsBackup"])
        for other in self._rows:
            if (other["EventType"], other["IsBackup"]) == key and other["ID"] != row.get("ID"):
                raise RestError(
                    400,
                    "MJ18 A eventcallbackurl resource with this value for EventType, IsBackup "
                    "already exists",
                )
