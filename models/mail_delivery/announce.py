# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

# Name of the bus channels of users who look at the e-mails of a document, and of its messages.
SUBCHANNEL = "emails"
NOTIFICATION = "mail_delivery/changed"


class MailDelivery(models.Model):
    """Notifies users who look at the e-mails of a document when these change."""

    _inherit = "mail.delivery"

    @api.model
    def _announce(self, message_ids):
        """Notify the users who look at the documents of messages.

        The notification has no content: the client then calls a method that checks the rights.

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
