# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import threading
import time
from functools import partial

import psycopg2

from odoo import SUPERUSER_ID, api, models, registry

from ..transactions import retried
from .mail_tracking import JOB

_logger = logging.getLogger(__name__)

# Seconds between two triggers of the job by one process: each needs a connection.
WAKE_INTERVAL = 1.0


class _Wakes:
    """Triggers the job, at most once in `WAKE_INTERVAL`.

    In a thread of its own, so that a request never waits for a lock on Odoo's jobs.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting = set()  # databases with a scheduled trigger
        self._next = {}  # database → when its job may be triggered again, on the monotonic clock

    def request(self, database):
        """Schedule one trigger of the job."""
        with self._lock:
            if database in self._waiting:
                return
            delay = self._next.get(database, 0) - time.monotonic()
            # No daemon thread: the process must not end before the trigger.
            threading.Timer(max(delay, 0), self._fire, [database]).start()
            self._waiting.add(database)

    def _fire(self, database):
        with self._lock:
            # Events that are stored from here on need another trigger.
            self._waiting.discard(database)
            self._next[database] = time.monotonic() + WAKE_INTERVAL
        try:
            with registry(database).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                retried(env, env["mail.tracking"]._trigger_job)
        except psycopg2.Error as error:
            # No event is lost: the job also runs every minute.
            _logger.warning("The job can't be triggered now: %s", type(error).__name__)


_wakes = _Wakes()


class MailTracking(models.Model):
    """Triggering the job when events are stored."""

    _inherit = "mail.tracking"

    @api.model
    def _wake_job(self):
        """Trigger the job after the commit of this transaction.

        Then the triggered run sees the events. A run that started before does not delete the
        trigger, because Odoo deletes only triggers that existed when the run started: so the job
        runs once more.
        """
        self.env.cr.postcommit.add(partial(_wakes.request, self.env.cr.dbname))

    @api.model
    def _trigger_job(self):
        """Trigger the job, unless somebody deleted it."""
        # An upgrade may lock the job for minutes: don't let waiting connections pile up.
        self.env.cr.execute("SET LOCAL lock_timeout = '200ms'")
        self.env["ir.cron"]._wake(JOB)
