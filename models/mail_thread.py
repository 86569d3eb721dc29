# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from ..tools.known import Known


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _apply_tracking_bounces(self, events):
        """Hand hard bounces on to Odoo's own bounce handling, once per mail and recipient.

        It raises the bounce counter of the contacts with that address, and puts an address
        that bounces again and again on the blacklist.

        :param mail.tracking events: settled
        """
        bounces = events._uncounted_bounces()
        if not bounces:
            return
        bounces.is_bounce_counted = True
        known = self._read_bounced(set(bounces.mapped("recipient")))
        handler = self.env["mail.thread"].with_context(mail_tracking_known=known)
        for event in bounces:
            handler._routing_handle_bounce(
                None,
                {
                    "bounced_email": event.recipient,
                    "bounced_partner": known.records(
                        self.env["res.partner"], "email_normalized", event.recipient
                    ),
                    # Trace and notification have their status already, by the ladder.
                    "bounced_msg_ids": [],
                    "bounced_message": self.env["mail.message"],
                    "body": event.reason or "",
                    "email_from": event.recipient,
                    "to": event.mail_server_id.name or "",
                    "message_id": event.provider_message_id or "",
                },
            )

    @api.model
    def _read_bounced(self, addresses):
        """Read what Odoo's bounce handling looks for: it would do so for each address.

        :return: `Known`: the kinds of contacts, those with the addresses, with their counters, and
            bounced traces
        """
        known = Known()
        kinds = self.env["ir.model"].search([("is_mail_blacklist", "=", True)])
        known.add(kinds, "is_mail_blacklist", [True])
        for name in set(kinds.mapped("model")) - {"mail.thread.blacklist"}:
            contacts = self.env[name].search_fetch(
                [("email_normalized", "in", list(addresses))],
                ["email_normalized", "message_bounce"],
            )
            known.add(contacts, "email_normalized", addresses)
        traces = self.env["mailing.trace"].search_fetch(
            [("email", "in", list(addresses)), ("trace_status", "=", "bounce")],
            ["email", "trace_status", "write_date"],
        )
        known.add(traces, "email", addresses)
        return known
