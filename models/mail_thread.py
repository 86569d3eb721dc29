# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _apply_tracking_bounces(self, events):
        """Hand hard bounces on to Odoo's own bounce handling, once per mail and recipient.

        It raises the bounce counter of the contacts with that address, and puts an address
        that bounces again and again on the blacklist.

        :param mail.tracking events: settled
        """
        bounces = events._uncounted_bounces()
        bounces.is_bounce_counted = True
        addresses = list(set(bounces.mapped("recipient")))
        partners = self._read_bounce_counters(addresses)
        for event in bounces:
            self.env["mail.thread"]._routing_handle_bounce(
                None,
                {
                    "bounced_email": event.recipient,
                    "bounced_partner": partners.get(event.recipient, self.env["res.partner"]),
                    # Trace and notification have their status already, by the ladder.
                    "bounced_msg_ids": [],
                    "bounced_message": self.env["mail.message"],
                    "body": event.reason or "",
                    "email_from": event.recipient,
                    "to": event.mail_server_id.name or "",
                    "message_id": event.provider_message_id or "",
                },
            )

    def _read_bounce_counters(self, addresses):
        """Read what Odoo's bounce handling looks at of all contacts with the addresses.

        It would read each contact by itself, and all of it.

        :return: dict of address → `res.partner`
        """
        partners = {}
        if addresses:
            models_ = self.env["ir.model"].search(
                [("is_mail_blacklist", "=", True), ("model", "!=", "mail.thread.blacklist")]
            )
            for name in models_.mapped("model"):
                contacts = self.env[name].search_fetch(
                    [("email_normalized", "in", addresses)], ["email_normalized", "message_bounce"]
                )
                if name == "res.partner":
                    partners = contacts.grouped("email_normalized")
        return partners
