# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Wakes Odoo's job without Odoo, by the rows and the notification of Odoo's own `_trigger`."""

from __future__ import annotations

import logging
import os
import time

import psycopg2
from psycopg2 import sql

from .database import ReconnectingConnection, Settings
from .outage import Outage

_logger = logging.getLogger(__name__)

_INTERVAL = 1.0  # seconds
# The job's name is the one in `JOB` of `models/mail_tracking/mail_tracking.py`. An existing trigger
# is not enough: it may belong to a run that has begun and doesn't see the newest events.
_TRIGGER = """
    INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, write_uid, create_date, write_date)
    SELECT job.id, moment.now, 1, 1, moment.now, moment.now
      FROM ir_cron AS job
      JOIN ir_model_data AS name ON name.model = 'ir.cron' AND name.res_id = job.id
      CROSS JOIN (SELECT date_trunc('second', now() AT TIME ZONE 'UTC') AS now) AS moment
     WHERE name.module = 'mail_mailjet_aldeamo' AND name.name = 'ir_cron_apply_mail_tracking'
       AND job.active
"""


class JobTrigger:
    """Wakes the job when it has something to do, at most once a second.

    If it fails, events only wait longer: the job runs every minute anyway.
    """

    def __init__(self, settings: Settings) -> None:
        self._name = settings["database"]
        # An upgrade may have locked the jobs: don't wait for it.
        self._connection = ReconnectingConnection(settings, options={"lock_timeout": 100})
        # Odoo listens on the database `postgres` for the jobs of all databases.
        self._notifier = ReconnectingConnection(
            {**settings, "database": "postgres"}, autocommit=True
        )
        self._outage = Outage(_logger, "Odoo's job can't be woken")
        self._is_requested = False
        self._next = 0.0

    def request(self) -> None:
        """Note that the job has something to do."""
        self._is_requested = True

    def seconds(self, longest: float) -> float:
        """Return in how many seconds to call `fire`, at most `longest`."""
        if not self._is_requested:
            return longest
        return min(longest, max(0.0, self._next - time.monotonic()))

    def fire(self) -> None:
        """Wake the job if that was requested, unless it was woken less than a second ago."""
        if not self._is_requested or time.monotonic() < self._next:
            return
        function = os.environ.get("ODOO_NOTIFY_FUNCTION", "pg_notify")
        try:
            with self._connection.use() as cursor:
                cursor.execute(_TRIGGER)
                is_triggered = cursor.rowcount
            if is_triggered:
                with self._notifier.use() as cursor:
                    statement = sql.SQL("SELECT {}('cron_trigger', %s)")
                    cursor.execute(statement.format(sql.Identifier(function)), [self._name])
        except psycopg2.Error as error:
            self._outage.failed(error)
        else:
            self._outage.is_over()
            self._is_requested = False
        # Counted from the end, because it may have waited for a lock.
        self._next = time.monotonic() + _INTERVAL
