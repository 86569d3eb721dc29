# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class MailDeliveryContent(models.Model):
    """What an e-mail says, until the provider has it.

    In a table of its own: the long table of deliveries stays narrow, and isn't rewritten when
    the content goes. The rows are read and written by SQL: the content is bytes.
    """

    _name = "mail.delivery.content"
    _description = "Content of an Email Delivery"
    _log_access = False

    delivery_id = fields.Many2one("mail.delivery", required=True, ondelete="cascade", index=True)
    content = fields.Binary(required=True, attachment=False)

    @api.model
    def _drop(self, delivery_ids):
        """Let the contents of deliveries go."""
        self.env.cr.execute(
            "DELETE FROM mail_delivery_content WHERE delivery_id = ANY(%s)", [delivery_ids]
        )
