"""What holds for each body, whatever is in it."""

import json
from datetime import datetime
from typing import Any

RECEIVED_AT = datetime(2026, 3, 2, 7, 0, 0)
_LONGEST = 1000
_WHOLE = ("payload", "state_reason", "categories", "url")


def check(rows_of: Any, code: str, body: bytes) -> list[dict[str, Any]]:
    """Check the rows that a body becomes, and return them.

    :param rows_of: `webhook.rows.tracking_rows`
    :param code: the provider's
    :raises AssertionError: something got lost, or PostgreSQL would refuse it
    """
    rows: list[dict[str, Any]] = rows_of(1, code, body, RECEIVED_AT)
    _check_that_nothing_is_lost(rows, body)
    for row in rows:
        assert (row["state"] == "failed") == bool(row["state_reason"]), row
        for name, value in row.items():
            _check_storable(name, value)
    return rows


def _check_that_nothing_is_lost(rows: list[dict[str, Any]], body: bytes) -> None:
    text = _text(body)
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = None
        assert [row["payload"] for row in rows] == [_storable(text)]
    if not isinstance(items, list):
        assert len(rows) == 1
    elif len(rows) != len(items):
        assert [row["payload"] for row in rows] == [_storable(text)]
    for row in rows:
        if row["state"] != "failed":
            assert isinstance(json.loads(row["payload"]), dict)


def _check_storable(name: str, value: Any) -> None:
    if isinstance(value, str):
        assert "\0" not in value, name
        value.encode()  # no lone surrogate
        assert name in _WHOLE or len(value) <= _LONGEST, name
    if isinstance(value, float):
        assert abs(value) <= 180, name
    if name == "categories" and value:
        # PostgreSQL's jsonb takes neither.
        assert "\\u0000" not in value.replace("\\\\", ""), value
        json.dumps(json.loads(value), ensure_ascii=False).encode()
    if name in ("recipient", "provider_message_id") and value:
        assert len(value.encode()) < 2704, name


def _text(body: bytes) -> str:
    """Return the text of a body that declares nothing, of which no byte is lost."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeError:
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in body)


def _storable(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
