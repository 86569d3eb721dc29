# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Requests that were refused: how many, of which server, and when. Nobody vouches for them, so they
are counted in memory, and written down once a minute at most.
"""

import threading
import time
from collections import Counter
from itertools import chain

INTERVAL = 60.0  # seconds between two writings of one process
# The count begins anew when there was no refusal for a day. A server that is gone is left out.
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

    There is a number for each server and status: whoever posts, however much, makes it no longer.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._counts = Counter()  # (server id, HTTP status) → requests
        self._next = 0.0

    def note(self, server_id, status):
        """Count a request.

        :param int server_id: of a server that has a webhook
        :param int status: 401 or 404
        """
        with self._lock:
            self._counts[server_id, status] += 1

    def due(self):
        """Return what is to be written now, and count anew; empty until `INTERVAL` has passed.

        :rtype: dict[tuple[int, int], int]
        """
        now = time.monotonic()
        with self._lock:
            if not self._counts or now < self._next:
                return {}
            counts, self._counts = self._counts, Counter()
            self._next = now + INTERVAL
        return dict(counts)


def record(cursor, counts, now):
    """Write counts down, in a transaction of which this is the only statement.

    :param counts: as `Refusals.due` returned them
    :param datetime now: naive UTC
    """
    rows = ", ".join(["(%s, %s, %s)"] * len(counts))
    values = chain.from_iterable((*key, count) for key, count in sorted(counts.items()))
    cursor.execute(_UPSERT.format(rows=rows), [now, now, *values])
