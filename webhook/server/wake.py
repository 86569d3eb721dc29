# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's job is woken, without Odoo: by the rows and the notification of its `_trigger`."""

import logging
import os
import time

import psycopg2
from psycopg2 import sql

from .database import Link
from .outage import Outage

_logger = logging.getLogger(__name__)

_INTERVAL = 1.0  # seconds
# The name of the job is `JOB` in `models/mail_tracking/mail_tracking.py`. A trigger that is there
# already doesn't do: it may be of a run that has begun, and doesn't see the newest events.
_TRIGGER = """
    INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, write_uid, create_date, write_date)
    SELECT job.id, moment.now, 1, 1, moment.now, moment.now
      FROM ir_cron AS job
      JOIN ir_model_data AS name ON name.model = 'ir.cron' AND name.res_id = job.id
      CROSS JOIN (SELECT date_trunc('second', now() AT TIME ZONE 'UTC') AS now) AS moment
     WHERE name.module = 'mail_mailjet_aldeamo' AND name.name = 'ir_cron_apply_mail_tracking'
       AND job.active
"""


class Alarm:
    """Wakes the job when there is something for it, at most once a second.

    Nothing depends on it: the job runs every minute anyway.

    :param dict settings: of the connection to Odoo's database
    """

    def __init__(self, settings):
        self._name = settings["database"]
        # An upgrade may have locked the jobs.
        self._link = Link(settings, options={"lock_timeout": 100})
        # Odoo listens on this database, whatever database its jobs are in.
        self._bell = Link({**settings, "database": "postgres"}, autocommit=True)
        self._outage = Outage(_logger, "Odoo's job can't be woken")
        self._is_wanted = False
        self._next = 0.0

    def want(self):
        """Note that there is something for the job."""
        self._is_wanted = True

    def seconds(self, longest):
        """Return in how many seconds `ring` is to be called, at the latest in `longest`."""
        return min(longest, max(0.0, self._next - time.monotonic())) if self._is_wanted else longest

    def ring(self):
        """Wake the job if it is wanted, and time."""
        if not self._is_wanted or time.monotonic() < self._next:
            return
        function = os.environ.get("ODOO_NOTIFY_FUNCTION", "pg_notify")
        try:
            with self._link.use() as cursor:
                cursor.execute(_TRIGGER)
                is_triggered = cursor.rowcount
            if is_triggered:
                with self._bell.use() as cursor:
                    statement = sql.SQL("SELECT {}('cron_trigger', %s)")
                    cursor.execute(statement.format(sql.Identifier(function)), [self._name])
        except psycopg2.Error as error:
            self._outage.failed(error)
        else:
            self._outage.is_over()
            self._is_wanted = False
        # From the end: it may have waited for a lock.
        self._next = time.monotonic() + _INTERVAL
