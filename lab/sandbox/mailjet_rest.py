"""The manner of Mailjet's REST resources: lists in pages, records by key, its errors.

Source: developer guides, "Basics", and recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .rest import FakeAnswer, Request

_MAX_PAGE = 1000


class RestError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


class Resource:
    """One resource; what it does not override it does not allow."""

    def rows(self, query: dict[str, str]) -> Iterable[dict[str, Any]]:
        """The records a list shows, before it is cut into pages."""
        raise RestError(405, "Method not allowed")

    def find(self, key: str) -> dict[str, Any] | None:
        """The record with that id or other unique key."""
        return next((row for row in self.rows({}) if str(row["ID"]) == key), None)

    def shown(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """What is answered when a record is asked for by its key."""
        return [row]

    def create(self, given: object) -> dict[str, Any]:
        raise RestError(405, "Method not allowed")

    def update(self, row: dict[str, Any], given: object) -> bool:
        """Change a record; false if nothing changes."""
        raise RestError(405, "Method not allowed")

    def delete(self, row: dict[str, Any]) -> None:
        raise RestError(405, "Method not allowed")

    def part(self, row: dict[str, Any], name: str) -> dict[str, Any]:
        """A part of a record that has a path of its own."""
        raise RestError(405, "Method not allowed")

    def act(self, row: dict[str, Any], action: str) -> dict[str, Any]:
        """An action on a record; returns what it answers."""
        raise RestError(404, "Object not found")


def checked(given: object, properties: Iterable[str]) -> dict[str, Any]:
    """The properties given, all of which must be known."""
    if not isinstance(given, dict):
        raise RestError(400, "Malformed JSON")
    for name in given:
        if name not in properties:
            raise RestError(400, f'MJ08 Property "{name}" is invalid: it is unknown')
    return given


def change(row: dict[str, Any], given: dict[str, Any]) -> bool:
    """Write properties into a record; false if it has them already."""
    changes = {name: value for name, value in given.items() if row[name] != value}
    row.update(changes)
    return bool(changes)


def answer_rest(resources: dict[str, Resource], request: Request, path: str) -> FakeAnswer:
    """Process a request whose credentials are good; ``path`` is the one below ``/v3/REST/``."""
    try:
        name, *rest = path.rstrip("/").split("/")
        if name.lower() not in resources or len(rest) > 2:
            raise RestError(404, "Object not found")
        resource = resources[name.lower()]
        if not rest:
            return _collection(resource, request)
        row = resource.find(rest[0])
        if row is None:
            raise RestError(404, "Object not found")
        if len(rest) == 2:
            if request.method == "GET":
                return _page([resource.part(row, rest[1])])
            if request.method != "POST":
                raise RestError(405, "Method not allowed")
            return _page([resource.act(row, rest[1])])
        return _record(resource, row, request)
    except RestError as error:
        body = {"ErrorInfo": "", "ErrorMessage": str(error), "StatusCode": error.status}
        return FakeAnswer(error.status, body)


def _collection(resource: Resource, request: Request) -> FakeAnswer:
    if request.method == "GET":
        return _listed(list(resource.rows(request.query)), request.query)
    if request.method == "POST":
        return _page([resource.create(request.json)], status=201)
    raise RestError(405, "Method not allowed")


def _record(resource: Resource, row: dict[str, Any], request: Request) -> FakeAnswer:
    if request.method == "GET":
        return _page(resource.shown(row))
    if request.method == "PUT":
        return _page([row]) if resource.update(row, request.json) else FakeAnswer(304)
    if request.method == "DELETE":
        resource.delete(row)
        return FakeAnswer(204)
    raise RestError(405, "Method not allowed")


def _listed(rows: list[dict[str, Any]], query: dict[str, str]) -> FakeAnswer:
    if query.get("countOnly", "").lower() in ("1", "true"):
        return FakeAnswer(200, {"Count": len(rows), "Data": [], "Total": len(rows)})
    if "Sort" in query:
        name, _space, order = query["Sort"].partition(" ")
        if rows and name not in rows[0]:
            raise RestError(400, f'MJ08 Property "{name}" is invalid: it is unknown')
        rows.sort(key=lambda row: row[name], reverse=order.upper() == "DESC")
    try:
        offset, limit = int(query.get("Offset", 0)), int(query.get("Limit", 10))
    except ValueError:
        raise RestError(400, "Limit and Offset are numbers") from None
    return _page(rows[offset : offset + min(limit, _MAX_PAGE)], total=len(rows))


def _page(rows: list[dict[str, Any]], total: int | None = None, status: int = 200) -> FakeAnswer:
    total = len(rows) if total is None else total
    return FakeAnswer(status, {"Count": len(rows), "Data": rows, "Total": total})
