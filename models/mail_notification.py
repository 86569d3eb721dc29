# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """When Odoo searches the notifications of a mail without any, answer without a query."""
        session = self.env.context.get("mail_outbox")
        for leaf in domain if session and session.without_notifications else ():
            is_of_mails = leaf[0] == "mail_mail_id" and leaf[1] == "in"
            if is_of_mails and session.without_notifications.issuperset(leaf[2]):
                return self.browse()._as_query()
        return super()._search(domain, *args, **kwargs)

    def write(self, vals):
        """While an e-mail is put into the outbox, write *processing* instead of *sent*."""
        session = self.env.context.get("mail_outbox")
        if not session or vals.get("notification_status") != "sent":
            return super().write(vals)
        # Not if an addon left out the recipient: no delivery would ever change the status.
        taken = self.filtered(session.has_notified)
        super(MailNotification, self - taken).write(vals)
        return super(MailNotification, taken).write({**vals, "notification_status": "process"})
