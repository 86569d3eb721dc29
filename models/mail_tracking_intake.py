# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..providers import PROVIDERS
from ..providers.base import Event

JOB = "mail_mailjet_aldeamo.ir_cron_apply_mail_tracking"


class MailTracking(models.Model):
    """The way in: what a webhook received becomes rows, and nothing else happens."""

    _inherit = "mail.tracking"

    @api.model
    def _receive(self, server_id, provider_code, body):
        """Store the events in `body` that aren't known yet.

        One INSERT, without the ORM: this is what the provider waits for.

        :param int server_id: the `ir.mail_server` whose webhook received it
        :param str provider_code: that server's provider
        :param bytes body: as posted
        """
        rows = [
            {
                **self._event_values(received.event),
                "state": "failed" if received.error else "pending",
                "state_reason": received.error,
                "payload": received.payload,
                "fingerprint": received.fingerprint,
                "mail_server_id": server_id,
                "provider": provider_code,
                "create_uid": SUPERUSER_ID,
                "write_uid": SUPERUSER_ID,
                "create_date": fields.Datetime.now(),
                "write_date": fields.Datetime.now(),
            }
            for received in PROVIDERS[provider_code].receive(body)
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO mail_tracking (%s) VALUES %s ON CONFLICT (fingerprint) DO NOTHING",
                SQL(", ").join(map(SQL.identifier, rows[0])),
                SQL(", ").join(tuple(row.values()) for row in rows),
            )
        )
        if self.env.cr.rowcount and any(row["state"] == "pending" for row in rows):
            self._wake_job()

    @api.model
    def _event_values(self, event):
        """Return the columns that say what happened: they are named like the event's fields.

        :param providers.base.Event event: None where the body isn't understood
        """
        event = event or Event(event_type="unknown")
        return {
            **vars(event),
            "occurred_at": event.occurred_at or fields.Datetime.now(),
            "categories": json.dumps(event.categories) if event.categories else None,
        }

    def _read_payload_again(self):
        """Fill in what the payload says, as it is understood today."""
        for tracking in self:
            received = PROVIDERS[tracking.provider].receive((tracking.payload or "").encode())
            if len(received) == 1 and received[0].event:
                event = received[0].event
                tracking.write(
                    {**self._event_values(event), "categories": event.categories or False}
                )

    @api.model
    def _wake_job(self):
        """Trigger the job, unless it is triggered already: a trigger costs a connection."""
        job = self.env.ref(JOB)
        self.env.cr.execute(
            """
            SELECT 1 FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s LIMIT 1
            """,
            [job.id, fields.Datetime.now()],
        )
        if not self.env.cr.rowcount:
            job.sudo()._trigger()
