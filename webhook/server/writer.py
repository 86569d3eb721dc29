# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The thread that writes what has been received, and commits it, many requests at a time."""

import logging
import queue
import threading
import time

import psycopg2

from .. import spool
from .database import Link
from .outage import Outage

_logger = logging.getLogger(__name__)

# Of one statement: bytes are written twice as long as they are, and copied some times.
_GROUP = 1000
_GROUP_BYTES = 8 * 1024 * 1024
# Seconds between groups while there is a rush: larger ones leave more of the machine to others.
_GATHERING = 0.002
_STOP = object()
PROBE = object()


class Writer:
    """Takes whatever has arrived since the last commit, commits it at once, and says so.

    A group is as large as its time is long: one request when there is little to do, hundreds in
    a burst. What could not be stored is for the provider to send again.

    :param dict settings: of the connection
    :param on_written: called in the thread with a list of what was `put` and whether it is stored
    :param on_stored: called in the thread when there is something new in the spool
    """

    def __init__(self, settings, on_written, on_stored):
        self._link = Link(settings, autocommit=True)
        self._on_written = on_written
        self._on_stored = on_stored
        self._outage = Outage(_logger, "Requests are refused, as they can't be stored")
        self._queue = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        """Write what was put until now, and end."""
        self._queue.put((None, _STOP))
        self._thread.join()

    def put(self, key, entry):
        """Have an entry of `spool.append` written, or `PROBE`: then the database is only asked.

        :param key: names it to `on_written`
        """
        self._queue.put((key, entry))

    def _run(self):
        is_stopping = False
        while not is_stopping:
            keys, entries, is_stopping = self._take()
            if keys:
                is_stored = self._write(entries)
                self._on_written(keys, is_stored)
                if is_stored and entries:
                    self._on_stored()
                if len(keys) > 1:
                    time.sleep(_GATHERING)
        self._link.close()

    def _take(self):
        """Wait for something to write; return all of it that there is, and whether to stop."""
        keys, entries, size = [], [], 0
        block = True
        while len(keys) < _GROUP and size < _GROUP_BYTES:
            try:
                key, entry = self._queue.get(block)
            except queue.Empty:
                break
            if entry is _STOP:
                return keys, entries, True
            keys.append(key)
            if entry is not PROBE:
                entries.append(entry)
                size += len(entry[3])
            block = False
        return keys, entries, False

    def _write(self, entries):
        """Write entries; return whether they are stored."""
        # Cut off since it was last used, perhaps: PostgreSQL may be back already. What the first
        # try has stored after all is known by then.
        tries = 2 if self._link.is_open else 1
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

    def _try(self, entries):
        with self._link.use() as cursor:
            if entries:
                spool.append(cursor, entries)
            else:
                cursor.execute("SELECT FROM mail_tracking_spool LIMIT 1")
