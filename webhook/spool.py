# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The spool: bodies that the webhook server has accepted, until they become `mail_tracking` rows.

The webhook server needs only this table to answer. No upgrade locks or changes it, so an upgrade
delays no answer. Writing a body takes a fraction of the time that its events and their indexes
take. A body is deleted in the transaction that inserts its events, so it is applied exactly once,
by Odoo or by the webhook server.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timezone
from itertools import chain

from psycopg2 import DataError, IntegrityError
from psycopg2.errors import ProgramLimitExceeded

from .rows import Cursor, Row, event_values, insert_statement, tracking_rows

# Rows are deleted within a second. Without frequent vacuum the table would grow.
CREATE = """
    CREATE TABLE IF NOT EXISTS mail_tracking_spool (
        id bigserial PRIMARY KEY,
        server_id integer NOT NULL,
        provider varchar NOT NULL,
        received_at timestamp NOT NULL,
        body bytea NOT NULL,
        content_type varchar NOT NULL DEFAULT '',
        content_encoding varchar NOT NULL DEFAULT ''
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)
"""
# Server id, provider, time of reception, body, Content-Type, Content-Encoding
Entry = tuple[int, str, datetime, bytes, str, str]
COLUMNS = "server_id, provider, received_at, body, content_type, content_encoding"

# Limits of one transaction, for its memory and its locks
_BODIES = 200
_BYTES = 2 * 1024 * 1024
_ROWS = 100  # of one statement: a longer one holds Python's global lock for too long
# Errors of a row itself: a second try would fail as well.
_POISONED = (DataError, IntegrityError, ProgramLimitExceeded, ValueError)


def now() -> datetime:
    """Return the time as Odoo writes it: naive UTC, in whole seconds."""
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


def append(cursor: Cursor, entries: Sequence[Entry]) -> None:
    """Write bodies to the spool, in one statement."""
    placeholders = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(entries))
    cursor.execute(
        f"INSERT INTO mail_tracking_spool ({COLUMNS}) VALUES {placeholders}",  # noqa: S608
        list(chain.from_iterable(entries)),
    )


def drain(cursor: Cursor, above: int = 0, before: datetime | None = None) -> tuple[int | None, int]:
    """Turn the oldest bodies into events; the caller commits.

    :param above: only bodies with a higher id
    :param before: only bodies that were received earlier, naive UTC
    :return: the highest id that was found, or None if nothing was found; how many events are new
    """
    chosen = _choose(cursor, above, before)
    if not chosen:
        return None, 0
    cursor.execute(
        f"DELETE FROM mail_tracking_spool WHERE id = ANY(%s) RETURNING id, {COLUMNS}",  # noqa: S608
        [chosen],
    )
    entries = sorted(cursor.fetchall())
    servers = _existing_servers(cursor, {entry[1] for entry in entries})
    rows = [
        row
        for _id, server_id, provider, received_at, body, *declared in entries
        for row in tracking_rows(
            server_id if server_id in servers else None,
            provider,
            bytes(body),
            received_at,
            declared,
        )
    ]
    chunks = (rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
    return chosen[-1], sum(_insert(cursor, chunk) for chunk in chunks)


def _choose(cursor: Cursor, above: int, before: datetime | None) -> list[int]:
    """Lock the oldest bodies; return the ids of those that fit into one transaction."""
    cursor.execute(
        "SELECT id, octet_length(body) FROM mail_tracking_spool"
        " WHERE id > %s AND (%s::timestamp IS NULL OR received_at < %s)"
        " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
        [above, before, before, _BODIES],
    )
    chosen: list[int] = []
    size = 0
    for id_, length in cursor.fetchall():
        size += length
        if chosen and size > _BYTES:
            break
        chosen.append(id_)
    return chosen


def _existing_servers(cursor: Cursor, ids: Collection[int]) -> set[int]:
    """Return which servers still exist; the lock keeps them until the transaction ends."""
    cursor.execute(
        "SELECT id FROM ir_mail_server WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [list(ids)]
    )
    return {row[0] for row in cursor.fetchall()}


def _insert(cursor: Cursor, rows: list[Row]) -> int:
    """Insert rows; return how many are new.

    A row that the database refuses is stored as failed. The others are stored as usual.
    """
    cursor.execute("SAVEPOINT drain")
    try:
        cursor.execute(*insert_statement(rows))
        count = cursor.rowcount
    except _POISONED as error:
        cursor.execute("ROLLBACK TO SAVEPOINT drain")
        if len(rows) == 1:
            rows = [_refused(rows[0], error)]
            cursor.execute(*insert_statement(rows))
            count = cursor.rowcount
        else:
            middle = len(rows) // 2
            count = _insert(cursor, rows[:middle]) + _insert(cursor, rows[middle:])
    else:
        cursor.execute("RELEASE SAVEPOINT drain")
    return count


def _refused(row: Row, error: Exception) -> Row:
    """Return what is stored of a refused row: its text and the reason."""
    diagnostics = getattr(error, "diag", None)
    reason = (diagnostics and diagnostics.message_primary) or str(error)
    return {
        **row,
        **event_values(None, row["create_date"]),
        "state": "failed",
        "state_reason": f"{type(error).__name__}: {reason}",
    }
