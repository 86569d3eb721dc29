# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ..intake.rows import event_values, insert_statement, tracking_rows
from ..providers import PROVIDERS

JOB = "mail_mailjet_aldeamo.ir_cron_apply_mail_tracking"


class MailTracking(models.Model):
    """The way in: what a webhook received becomes rows, and nothing else happens."""

    _inherit = "mail.tracking"

    @api.model
    def _receive(self, server_id, provider_code, body):
        """Store the events in `body` that aren't known yet, and have the job apply them.

        One statement, without the ORM: this is what the provider waits for. The job is triggered
        at most once a second, as a trigger costs a connection of its own. An older trigger
        doesn't count, although it may still stand there: the run that it started may be past
        this event by now.

        :param int server_id: the `ir.mail_server` whose webhook received it
        :param str provider_code: that server's provider
        :param bytes body: as posted
        """
        now = fields.Datetime.now()
        rows = tracking_rows(server_id, provider_code, body, now)
        if not rows:
            return
        insert, values = insert_statement(rows)
        is_job_asleep = """
            RETURNING state = 'pending' AND NOT EXISTS (
                SELECT FROM ir_cron_trigger WHERE cron_id = %s AND call_at >= %s
            )
        """
        # The log is no place for what may be a megabyte of other people's addresses.
        self.env.cr.execute(
            insert + is_job_asleep, [*values, self._job_id() or None, now], log_exceptions=False
        )
        if (True,) in self.env.cr.fetchall():
            self._wake_job()

    @api.model
    def _insert_unknown(self, rows):
        """Insert rows whose fingerprint isn't known yet."""
        if rows:
            self.env.cr.execute(*insert_statement(rows), log_exceptions=False)

    def _read_payload_again(self):
        """Fill in what the payloads say, as they are understood today.

        :return: the events that are understood; of the others the reason is noted
        """
        understood = self.browse()
        for tracking in self.filtered("payload"):
            received = PROVIDERS[tracking.provider].receive(tracking.payload.encode())
            event = received[0].event if len(received) == 1 else None
            if event:
                values = event_values(event, tracking.create_date)
                tracking.write({**values, "categories": event.categories or False})
                understood |= tracking
            else:
                tracking.state_reason = received[0].error if received else False
        return understood

    @api.model
    def _wake_job(self):
        """Trigger the job, unless somebody deleted it: events are stored all the same."""
        if job_id := self._job_id():
            self.env["ir.cron"].sudo().browse(job_id)._trigger()

    @api.model
    def _job_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(JOB)  # from the cache
