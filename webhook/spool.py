# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The spool: bodies that the dedicated intake has taken, until they are rows of `mail_tracking`.

The intake's answers need this table and no other. No upgrade touches it, so none can hold up an
answer, be it by a lock or by a change of `mail_tracking`; and writing a body takes a fraction of
what its events and their indexes take. The bodies leave the spool in the very transaction that
inserts their events: each exactly once, whoever does it.
"""

from datetime import datetime, timezone
from itertools import chain

from psycopg2 import DataError, IntegrityError
from psycopg2.errors import ProgramLimitExceeded

from .rows import event_values, insert_statement, tracking_rows

# Rows are gone within the second: without vacuum, their remains would make the table grow.
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
COLUMNS = "server_id, provider, received_at, body, content_type, content_encoding"

# At a time: what a transaction holds in memory and locks.
_BODIES = 200
_BYTES = 2 * 1024 * 1024
_ROWS = 100  # of one statement: longer ones keep Python's lock for too long
# What is wrong with a row itself: it would go wrong again and again.
_POISONED = (DataError, IntegrityError, ProgramLimitExceeded, ValueError)


def now():
    """Return the time as Odoo writes it: UTC in whole seconds."""
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


def append(cursor, entries):
    """Write bodies to the spool, in one statement.

    :param entries: (server id, provider, time of reception, body, Content-Type,
        Content-Encoding) of each
    """
    placeholders = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(entries))
    cursor.execute(
        f"INSERT INTO mail_tracking_spool ({COLUMNS}) VALUES {placeholders}",  # noqa: S608
        list(chain.from_iterable(entries)),
    )


def drain(cursor, above=0, before=None):
    """Turn the oldest bodies into events; the caller commits.

    :param int above: leave bodies with ids up to this alone
    :param datetime before: leave what was received later alone
    :return: the highest id that it found, or None if it found nothing; how many events are new
    """
    found, chosen = _choose(cursor, above, before)
    if not found:
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


def _choose(cursor, above, before):
    """Lock the oldest bodies; return whether there are any, and the ids of those that fit."""
    cursor.execute(
        "SELECT id, octet_length(body) FROM mail_tracking_spool"
        " WHERE id > %s AND (%s::timestamp IS NULL OR received_at < %s)"
        " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
        [above, before, before, _BODIES],
    )
    chosen, size = [], 0
    for id_, length in cursor.fetchall():
        size += length
        if chosen and size > _BYTES:
            break
        chosen.append(id_)
    return bool(chosen), chosen


def _existing_servers(cursor, ids):
    """Return which servers still exist, and keep them until the end of the transaction."""
    cursor.execute(
        "SELECT id FROM ir_mail_server WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [list(ids)]
    )
    return {row[0] for row in cursor.fetchall()}


def _insert(cursor, rows):
    """Insert rows; one that the database refuses is kept as failed and takes no other along."""
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


def _refused(row, error):
    """Return what is kept of a row: its text, and why it is nothing more."""
    diagnostics = getattr(error, "diag", None)
    reason = (diagnostics and diagnostics.message_primary) or str(error)
    return {
        **row,
        **event_values(None, row["create_date"]),
        "state": "failed",
        "state_reason": f"{type(error).__name__}: {reason}",
    }
