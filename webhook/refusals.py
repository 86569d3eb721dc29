# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Requests that were refused: how many, for which server, and when.

Anybody can send such requests. So they are counted in memory, and the counts are written to the
database once a minute at most.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import chain

from .rows import Cursor

INTERVAL = 60.0  # seconds between two writings of one process
# The count begins again after a day without refusals. A deleted server is left out.
_UPSERT = """
    SET LOCAL lock_timeout = '200ms';
    INSERT INTO mail_webhook_refusal AS known (mail_server_id, status, count, since, last)
    SELECT refused.server, refused.status, refused.count, %s, %s
      FROM (VALUES {rows}) AS refused (server, status, count)
      JOIN ir_mail_server ON ir_mail_server.id = refused.server
        ON CONFLICT (mail_server_id, status) DO UPDATE
       SET count = excluded.count
                 + CASE WHEN known.last < excluded.last - interval '1 day'
                        THEN 0 ELSE known.count END,
           since = CASE WHEN known.last < excluded.last - interval '1 day'
                        THEN excluded.since ELSE known.since END,
           last = excluded.last
"""


class Refusals:
    """Counts what one process refuses.

    There is one number for each server and status, so many requests don't need more memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # (server id, HTTP status) → requests
        self._counts: Counter[tuple[int, int]] = Counter()
        self._next = 0.0

    def note(self, server_id: int, status: int) -> None:
        """Count a request.

        :param server_id: of a server that has a webhook
        :param status: 401 or 404
        """
        with self._lock:
            self._counts[server_id, status] += 1

    def due(self) -> dict[tuple[int, int], int]:
        """Return the counts to write now and begin again; empty until `INTERVAL` has passed."""
        now = time.monotonic()
        with self._lock:
            if not self._counts or now < self._next:
                return {}
            counts, self._counts = self._counts, Counter()
            self._next = now + INTERVAL
        return dict(counts)


def record(cursor: Cursor, counts: Mapping[tuple[int, int], int], now: datetime) -> None:
    """Write counts to the database. It must be the only statement of its transaction.

    :param now: naive UTC
    """
    rows = ", ".join(["(%s, %s, %s)"] * len(counts))
    values = chain.from_iterable((*key, count) for key, count in sorted(counts.items()))
    cursor.execute(_UPSERT.format(rows=rows), [now, now, *values])
