# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import _, models

from ..tools.reference import read_reference

# A complaint that names no mail is about the last one of its subject within this time.
COMPLAINT_WINDOW = timedelta(days=60)


class MailTracking(models.Model):
    """Which mail an event is about."""

    _inherit = "mail.tracking"

    def _match(self):
        """Fill in the mailing trace, or the message and partner, of the events in `self`.

        In this order: the token that went out with the mail; the provider's message id, if
        another event carried both; for a complaint, which carries neither, recipient and
        subject. A handful of queries, however many events.

        :return: the events whose token this database did not sign
        """
        unmatched = self.filtered(lambda t: not t.mailing_trace_id and not t.mail_message_id)
        foreign = unmatched._match_by_reference()
        (unmatched - foreign)._match_by_provider_message()
        (unmatched - foreign)._match_complaints()
        for tracking in unmatched:
            if not tracking.partner_id and tracking.mail_message_id:
                tracking.partner_id = tracking._notified_partner()
        return foreign

    def _match_by_reference(self):
        references = {
            tracking: read_reference(self.env, tracking.reference)
            for tracking in self.filtered("reference")
        }
        known = [reference for reference in references.values() if reference]
        found = {
            model: set(self.env[model].browse({ref[index] for ref in known}).exists().ids)
            for index, model in enumerate(("mailing.trace", "mail.message", "res.partner"))
        }
        foreign = self.browse()
        for tracking, reference in references.items():
            if not reference:
                foreign |= tracking
                continue
            tracking._set_match(
                trace_id=reference.trace_id in found["mailing.trace"] and reference.trace_id,
                message_id=reference.message_id in found["mail.message"] and reference.message_id,
                partner_id=reference.partner_id in found["res.partner"] and reference.partner_id,
            )
        return foreign

    def _match_by_provider_message(self):
        todo = self.filtered(
            lambda t: t.provider_message_id and not t.mailing_trace_id and not t.mail_message_id
        )
        if not todo:
            return
        todo.flush_model()
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (provider, provider_message_id) provider, provider_message_id,
                   mailing_trace_id, mail_message_id, partner_id
              FROM mail_tracking
             WHERE provider_message_id IN %s
               AND (mailing_trace_id IS NOT NULL OR mail_message_id IS NOT NULL)
             ORDER BY provider, provider_message_id, id
            """,
            [tuple(set(todo.mapped("provider_message_id")))],
        )
        learnt = {row[:2]: row[2:] for row in self.env.cr.fetchall()}
        for tracking in todo:
            match = learnt.get((tracking.provider, tracking.provider_message_id))
            if match:
                tracking._set_match(*match)

    def _match_complaints(self):
        for tracking in self:
            if (
                tracking.event_type != "complained"
                or tracking.stream != "smtp"
                or not (tracking.recipient and tracking.subject)
                or tracking.mailing_trace_id
                or tracking.mail_message_id
            ):
                continue
            trace = self.env["mailing.trace"].search(
                [
                    ("email", "=", tracking.recipient),
                    ("mass_mailing_id.subject", "=", tracking.subject),
                    ("sent_datetime", "<=", tracking.occurred_at),
                    ("sent_datetime", ">", tracking.occurred_at - COMPLAINT_WINDOW),
                ],
                order="sent_datetime DESC, id DESC",
                limit=1,
            )
            if trace:
                tracking._set_match(trace_id=trace.id)

    def _set_match(self, trace_id=False, message_id=False, partner_id=False):
        trace = self.env["mailing.trace"].browse(trace_id or [])
        self.write(
            {
                "mailing_trace_id": trace.id,
                "mass_mailing_id": trace.mass_mailing_id.id,
                # The message of a mailing's mail holds nothing to update.
                "mail_message_id": not trace and message_id,
                "partner_id": partner_id,
                "is_list_bound": self.event_type in ("unsubscribed", "resubscribed")
                and trace.mass_mailing_id.mailing_on_mailing_list,
            }
        )

    def _notified_partner(self):
        """Return the partner with the event's address among those the message was sent to."""
        notifications = self.mail_message_id.sudo().notification_ids
        return notifications.res_partner_id.filtered(
            lambda partner: partner.email_normalized == self.recipient
        )[:1]

    def _is_still_being_sent(self):
        """Whether the queue may hold this event's mail in a transaction of its own.

        A write to the trace now would make that transaction fail after the provider has
        accepted the mail, and Odoo would send it again.
        """
        notification = self._notification()
        return self.mailing_trace_id.trace_status in (
            "outgoing",
            "process",
        ) or notification.notification_status in ("ready", "process")

    def _notification(self):
        """Return the `mail.notification` that shows this event in the chatter."""
        return self.mail_message_id.sudo().notification_ids.filtered(
            lambda notification: (
                notification.res_partner_id == self.partner_id
                and notification.notification_type == "email"
            )
        )[:1]

    def _no_match_reason(self):
        if self.reference:
            return _("Odoo has deleted the email that it is about.")
        if self.stream == "marketing":
            return _("Belongs to a campaign of the provider's own, not to a mail of Odoo.")
        return _("No mail of this database corresponds to it.")
