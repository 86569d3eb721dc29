# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """While an e-mail is put into the outbox, it is being processed, not sent."""
        if vals.get("notification_status") == "sent" and "mail_outbox" in self.env.context:
            vals = {**vals, "notification_status": "process"}
        return super().write(vals)
