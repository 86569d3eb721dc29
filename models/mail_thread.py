# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, models

from ..addresses import spellings
from .prefetched_records import PrefetchedRecords


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _apply_tracking_bounces(self, events):
        """Pass hard bounces to Odoo's bounce handling, once per mail and recipient.

        This raises the bounce counter of the contacts with that address, and blacklists an
        address that bounces repeatedly.

        :param mail.tracking events: processed ones
        """
        bounces = events._uncounted_bounces()
        if not bounces:
            return
        bounces.is_bounce_counted = True
        ways = [(event, way) for event in bounces for way in spellings(event.recipient)]
        known = self._read_bounced({way for _event, way in ways})
        handler = self.env["mail.thread"].with_context(mail_tracking_known=known)
        for event, email in ways:
            handler.with_context(mail_tracking_cause=event.id)._routing_handle_bounce(
                None,
                {
                    "bounced_email": email,
                    "bounced_partner": known.records(
                        self.env["res.partner"], "email_normalized", email
                    ),
                    # The delivery has already updated trace and notification.
                    "bounced_msg_ids": [],
                    "bounced_message": self.env["mail.message"],
                    "body": event.reason or "",
                    "email_from": email,
                    "to": event.mail_server_id.name or "",
                    "message_id": event.provider_message_id or "",
                },
            )
        reached = {event.id for event, email in ways if known.has("email_normalized", email)}
        nobody = bounces.filtered(
            lambda event: (
                not (event.id in reached or event.mailing_trace_id or event.mail_message_id)
            )
        )
        nobody.state_reason = _("Nothing changed: no contact has this address.")

    @api.model
    def _read_bounced(self, addresses):
        """Prefetch what Odoo's bounce handling would read for each address.

        :return: `PrefetchedRecords` of the models of contacts, the contacts with the addresses,
            with their counters, and their bounced traces
        """
        known = PrefetchedRecords()
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
