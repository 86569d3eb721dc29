# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _email_notification(self, partner, email):
        """Return the `mail.notification` that shows the status of an email in the chatter.

        :param res.partner partner: whom it was sent to; if empty, the address decides
        :param str email: normalised address
        """
        return self.sudo().notification_ids.filtered(
            lambda notification: (
                notification.notification_type == "email"
                and (
                    notification.res_partner_id == partner
                    if partner
                    else notification.res_partner_id.email_normalized == email
                )
            )
        )[:1]
