# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from ..addresses import comparable

NOTIFICATION_FIELDS = (
    *("mail_message_id", "res_partner_id", "author_id"),
    *("notification_status", "failure_type", "failure_reason"),
)


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _email_notifications(self):
        """Return the notifications that show the status of the emails in the chatter.

        :return: dict of (message's id, recipient's id) and of (message's id, address as
            `addresses.comparable` has it) → `mail.notification`
        """
        if not self:
            return {}
        notifications = (
            self.env["mail.notification"]
            .sudo()
            .search_fetch(
                [("mail_message_id", "in", self.ids), ("notification_type", "=", "email")],
                NOTIFICATION_FIELDS,
                order="id",
            )
        )
        notifications.res_partner_id.fetch(["email_normalized"])
        result = {}
        for notification in notifications:
            message_id, partner = notification.mail_message_id.id, notification.res_partner_id
            result.setdefault((message_id, partner.id), notification)
            if partner.email_normalized:
                result.setdefault((message_id, comparable(partner.email_normalized)), notification)
        return result
