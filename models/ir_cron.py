# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import threading

from psycopg2.errors import SerializationFailure

from odoo import api, models

from odoo.addons.base.models import ir_cron

from .mail_delivery.deliver import JOB as DELIVER
from .mail_tracking.mail_tracking import JOB as APPLY

# First key of the advisory lock, "mail" as a number; the second one is the job's id.
_LOCK = 0x6D61696C
_logger = logging.getLogger(__name__)
_thread = threading.local()


class _QuietJob(logging.Filter):
    """Log start and end of our jobs' runs only at level DEBUG.

    While events arrive, their job runs every second: its lines would hide all others.
    """

    def filter(self, record):
        is_hidden = getattr(_thread, "runs_job", False) and record.levelno == logging.INFO
        return not is_hidden or logging.getLogger(record.name).isEnabledFor(logging.DEBUG)


logging.getLogger(ir_cron.__name__).addFilter(_QuietJob())


class IrCron(models.Model):
    _inherit = "ir.cron"

    @classmethod
    def _process_job(cls, db, cron_cr, job):
        """When a job that applies events or sends mails runs, don't lock its row meanwhile.

        Odoo installs and removes no module while the row of a job is locked. While events arrive,
        the one job runs every second; the other waits for providers. An advisory lock ensures
        that a job runs once at a time. A process that does not get the lock keeps the triggers:
        the process that has it is notified of them, too, and looks for them afterwards.
        """
        if not cls._is_ours(cron_cr, job["id"]):
            return super()._process_job(db, cron_cr, job)
        cron_cr.commit()
        # This statement also takes the transaction's snapshot. Odoo deletes only triggers in the
        # snapshot: those of events that are stored during the run stay, and the job runs again.
        cron_cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, job["id"]])
        if not cron_cr.fetchone()[0]:
            return None
        try:
            super()._process_job(db, cron_cr, job)
            cron_cr.commit()
        except SerializationFailure:
            # The job was changed meanwhile. Its triggers still exist.
            _logger.info("The job %s is run again", job["cron_name"])
        finally:
            cron_cr.rollback()
            cron_cr.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, job["id"]])
        return None

    @classmethod
    def _is_ours(cls, cr, job_id):
        cr.execute(
            """
            SELECT FROM ir_model_data
             WHERE module || '.' || name = ANY(%s) AND model = 'ir.cron' AND res_id = %s
            """,
            [[APPLY, DELIVER], job_id],
        )
        return bool(cr.rowcount)

    @api.model
    def _wake(self, job, at=None):
        """Trigger a job, unless somebody deleted it.

        :param str job: its external id
        :param datetime at: naive UTC; None: now
        """
        # A cached look-up
        if job_id := self.env["ir.model.data"]._xmlid_to_res_id(job):
            self.sudo().browse(job_id)._trigger(at=at)

    @api.model
    def _callback(self, cron_name, server_action_id, job_id):
        """When such a job runs, filter Odoo's two lines about it from the log."""
        _thread.runs_job = self._is_ours(self.env.cr, job_id)
        try:
            return super()._callback(cron_name, server_action_id, job_id)
        finally:
            _thread.runs_job = False
