# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class MailDeliveryContent(models.Model):
    """The content of an e-mail, until the provider has accepted it.

    A table of its own, so that the rows of deliveries stay short and are not rewritten when the
    content is deleted. Read and written by SQL, because the content is bytes.
    """

    _name = "mail.delivery.content"
    _description = "Content of an Email Delivery"
    _log_access = False

    delivery_id = fields.Many2one("mail.delivery", required=True, ondelete="cascade", index=True)
    content = fields.Binary(required=True, attachment=False)

    @api.model
    def _drop(self, delivery_ids):
        """Delete the contents of deliveries."""
        self.env.cr.execute(
            "DELETE FROM mail_delivery_content WHERE delivery_id = ANY(%s)", [delivery_ids]
        )
