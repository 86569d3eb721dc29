# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ...providers import PROVIDERS
from ...webhook.rows import event_values, insert_statement, tracking_rows


class MailTracking(models.Model):
    """The way in: what a webhook received becomes rows, and nothing else happens."""

    _inherit = "mail.tracking"

    @api.model
    def _receive(self, server_id, provider_code, body, declared=("", "")):
        """Store the events in `body` that aren't known yet, and have the job apply them.

        One INSERT, without the ORM: this is what the provider waits for.

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
        """Insert rows whose fingerprint isn't known yet; return how many there were."""
        if not rows:
            return 0
        # The log is no place for what may be a megabyte of other people's addresses.
        self.env.cr.execute(*insert_statement(rows), log_exceptions=False)
        return self.env.cr.rowcount

    def _read_payload_again(self):
        """Fill in what the payloads say, as they are understood today.

        :return: the events that are understood; of the others the reason is noted
        """
        # Of an event that was understood the payload may be gone: what it said stands.
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
