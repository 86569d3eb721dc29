# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import _, api, fields, models

from ..tools.reference import Reference, read_reference

# A complaint that names no mail is about the last one of its subject within this time.
COMPLAINT_WINDOW = timedelta(days=60)
# What the job looks at of a chunk's traces: read at once, and without the rest.
TRACE_FIELDS = (
    *("trace_status", "failure_type", "failure_reason", "mass_mailing_id", "mail_mail_id"),
    *("sent_datetime", "open_datetime", "links_click_datetime"),
)
SETTLED_FIELDS = (
    *("mailing_trace_id", "mass_mailing_id", "mail_message_id", "partner_id", "is_list_bound"),
    *("state", "state_reason", "is_unmatched", "retry_at", "processed_at"),
)


class Match(NamedTuple):
    """The mail that an event is about, as records: a trace, or a message and a recipient."""

    trace: models.BaseModel
    message: models.BaseModel
    partner: models.BaseModel
    notification: models.BaseModel  # empty where Odoo keeps no status of the message


class MailTracking(models.Model):
    """Which mail an event is about."""

    _inherit = "mail.tracking"

    def _match(self):
        """Find the mails that the events in `self` are about.

        In this order: the token that went out with the mail; the provider's message id, if
        another event carried both; for a complaint, which carries neither, recipient and
        subject.

        :return: dict of event's id → `Match`; and the events whose token this database did not
            sign
        """
        names = {
            event.id: event._matched_before()
            for event in self
            if event.mailing_trace_id or event.mail_message_id
        }
        foreign = self._match_by_reference(names)
        ours = self - foreign
        ours._match_by_provider_message(names)
        ours._match_complaints(names)
        return self._read_matches(names), foreign

    def _matched_before(self):
        return Reference(
            self.mailing_trace_id.id or 0, self.mail_message_id.id or 0, self.partner_id.id or 0
        )

    def _match_by_reference(self, names):
        references = {
            event.id: read_reference(self.env, event.reference)
            for event in self
            if event.reference and event.id not in names
        }
        traces, messages, partners = (
            set(
                self.env[model]
                .browse({reference[index] for reference in references.values() if reference} - {0})
                .exists()
                ._ids
            )
            for index, model in enumerate(("mailing.trace", "mail.message", "res.partner"))
        )
        for event_id, reference in references.items():
            if reference and (reference.trace_id in traces or reference.message_id in messages):
                partner_id = reference.partner_id if reference.partner_id in partners else 0
                names[event_id] = reference._replace(partner_id=partner_id)
        return self.browse(
            event_id for event_id, reference in references.items() if reference is None
        )

    def _match_by_provider_message(self, names):
        learnt = {}
        todo = self.browse()
        for event in self.filtered("provider_message_id"):
            if event.id in names:
                learnt[event.provider, event.provider_message_id] = names[event.id]
            else:
                todo |= event
        if not todo:
            return
        others = self.search_fetch(
            [
                ("provider_message_id", "in", list(set(todo.mapped("provider_message_id")))),
                "|",
                ("mailing_trace_id", "!=", False),
                ("mail_message_id", "!=", False),
            ],
            ["provider", "provider_message_id", "mailing_trace_id", "mail_message_id", "partner_id"],
            order="id",
        )
        for other in others:
            learnt.setdefault(
                (other.provider, other.provider_message_id), other._matched_before()
            )
        for event in todo:
            name = learnt.get((event.provider, event.provider_message_id))
            if name:
                names[event.id] = name

    def _match_complaints(self, names):
        complaints = self.filtered(
            lambda event: (
                event.event_type == "complained"
                and event.stream == "smtp"
                and event.recipient
                and event.subject
                and event.id not in names
            )
        )
        if not complaints:
            return
        moments = complaints.mapped("occurred_at")
        traces = self.env["mailing.trace"].search_fetch(
            [
                ("email", "in", list(set(complaints.mapped("recipient")))),
                ("mass_mailing_id.subject", "in", list(set(complaints.mapped("subject")))),
                ("sent_datetime", "<=", max(moments)),
                ("sent_datetime", ">", min(moments) - COMPLAINT_WINDOW),
            ],
            ["email", "sent_datetime", "mass_mailing_id"],
            order="sent_datetime DESC, id DESC",
        )
        sent = traces.grouped(lambda trace: (trace.email, trace.mass_mailing_id.subject))
        for event in complaints:
            for trace in sent.get((event.recipient, event.subject), ()):
                if event.occurred_at - COMPLAINT_WINDOW < trace.sent_datetime <= event.occurred_at:
                    names[event.id] = Reference(trace_id=trace.id)
                    break

    @api.model
    def _read_matches(self, names):
        """Return event's id → `Match`, everything read that is looked at later.

        :param dict names: event's id → `Reference` to what exists
        """
        traces, messages, partners = (
            {
                record.id: record
                for record in self.env[model].browse({name[index] for name in names.values()} - {0})
            }
            for index, model in enumerate(("mailing.trace", "mail.message", "res.partner"))
        )
        self.env["mailing.trace"].browse(traces).fetch(TRACE_FIELDS)
        notifications = self.env["mail.message"].browse(messages)._email_notifications()
        no_trace, no_message, no_partner, no_notification = (
            self.env[model]
            for model in ("mailing.trace", "mail.message", "res.partner", "mail.notification")
        )
        recipients = {event.id: event.recipient for event in self}
        return {
            event_id: Match(
                traces.get(name.trace_id, no_trace),
                messages.get(name.message_id, no_message),
                partners.get(name.partner_id, no_partner),
                notifications.get(
                    (name.message_id, name.partner_id or recipients[event_id]), no_notification
                ),
            )
            for event_id, name in names.items()
        }

    @api.model
    def _being_sent(self, matches):
        """Find the events whose mail the queue may hold in a transaction of its own.

        Whatever is written now to the trace, or refers to a message that is deleted once it
        has been sent, would make that transaction fail after the provider has accepted the
        mail, and Odoo would send it again.

        :return: ids of events whose mail is queued, of those whose mail has only the status of
            one that is
        """
        mail_ids = {match.trace.mail_mail_id.id for match in matches.values() if match.trace}
        message_ids = {match.message.id for match in matches.values() if match.message}
        outgoing = self.env["mail.mail"].search_fetch(
            [
                ("state", "=", "outgoing"),
                "|",
                ("id", "in", list(mail_ids - {False})),
                ("mail_message_id", "in", list(message_ids)),
            ],
            ["mail_message_id"],
        )
        outgoing_ids, outgoing_message_ids = set(outgoing._ids), set(outgoing.mail_message_id._ids)
        queued, marked = set(), set()
        for event_id, match in matches.items():
            if (
                match.trace.mail_mail_id.id in outgoing_ids
                or match.message.id in outgoing_message_ids
            ):
                queued.add(event_id)
            elif match.trace.trace_status in (
                "outgoing",
                "process",
            ) or match.notification.notification_status in ("ready", "process"):
                marked.add(event_id)
        return queued, marked

    def _settle_as_done(self, matches):
        """Write down which mails the events are about, and that they are applied.

        In one statement, as their values differ: the ORM would make one of each event.
        """
        if not self:
            return
        columns = zip(*(event._match_values(matches.get(event.id)) for event in self), strict=True)
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE mail_tracking AS event
               SET mailing_trace_id = match.trace_id, mass_mailing_id = match.mailing_id,
                   mail_message_id = match.message_id, partner_id = match.partner_id,
                   is_list_bound = match.is_list_bound,
                   state = 'done', state_reason = NULL, is_unmatched = FALSE, retry_at = NULL,
                   processed_at = %s, write_date = %s, write_uid = %s
              FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::bool[])
                   AS match (id, trace_id, mailing_id, message_id, partner_id, is_list_bound)
             WHERE event.id = match.id
            """,
            [now, now, self.env.uid, *map(list, columns)],
        )
        self.invalidate_recordset(SETTLED_FIELDS, flush=False)
        self.fetch(SETTLED_FIELDS)

    def _match_values(self, match):
        """Return what `_settle_as_done` writes.

        A message is referred to only where a notification keeps its status: others are deleted
        once they have been sent.
        """
        if not match:
            trace_id, message_id, partner_id = self._matched_before()
            mailing, is_list_bound = self.mass_mailing_id, self.is_list_bound
        else:
            mailing = match.trace.mass_mailing_id
            trace_id = match.trace.id
            message_id = match.notification.mail_message_id.id
            partner_id = (match.notification.res_partner_id or match.partner).id
            is_list_bound = (
                self.event_type in ("unsubscribed", "resubscribed")
                and mailing.mailing_on_mailing_list
                and bool(mailing.with_context(active_test=False).contact_list_ids)
            )
        ids = (trace_id, mailing.id, message_id, partner_id)
        return (self.id, *(id_ or None for id_ in ids), bool(is_list_bound))

    def _no_effect_reason(self, matches):
        """Return why an event without effect has none."""
        if self.id in matches:
            return _("Odoo keeps no status of this email.")
        if self.reference:
            return _("Odoo has deleted the email that it is about.")
        if self.stream == "marketing":
            return _("Belongs to a campaign of the provider's own, not to a mail of Odoo.")
        return _("No mail of this database corresponds to it.")
