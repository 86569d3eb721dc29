# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The thread that stores requests, many of them in each transaction."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

import psycopg2

from .. import spool
from .database import ReconnectingConnection, Settings
from .exchange import Exchange
from .outage import Outage

_logger = logging.getLogger(__name__)

# Of one statement. As SQL, bytes take twice their length, and they are copied several times.
_GROUP = 1000
_GROUP_BYTES = 8 * 1024 * 1024
# Seconds between groups during a rush: larger groups leave more of the machine to others.
_GATHERING = 0.002


class Writer:
    """Stores all requests that have arrived since the last commit as one group.

    A group is one request when there is little to do, and hundreds of requests in a burst. The
    provider sends again what could not be stored.

    :param on_written: called in the thread with the requests of a group and whether they are
        stored
    :param on_stored: called in the thread when there is something new in the spool
    """

    def __init__(
        self,
        settings: Settings,
        on_written: Callable[[list[Exchange], bool], None],
        on_stored: Callable[[], None],
    ) -> None:
        self._connection = ReconnectingConnection(settings, autocommit=True)
        self._on_written = on_written
        self._on_stored = on_stored
        self._outage = Outage(_logger, "Requests are refused, as they can't be stored")
        # None: stop
        self._queue: queue.SimpleQueue[tuple[Exchange, spool.Entry | None] | None]
        self._queue = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Store what was put until now, then end."""
        self._queue.put(None)
        self._thread.join()

    def put(self, exchange: Exchange, entry: spool.Entry | None) -> None:
        """Store a request.

        :param entry: what to store; None: only check that the database answers
        """
        self._queue.put((exchange, entry))

    def _run(self) -> None:
        is_stopping = False
        while not is_stopping:
            exchanges, entries, is_stopping = self._take()
            if exchanges:
                is_stored = self._write(entries)
                self._on_written(exchanges, is_stored)
                if is_stored and entries:
                    self._on_stored()
                if len(exchanges) > 1:
                    time.sleep(_GATHERING)
        self._connection.close()

    def _take(self) -> tuple[list[Exchange], list[spool.Entry], bool]:
        """Wait for requests; return all that have arrived, their entries, and whether to stop."""
        exchanges: list[Exchange] = []
        entries: list[spool.Entry] = []
        size = 0
        block = True
        while len(exchanges) < _GROUP and size < _GROUP_BYTES:
            try:
                item = self._queue.get(block)
            except queue.Empty:
                break
            if item is None:
                return exchanges, entries, True
            exchange, entry = item
            exchanges.append(exchange)
            if entry is not None:
                entries.append(entry)
                size += len(entry[3])
            block = False
        return exchanges, entries, False

    def _write(self, entries: Sequence[spool.Entry]) -> bool:
        """Write entries; return whether they are stored."""
        # The connection may have been closed while idle: retry once. If the first try was stored
        # after all, fingerprints remove the duplicates.
        tries = 2 if self._connection.is_open else 1
        for left in reversed(range(tries)):
            try:
                self._try(entries)
            except psycopg2.Error as error:
                if not left:
                    self._outage.failed(error)
            else:
                self._outage.is_over()
                return True
        return False

    def _try(self, entries: Sequence[spool.Entry]) -> None:
        with self._connection.use() as cursor:
            if entries:
                spool.append(cursor, entries)
            else:
                cursor.execute("SELECT FROM mail_tracking_spool LIMIT 1")
