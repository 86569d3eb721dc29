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

# Seconds between two triggers of the job by one process: each takes a connection of its own.
WAKE_INTERVAL = 1.0


class _Wakes:
    """Triggers the job at once, or as soon as `WAKE_INTERVAL` has passed since the last time.

    In a thread of its own: who has stored an event never waits for a lock on Odoo's jobs.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting = set()  # databases whose job will be triggered
        self._next = {}  # database → when its job may be triggered again, on the monotonic clock

    def request(self, database):
        """Have the job triggered once after this call."""
        with self._lock:
            if database in self._waiting:
                return
            delay = self._next.get(database, 0) - time.monotonic()
            # No daemon: a worker that Odoo replaces triggers the job before it ends.
            threading.Timer(max(delay, 0), self._fire, [database]).start()
            self._waiting.add(database)

    def _fire(self, database):
        with self._lock:
            # What is stored from here on asks for another trigger.
            self._waiting.discard(database)
            self._next[database] = time.monotonic() + WAKE_INTERVAL
        try:
            with registry(database).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                retried(env, env["mail.tracking"]._trigger_job)
        except psycopg2.Error as error:
            # Nothing is lost: the job also runs every minute.
            _logger.warning("The job can't be triggered now: %s", type(error).__name__)


_wakes = _Wakes()


class MailTracking(models.Model):
    """The job is woken when there is something for it to do."""

    _inherit = "mail.tracking"

    @api.model
    def _wake_job(self):
        """Have the job run once this transaction is committed.

        The trigger comes after the commit: a run that Odoo starts for it sees the events. A run
        that has begun before doesn't use it up, as Odoo deletes only the triggers that a run
        saw when it began. So the job runs once more, and never has to wait for late events.
        """
        self.env.cr.postcommit.add(partial(_wakes.request, self.env.cr.dbname))

    @api.model
    def _trigger_job(self):
        """Trigger the job, unless somebody deleted it: events are stored all the same."""
        # An upgrade may hold the job for minutes. Each second comes another who would wait.
        self.env.cr.execute("SET LOCAL lock_timeout = '200ms'")
        # From the cache.
        if job_id := self.env["ir.model.data"]._xmlid_to_res_id(JOB):
            self.env["ir.cron"].sudo().browse(job_id)._trigger()
