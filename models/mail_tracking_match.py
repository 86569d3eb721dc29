# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import _, models

from ..tools.reference import read_reference

# A complaint that names no mail is about the last one of its subject within this time.
COMPLAINT_WINDOW = timedelta(days=60)


class Match(NamedTuple):
    """The mail that an event is about, as records: a trace, or a message and a recipient."""

    trace: models.BaseModel
    message: models.BaseModel
    partner: models.BaseModel


class MailTracking(models.Model):
    """Which mail an event is about."""

    _inherit = "mail.tracking"

    def _match(self):
        """Find the mails that the events in `self` are about.

        In this order: the token that went out with the mail; the provider's message id, if
        another event carried both; for a complaint, which carries neither, recipient and
        subject.

        :return: dict of event → `Match`; and the events whose token this database did not sign
        """
        matches = {
            event: Match(event.mailing_trace_id, event.mail_message_id, event.partner_id)
            for event in self
            if event.mailing_trace_id or event.mail_message_id
        }
        foreign = self._match_by_reference(matches)
        (self - foreign)._match_by_provider_message(matches)
        (self - foreign)._match_complaints(matches)
        return matches, foreign

    def _match_by_reference(self, matches):
        references = {
            event: read_reference(self.env, event.reference)
            for event in self
            if event.reference and event not in matches
        }
        known = [reference for reference in references.values() if reference]
        traces, messages, partners = (
            self.env[model].browse({reference[index] for reference in known}).exists()
            for index, model in enumerate(("mailing.trace", "mail.message", "res.partner"))
        )
        foreign = self.browse()
        for event, reference in references.items():
            if not reference:
                foreign |= event
                continue
            match = Match(
                traces & traces.browse(reference.trace_id),
                messages & messages.browse(reference.message_id),
                partners & partners.browse(reference.partner_id),
            )
            if match.trace or match.message:
                matches[event] = match
        return foreign

    def _match_by_provider_message(self, matches):
        learnt = {
            (event.provider, event.provider_message_id): match
            for event, match in matches.items()
            if event.provider_message_id
        }
        todo = self.filtered(lambda event: event.provider_message_id and event not in matches)
        others = self.search(
            [
                ("provider_message_id", "in", list(set(todo.mapped("provider_message_id")))),
                "|",
                ("mailing_trace_id", "!=", False),
                ("mail_message_id", "!=", False),
            ],
            order="id",
        )
        for other in others:
            learnt.setdefault(
                (other.provider, other.provider_message_id),
                Match(other.mailing_trace_id, other.mail_message_id, other.partner_id),
            )
        for event in todo:
            match = learnt.get((event.provider, event.provider_message_id))
            if match:
                matches[event] = match

    def _match_complaints(self, matches):
        for event in self:
            if (
                event.event_type == "complained"
                and event.stream == "smtp"
                and event.recipient
                and event.subject
                and event not in matches
            ):
                trace = self.env["mailing.trace"].search(
                    [
                        ("email", "=", event.recipient),
                        ("mass_mailing_id.subject", "=", event.subject),
                        ("sent_datetime", "<=", event.occurred_at),
                        ("sent_datetime", ">", event.occurred_at - COMPLAINT_WINDOW),
                    ],
                    order="sent_datetime DESC, id DESC",
                    limit=1,
                )
                if trace:
                    nothing = self.env["mail.message"], self.env["res.partner"]
                    matches[event] = Match(trace, *nothing)

    def _being_sent(self, matches):
        """Find the events whose mail the queue may hold in a transaction of its own.

        Whatever is written now to the trace, or refers to a message that is deleted once it
        has been sent, would make that transaction fail after the provider has accepted the
        mail, and Odoo would send it again.

        :return: events whose mail is queued, events whose mail has only the status of one that is
        """
        message_ids = [match.message.id for match in matches.values() if match.message]
        outgoing = self.env["mail.mail"].search(
            [("mail_message_id", "in", message_ids), ("state", "=", "outgoing")]
        )
        queued = marked = self.browse()
        for event, (trace, message, partner) in matches.items():
            notification = message._email_notification(partner, event.recipient)
            if trace.mail_mail_id.state == "outgoing" or message in outgoing.mail_message_id:
                queued |= event
            elif trace.trace_status in (
                "outgoing",
                "process",
            ) or notification.notification_status in ("ready", "process"):
                marked |= event
        return queued, marked

    def _set_match(self, match):
        """Write down the mail that the event is about, where Odoo keeps a status of it."""
        trace, message, partner = match
        lists = trace.mass_mailing_id.with_context(active_test=False).contact_list_ids
        notification = message._email_notification(partner, self.recipient)
        self.write(
            {
                "mailing_trace_id": trace.id,
                "mass_mailing_id": trace.mass_mailing_id.id,
                "mail_message_id": notification.mail_message_id.id,
                "partner_id": (notification.res_partner_id or partner).id,
                "is_list_bound": self.event_type in ("unsubscribed", "resubscribed")
                and trace.mass_mailing_id.mailing_on_mailing_list
                and bool(lists),
            }
        )

    def _no_effect_reason(self, matches):
        """Return why an event without effect has none."""
        if self in matches:
            return _("Odoo keeps no status of this email.")
        if self.reference:
            return _("Odoo has deleted the email that it is about.")
        if self.stream == "marketing":
            return _("Belongs to a campaign of the provider's own, not to a mail of Odoo.")
        return _("No mail of this database corresponds to it.")
