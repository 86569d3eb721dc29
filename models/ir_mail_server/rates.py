# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models

from .attributes import NOTED

DAY = timedelta(days=1)
SELECT = """
    SELECT server.id, mails.count, mails.bounced, complaints.count
      FROM ir_mail_server AS server, LATERAL (
               SELECT count(*), count(*) FILTER (
                          WHERE failed_kind IN ('hard', 'soft') AND delivered_at IS NULL
                      ) AS bounced
                 FROM mail_delivery
                WHERE mail_server_id = server.id AND create_date > %(yesterday)s
                  AND state = 'accepted' AND is_test IS NOT TRUE
           ) AS mails, LATERAL (
               SELECT count(*) FROM mail_tracking
                WHERE mail_server_id = server.id AND event_type = 'complained'
                  AND create_date > %(yesterday)s AND state != 'pending'
           ) AS complaints
     WHERE server.id = ANY(%(servers)s)
"""


class IrMailServer(models.Model):
    """How many of a day's mails bounced, and how many were reported as spam."""

    _inherit = "ir.mail_server"

    # Stored by the job, because counting a million mails takes too long for the form.
    rate_mails = fields.Integer(**NOTED)
    rate_bounces = fields.Integer(**NOTED)
    rate_complaints = fields.Integer(**NOTED)

    def _note_rates(self):
        """Count the mails, bounces and complaints of the last day."""
        self.env["mail.delivery"].flush_model()
        self.env["mail.tracking"].flush_model()
        yesterday = fields.Datetime.now() - DAY
        self.env.cr.execute(SELECT, {"servers": self.ids, "yesterday": yesterday})
        names = ("rate_mails", "rate_bounces", "rate_complaints")
        for server_id, *counts in self.env.cr.fetchall():
            server, values = self.browse(server_id), dict(zip(names, counts, strict=True))
            if any(server[name] != value for name, value in values.items()):
                server.write(values)
