# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ...providers import PROVIDERS
from ...webhook.rows import event_values, insert_statement, tracking_rows


class MailTracking(models.Model):
    """Storing what a webhook received; the job does the rest."""

    _inherit = "mail.tracking"

    @api.model
    def _receive(self, server_id, provider_code, body, declared=("", "")):
        """Store the new events in `body`, and trigger the job.

        One INSERT without the ORM, because the provider waits for the answer.

        :param int server_id: the `ir.mail_server` whose webhook received it
        :param str provider_code: that server's provider
        :param bytes body: as posted
        :param declared: the headers Content-Type and Content-Encoding
        """
        rows = tracking_rows(server_id, provider_code, body, fields.Datetime.now(), declared)
        if self._insert_unknown(rows) and any(row["state"] == "pending" for row in rows):
            self._wake_job()

    @api.model
    def _insert_unknown(self, rows):
        """Insert the rows with a new fingerprint; return their number."""
        if not rows:
            return 0
        # Keep the statement out of the log: it may have a megabyte of addresses.
        self.env.cr.execute(*insert_statement(rows), log_exceptions=False)
        return self.env.cr.rowcount

    def _read_payload_again(self):
        """Parse the payloads again and write the result.

        :return: the events that could be parsed; the others get the reason
        """
        # Parsed events may have no payload any more: keep their values.
        understood = self.filtered(lambda tracking: not tracking.payload)
        for tracking in self - understood:
            received = PROVIDERS[tracking.provider].receive(tracking.payload.encode())
            event = received[0].event if len(received) == 1 else None
            if event:
                values = event_values(event, tracking.create_date)
                tracking.write({**values, "categories": event.categories or False})
                understood |= tracking
            else:
                tracking.state_reason = received[0].error if received else False
        return understood
