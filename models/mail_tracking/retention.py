# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ...providers.base import EVENT_TYPES
from ..transactions import clean
from .mail_tracking import SUBSCRIPTION_EVENTS

RETENTION_DAYS = 180
RETENTION_PARAMETER = "mail_mailjet_aldeamo.retention_days"
READING_PARAMETER = "mail_mailjet_aldeamo.retention_days_reading"
FAILURE_PARAMETER = "mail_mailjet_aldeamo.retention_days_failure"
# Event types with a retention of their own
PARAMETERS = {
    "opened": READING_PARAMETER,
    "clicked": READING_PARAMETER,
    "bounced": FAILURE_PARAMETER,
    "rejected": FAILURE_PARAMETER,
}
# How long the raw texts of parsed events are kept: they are half of the table.
PAYLOAD_DAYS = 30
CHUNK = 5000  # events per transaction, so that locks are held only briefly


class MailTracking(models.Model):
    """How long events and raw texts are kept; complaints and unsubscriptions are for good."""

    _inherit = "mail.tracking"

    @api.autovacuum
    def _gc_trackings(self):
        """Delete processed events that are older than the retention in Settings."""
        now = fields.Datetime.now()
        steps = [
            partial(self._delete_chunk, event_type, now - timedelta(days=days))
            for event_type, days in self._retention().items()
        ]
        steps.append(partial(self._drop_payloads, now - timedelta(days=PAYLOAD_DAYS)))
        clean(self.env, steps)

    @api.model
    def _retention(self):
        """Return event type → retention in days."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        default = int(get_param(RETENTION_PARAMETER) or RETENTION_DAYS)
        return {
            event_type: int(get_param(PARAMETERS.get(event_type, "")) or default)
            for event_type in EVENT_TYPES
            if event_type not in SUBSCRIPTION_EVENTS
        }

    @api.model
    def _delete_chunk(self, event_type, before):
        """Delete some events; return whether there may be more."""
        self.env.cr.execute(
            """
            DELETE FROM mail_tracking
             WHERE id IN (SELECT id FROM mail_tracking
                           WHERE event_type = %s AND create_date < %s AND state != 'pending'
                           ORDER BY create_date LIMIT %s FOR UPDATE SKIP LOCKED)
            """,
            [event_type, before, CHUNK],
        )
        return self.env.cr.rowcount == CHUNK

    @api.model
    def _drop_payloads(self, before):
        """Delete the raw texts of some parsed events; return whether there may be more."""
        self.env.cr.execute(
            """
            UPDATE mail_tracking SET payload = NULL
             WHERE id IN (SELECT id FROM mail_tracking
                           WHERE payload IS NOT NULL AND state IN ('done', 'ignored')
                             AND create_date < %s
                           ORDER BY create_date LIMIT %s FOR UPDATE SKIP LOCKED)
            """,
            [before, CHUNK],
        )
        self.invalidate_model(["payload"], flush=False)
        return self.env.cr.rowcount == CHUNK
