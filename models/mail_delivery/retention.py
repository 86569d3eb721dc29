# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ..transactions import clean

CHUNK = 5000  # rows per transaction, so that locks are held only briefly
# How long the content of failed e-mails is kept for *Send Again*
CONTENT_DAYS = 30


class MailDelivery(models.Model):
    """How long deliveries are kept: as long as their events."""

    _inherit = "mail.delivery"

    @api.autovacuum
    def _gc_deliveries(self):
        """Delete final deliveries that are older than the retention in Settings."""
        days = max(self.env["mail.tracking"]._retention().values())
        delete = partial(self._delete_chunk, fields.Datetime.now() - timedelta(days=days))
        clean(self.env, [delete, self._delete_old_contents])

    @api.model
    def _delete_chunk(self, before):
        """Delete some deliveries, the oldest first; return whether there may be more."""
        self.env.cr.execute(
            """
            DELETE FROM mail_delivery
             WHERE id IN (SELECT id FROM mail_delivery
                           WHERE create_date < %s AND state NOT IN ('waiting', 'calling')
                           ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
            """,
            [before, CHUNK],
        )
        return self.env.cr.rowcount == CHUNK

    @api.model
    def _delete_old_contents(self):
        self.env.cr.execute(
            """
            DELETE FROM mail_delivery_content AS content
             USING mail_delivery AS delivery
             WHERE delivery.id = content.delivery_id AND delivery.create_date < %s
               AND delivery.state NOT IN ('waiting', 'calling')
            """,
            [fields.Datetime.now() - timedelta(days=CONTENT_DAYS)],
        )
