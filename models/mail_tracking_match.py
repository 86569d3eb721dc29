# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import _, api, models

from ..addresses import comparable, spellings
from ..tools.reference import Reference, read_references

# A complaint that names no mail is about the last one of its subject within this time.
COMPLAINT_WINDOW = timedelta(days=60)


class Due(NamedTuple):
    """What the job looks at of every event. Plain values: records would take it longer than all
    the rest.
    """

    id: int
    event_type: str
    stream: str
    recipient: str
    subject: str
    provider: str
    provider_message_id: str
    reference: str
    occurred_at: datetime
    create_date: datetime
    mailing_trace_id: int
    mass_mailing_id: int
    mail_message_id: int
    partner_id: int
    is_list_bound: bool
    processed_at: datetime

    def matched_before(self):
        """Return the `Reference` that was found for it earlier, or None."""
        if self.mailing_trace_id or self.mail_message_id:
            ids = (self.mailing_trace_id, self.mail_message_id, self.partner_id)
            return Reference(*(id_ or 0 for id_ in ids))
        return None


class Match(NamedTuple):
    """The mail that an event is about: a trace, or a message and a recipient."""

    message_id: int
    partner_id: int
    notification: models.BaseModel  # empty where Odoo keeps no status of the message
    trace_id: int = 0
    trace_status: str = None
    mail_id: int = None
    mailing_id: int = None


class MailTracking(models.Model):
    """Which mail an event is about."""

    _inherit = "mail.tracking"

    def _read_due(self):
        """Return a `Due` of each event in `self`."""
        self.env.cr.execute(
            """
            SELECT id, event_type, stream, recipient, subject, provider, provider_message_id,
                   reference, occurred_at, create_date, mailing_trace_id, mass_mailing_id,
                   mail_message_id, partner_id, is_list_bound, processed_at
              FROM mail_tracking WHERE id = ANY(%s) ORDER BY id
            """,
            [self.ids],
        )
        return [Due(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _match(self, due):
        """Find the mails that events are about.

        In this order: the token that went out with the mail; the provider's message id, if
        another event carried both; for a complaint, which carries neither, recipient and
        subject.

        :param list[Due] due: the events
        :return: dict of event's id → `Match`; and the ids of the events whose token this database
            did not sign
        """
        names = {event.id: event.matched_before() for event in due}
        traces = {}
        foreign = self._match_by_reference(
            names, traces, [event for event in due if not names[event.id]]
        )
        todo = [event for event in due if not names[event.id] and event.id not in foreign]
        self._match_by_provider_message(names, due, todo)
        self._match_complaints(names, [event for event in todo if not names[event.id]])
        return self._read_matches(names, traces, due), foreign

    @api.model
    def _match_by_reference(self, names, traces, todo):
        tokens = {event.id: event.reference for event in todo if event.reference}
        references = read_references(self.env, set(tokens.values()))
        named = [reference for reference in references.values() if reference]
        traces.update(self._read_traces({reference.trace_id for reference in named}))
        messages, partners = (
            set(self.env[model].browse(ids - {0}).exists()._ids)
            for model, ids in (
                ("mail.message", {reference.message_id for reference in named}),
                ("res.partner", {reference.partner_id for reference in named}),
            )
        )
        foreign = set()
        for event_id, token in tokens.items():
            reference = references[token]
            if not reference:
                foreign.add(event_id)
            elif reference.trace_id in traces or reference.message_id in messages:
                partner_id = reference.partner_id if reference.partner_id in partners else 0
                names[event_id] = reference._replace(partner_id=partner_id)
        return foreign

    @api.model
    def _match_by_provider_message(self, names, due, todo):
        wanted = {event.provider_message_id for event in todo} - {None}
        if not wanted:
            return
        learnt = {
            (event.provider, event.provider_message_id): names[event.id]
            for event in due
            if names[event.id] and event.provider_message_id
        }
        self.env.cr.execute(
            """
            SELECT provider, provider_message_id, mailing_trace_id, mail_message_id, partner_id
              FROM mail_tracking
             WHERE provider_message_id = ANY(%s)
               AND (mailing_trace_id IS NOT NULL OR mail_message_id IS NOT NULL)
             ORDER BY id
            """,
            [list(wanted)],
        )
        for provider, provider_message_id, *ids in self.env.cr.fetchall():
            name = Reference(*(id_ or 0 for id_ in ids))
            learnt.setdefault((provider, provider_message_id), name)
        for event in todo:
            names[event.id] = learnt.get((event.provider, event.provider_message_id))

    @api.model
    def _match_complaints(self, names, todo):
        complaints = [
            event
            for event in todo
            if event.event_type == "complained"
            and event.stream == "smtp"
            and event.recipient
            and event.subject
        ]
        if not complaints:
            return
        moments = [event.occurred_at for event in complaints]
        traces = self.env["mailing.trace"].search_fetch(
            [
                (
                    "email",
                    "in",
                    [way for event in complaints for way in spellings(event.recipient)],
                ),
                ("mass_mailing_id.subject", "in", list({event.subject for event in complaints})),
                ("sent_datetime", "<=", max(moments)),
                ("sent_datetime", ">", min(moments) - COMPLAINT_WINDOW),
            ],
            ["email", "sent_datetime", "mass_mailing_id"],
            order="sent_datetime DESC, id DESC",
        )
        sent = traces.grouped(
            lambda trace: (comparable(trace.email), trace.mass_mailing_id.subject)
        )
        for event in complaints:
            for trace in sent.get((event.recipient, event.subject), ()):
                if event.occurred_at - COMPLAINT_WINDOW < trace.sent_datetime <= event.occurred_at:
                    names[event.id] = Reference(trace_id=trace.id)
                    break

    @api.model
    def _read_traces(self, ids):
        """Return id → the columns that a `Match` tells of a trace, of those that exist."""
        if not ids - {0}:
            return {}
        self.env["mailing.trace"].flush_model()
        self.env.cr.execute(
            """
            SELECT id, trace_status, mail_mail_id, mass_mailing_id
              FROM mailing_trace WHERE id = ANY(%s)
            """,
            [list(ids)],
        )
        return {row[0]: row for row in self.env.cr.fetchall()}

    @api.model
    def _read_matches(self, names, traces, due):
        """Return event's id → `Match`, for those of which the mail was found.

        :param dict names: event's id → `Reference`, or None
        :param dict traces: as of `_read_traces`; those that are missing are read
        :param list[Due] due: the events
        """
        trace_ids = {name.trace_id for name in names.values() if name}
        traces = {**traces, **self._read_traces(trace_ids - traces.keys())}
        message_ids = {name.message_id for name in names.values() if name} - {0}
        notifications = self.env["mail.message"].browse(message_ids)._email_notifications()
        nothing = self.env["mail.notification"]
        matches = {}
        for event in due:
            name = names[event.id]
            if name:
                recipient = name.message_id, name.partner_id or event.recipient
                notification = notifications.get(recipient, nothing)
                trace = traces.get(name.trace_id, ())
                matches[event.id] = Match(name.message_id, name.partner_id, notification, *trace)
        return matches

    @api.model
    def _being_sent(self, matches):
        """Find the events whose mail the queue may hold in a transaction of its own.

        Whatever is written now to the trace, or refers to a message that is deleted once it
        has been sent, would make that transaction fail after the provider has accepted the
        mail, and Odoo would send it again.

        :return: ids of events whose mail is queued, of those whose mail has only the status of
            one that is
        """
        mail_ids = {match.mail_id for match in matches.values()} - {None}
        message_ids = {match.message_id for match in matches.values()} - {0}
        outgoing = self.env["mail.mail"].search_fetch(
            [
                ("state", "=", "outgoing"),
                "|",
                ("id", "in", list(mail_ids)),
                ("mail_message_id", "in", list(message_ids)),
            ],
            ["mail_message_id"],
        )
        outgoing_ids, outgoing_message_ids = set(outgoing._ids), set(outgoing.mail_message_id._ids)
        queued, marked = set(), set()
        for event_id, match in matches.items():
            if match.mail_id in outgoing_ids or match.message_id in outgoing_message_ids:
                queued.add(event_id)
            elif match.trace_status in ("outgoing", "process") or (
                match.notification.notification_status in ("ready", "process")
            ):
                marked.add(event_id)
        return queued, marked

    @api.model
    def _match_values(self, event, match):
        """Return what is written down of an event's mail: ids of trace, mailing, message and
        partner, and whether the event concerns the mailing's lists.

        A message is referred to only where a notification keeps its status: others are deleted
        once they have been sent.
        """
        if not match:
            kept = (event.mailing_trace_id, event.mass_mailing_id, event.mail_message_id)
            return (*kept, event.partner_id, event.is_list_bound)
        is_list_bound = False
        if match.mailing_id and event.event_type in ("unsubscribed", "resubscribed"):
            mailing = self.env["mailing.mailing"].browse(match.mailing_id)
            lists = mailing.with_context(active_test=False).contact_list_ids
            is_list_bound = mailing.mailing_on_mailing_list and bool(lists)
        partner_id = match.partner_id
        message_id = None
        if match.notification:
            message_id = match.message_id
            partner_id = match.notification.res_partner_id.id or partner_id
        return (
            match.trace_id or None,
            match.mailing_id,
            message_id,
            partner_id or None,
            is_list_bound,
        )

    @api.model
    def _no_effect_reason(self, event, match):
        """Return why an event without effect has none."""
        if match:
            return _("Odoo keeps no status of this email.")
        if event.reference:
            return _("Odoo has deleted the email that it is about.")
        if event.stream == "marketing":
            return _("Belongs to a campaign of the provider's own, not to a mail of Odoo.")
        return _("No mail of this database corresponds to it.")
