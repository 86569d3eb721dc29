# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailMessage(models.Model):
    """The outcomes of a message's e-mails, for the envelope in the chatter."""

    _inherit = "mail.message"

    def read_emails(self):
        """Return the outcome of the last e-mail to each recipient of the message.

        :return: as `mail.delivery`'s `_outcomes`
        :raises AccessError: the user may not read the message or its document, or is not internal
        """
        self.ensure_one()
        deliveries = self.env["mail.delivery"]
        deliveries._check_employee_may_read(self)
        if self.res_id and self.model in self.env:
            deliveries._check_employee_may_read(self.env[self.model].browse(self.res_id))
        deliveries = deliveries.sudo()
        deliveries = deliveries.search([("mail_message_id", "=", self.id)], order="id")
        latest = {delivery.partner_id.id or delivery.recipient: delivery for delivery in deliveries}
        return deliveries.browse().concat(*latest.values())._outcomes()
