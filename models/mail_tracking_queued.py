# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import hashlib

from odoo import api, fields, models

from ..addresses import comparable
from ..intake.rows import event_values
from ..providers.base import Event


class MailTracking(models.Model):
    """The events that Odoo itself notes: a provider accepted a mail, under an id of its own."""

    _inherit = "mail.tracking"

    @api.model
    def _record_queued(self, server_id, parts):
        """Keep the provider's ids, so that events that carry nothing else find their mail.

        :param int server_id: the `ir.mail_server`
        :param list[tools.handover.Part] parts: accepted, of mails that still exist
        """
        provider = self.env["ir.mail_server"].sudo().browse(server_id).provider
        now = fields.Datetime.now()
        messages = self.env["mail.message"].concat(*(part.mail.mail_message_id for part in parts))
        notifications = messages._email_notifications()
        rows = [
            row
            for part in parts
            for address, provider_id in part.outcome.ids.items()
            for row in [
                self._queued_values(part, provider, address, provider_id, notifications, now)
            ]
        ]
        self._insert_unknown([{**row, "mail_server_id": server_id} for row in rows])

    @api.model
    def _queued_values(self, part, provider, address, provider_id, notifications, now):
        trace = part.mail.mailing_trace_ids[:1]
        # An event may refer to a message only as long as a notification keeps its status.
        notification = notifications.get(
            (part.mail.mail_message_id.id, part.partner.id or comparable(address)),
            self.env["mail.notification"],
        )
        event = Event("queued", recipient=address, provider_message_id=provider_id, stream="smtp")
        name = f"{provider}:queued:{provider_id}:{address}"
        return {
            **event_values(event, now),
            "subject": part.outgoing.subject,
            "state": "done",
            "processed_at": now,
            "fingerprint": hashlib.sha256(name.encode()).hexdigest(),
            "provider": provider,
            "mailing_trace_id": trace.id or None,
            "mass_mailing_id": trace.mass_mailing_id.id or None,
            "mail_message_id": notification.mail_message_id.id or None,
            "partner_id": (notification.res_partner_id or part.partner).id or None,
            "create_date": now,
            "write_date": now,
        }
