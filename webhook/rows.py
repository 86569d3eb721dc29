# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From a webhook's body to rows of `mail_tracking`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg2.extensions

from ..addresses import comparable
from ..providers import PROVIDERS
from ..providers.base import Event

# Odoo's cursor passes everything on to one of these.
Cursor = psycopg2.extensions.cursor
# Column → value
Row = dict[str, Any]


def event_values(event: Event | None, received_at: datetime) -> Row:
    """Return the columns that describe an event. They have the names of the event's fields.

    :param event: None if the body was not understood
    :param received_at: used if the provider gave no usable time
    """
    event = event or Event(event_type="unknown")
    return {
        **vars(event),
        "recipient": comparable(event.recipient),
        "occurred_at": event.occurred_at or received_at,
        "categories": json.dumps(event.categories) if event.categories else None,
    }


def tracking_rows(
    server_id: int | None,
    provider_code: str,
    body: bytes,
    received_at: datetime,
    declared: Sequence[str] = ("", ""),
) -> list[Row]:
    """Return a row for each event in a body.

    :param server_id: the `ir.mail_server` whose webhook received the body; None if it was deleted
    :param received_at: naive UTC, in whole seconds
    :param declared: the headers Content-Type and Content-Encoding
    """
    return [
        {
            **event_values(received.event, received_at),
            "state": "failed" if received.error else "pending",
            "state_reason": received.error,
            "payload": received.payload,
            "fingerprint": received.fingerprint,
            "mail_server_id": server_id,
            "provider": provider_code,
            # `write_uid` stays empty: with a value PostgreSQL would look up and lock the user's
            # row for every event.
            "create_date": received_at,
            "write_date": received_at,
        }
        for received in PROVIDERS[provider_code].receive(body, *declared)
    ]


def insert_statement(rows: Sequence[Row]) -> tuple[str, list[Any]]:
    """Return a statement and its parameters: it inserts the rows that are not there yet.

    :param rows: all with the same columns
    """
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    statement = (
        f"INSERT INTO mail_tracking ({', '.join(rows[0])})"  # noqa: S608 - our own names
        f" VALUES {', '.join([row] * len(rows))} ON CONFLICT (fingerprint) DO NOTHING"
    )
    return statement, [value for row in rows for value in row.values()]
