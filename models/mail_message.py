# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """When an addon has chosen a server for mass mail, remove the server from the message.

        OCA's `mail_multicompany` takes the first server of the company. Without it, Odoo finds
        another one, as for a company without a server.
        """
        is_open = [not vals.get("mail_server_id") for vals in vals_list]
        messages = super().create(vals_list)
        chosen = messages.browse(
            message.id for message, chose in zip(messages, is_open, strict=True) if chose
        )
        wrong = chosen.sudo().filtered(lambda message: message.mail_server_id.mass_mail)
        if wrong:
            wrong.mail_server_id = False
        return messages

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
