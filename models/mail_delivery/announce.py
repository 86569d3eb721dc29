# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

# Of the bus: the channel of whoever looks at the e-mails of a document, and what is said there.
SUBCHANNEL = "emails"
NOTIFICATION = "mail_delivery/changed"


class MailDelivery(models.Model):
    """Who looks at the e-mails of a document is told that something became of them."""

    _inherit = "mail.delivery"

    @api.model
    def _announce(self, message_ids):
        """Tell whoever looks at the documents of messages to look again.

        What it was isn't said: it is read through a method that checks who asks.

        :param set message_ids: of `mail.message`
        """
        if not message_ids:
            return
        by_document = {}
        for message in self.env["mail.message"].sudo().browse(message_ids):
            if message.res_id and message.model in self.env:
                document = self.env[message.model].browse(message.res_id)
                by_document.setdefault(document, []).append(message.id)
        self.env["bus.bus"]._sendmany(
            (
                (document, SUBCHANNEL),
                NOTIFICATION,
                {"model": document._name, "id": document.id, "message_ids": ids},
            )
            for document, ids in by_document.items()
        )
