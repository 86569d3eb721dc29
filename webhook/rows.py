# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A webhook's body becomes rows of `mail_tracking`."""

import json

from ..addresses import comparable
from ..providers import PROVIDERS
from ..providers.base import Event


def event_values(event, received_at):
    """Return the columns that say what happened: they are named like the event's fields.

    :param providers.base.Event event: None where the body isn't understood
    :param datetime received_at: stands in where the provider gave no usable time
    """
    event = event or Event(event_type="unknown")
    return {
        **vars(event),
        "recipient": comparable(event.recipient),
        "occurred_at": event.occurred_at or received_at,
        "categories": json.dumps(event.categories) if event.categories else None,
    }


def tracking_rows(server_id, provider_code, body, received_at, declared=("", "")):
    """Return a row, column → value, for each event in a body.

    :param int server_id: the `ir.mail_server` whose webhook received it, or None if it is gone
    :param str provider_code: that server's provider
    :param bytes body: as posted
    :param datetime received_at: naive UTC, in whole seconds
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
            # By nobody: a user would be looked up, and locked, for each event.
            "create_date": received_at,
            "write_date": received_at,
        }
        for received in PROVIDERS[provider_code].receive(body, *declared)
    ]


def insert_statement(rows):
    """Return the statement, and its parameters, that inserts the rows not known yet.

    :param list[dict] rows: all with the same columns
    """
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    statement = (
        f"INSERT INTO mail_tracking ({', '.join(rows[0])})"  # noqa: S608 - our own names
        f" VALUES {', '.join([row] * len(rows))} ON CONFLICT (fingerprint) DO NOTHING"
    )
    return statement, [value for row in rows for value in row.values()]
