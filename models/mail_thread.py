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
        for event in events:
            if (
                event.event_type == "bounced"
                and event.bounce_type == "hard"
                and event.recipient
                and not event._is_bounce_known()
            ):
                event.is_bounce_counted = True
                partners = self.env["res.partner"].search(
                    [("email_normalized", "=", event.recipient)]
                )
                self.env["mail.thread"]._routing_handle_bounce(
                    None,
                    {
                        "bounced_email": event.recipient,
                        "bounced_partner": partners,
                        # Trace and notification have their status already, by the ladder.
                        "bounced_msg_ids": [],
                        "bounced_message": self.env["mail.message"],
                        "body": event.reason or "",
                        "email_from": event.recipient,
                        "to": event.mail_server_id.name or "",
                        "message_id": event.provider_message_id or "",
                    },
                )
