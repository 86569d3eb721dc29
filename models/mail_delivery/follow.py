# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from .failures import FAILURE_TYPES, REFUSAL_TYPES
from .status import (
    FROM_NOTIFICATION,
    TO_NOTIFICATION,
    Outcome,
    reported_status,
    reports_of,
    resolve_status,
)

# What statuses follow from.
FOLLOWED_FIELDS = (
    *("status", "state", "failed_kind", "accepted_at", "delivered_at", "opened_at", "clicked_at"),
    *("mail_server_id", "mailing_trace_id", "mail_message_id", "partner_id"),
)
STATUS_FIELDS = ("notification_status", "failure_type", "failure_reason")


class MailDelivery(models.Model):
    """What a delivery decides: the statuses of its trace, its notification and its mail."""

    _inherit = "mail.delivery"

    def _follow(self):
        """Bring Odoo's own records to the status that all is known of the deliveries leads to.

        The latest delivery of a trace, or of a message and a partner, decides: an e-mail that was
        sent again isn't turned red by the first attempt.
        """
        if not self:
            return
        deciding = self._deciding()
        self.fetch(FOLLOWED_FIELDS)
        rules = {server: server._acceptance_is_delivery() for server in self.mail_server_id}
        outcomes, by_status = {}, {}
        for delivery in self:
            # What counts as delivered goes on doing so when the first event comes in.
            rule = rules.get(delivery.mail_server_id, True) or delivery.status == "sent"
            reports = reports_of(delivery, rule)
            status = reported_status(reports)
            outcomes[delivery] = Outcome(status, delivery.status, reports)
            if delivery.status != status:
                by_status.setdefault(status, []).append(delivery.id)
        for status, ids in by_status.items():
            self.browse(ids).write({"status": status})
        self._follow_in_traces(deciding, outcomes)
        self._follow_in_notifications(deciding, outcomes)

    def _deciding(self):
        """Return those in `self` that no later attempt has replaced."""
        self.flush_recordset()
        self.env.cr.execute(
            """
            SELECT delivery.id FROM mail_delivery AS delivery
             WHERE id = ANY(%s) AND NOT EXISTS (
                   SELECT 1 FROM mail_delivery AS later
                    WHERE later.mailing_trace_id = delivery.mailing_trace_id
                      AND later.id > delivery.id)
               AND NOT EXISTS (
                   SELECT 1 FROM mail_delivery AS later
                    WHERE later.mail_message_id = delivery.mail_message_id
                      AND later.partner_id = delivery.partner_id AND later.id > delivery.id)
            """,
            [self.ids],
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def _failure_for_odoo(self, status, reader, record):
        """Return failure type and reason, in Odoo's words, of a status that is a failure.

        :param str status: of `mailing.trace`
        :param res.users|res.partner reader: whose language the reason is to be in
        :param record: of the model that is to say so: some know fewer failure types
        """
        self.ensure_one()
        types = REFUSAL_TYPES if self.state == "refused" else FAILURE_TYPES
        failure_type = "mail_bounce" if status == "bounce" else types.get(self.failure)
        if failure_type not in record._fields["failure_type"].get_values(self.env):
            failure_type = "unknown"
        return failure_type, self.with_context(lang=reader.lang)._explain()

    @api.model
    def _follow_in_traces(self, deciding, outcomes):
        deliveries = {
            delivery.mailing_trace_id: delivery
            for delivery in deciding.filtered("mailing_trace_id")
        }
        if not deliveries:
            return
        traces = self.env["mailing.trace"].browse(trace.id for trace in deliveries).sudo()
        traces.fetch(
            (
                *("trace_status", "failure_type", "failure_reason", "mass_mailing_id"),
                *("sent_datetime", "open_datetime", "links_click_datetime"),
            )
        )
        by_outcome, clicked, times = {}, [], []
        for trace in traces:
            delivery = deliveries[trace]
            outcome = outcomes[delivery]
            status = resolve_status(trace.trace_status, outcome)
            failure = (trace.failure_type or False, trace.failure_reason or False)
            if status in ("process", "pending", "sent", "open"):
                failure = (False, False)
            elif status == outcome.status:
                failure = delivery._failure_for_odoo(status, trace.mass_mailing_id.user_id, trace)
            present = trace.trace_status, trace.failure_type, trace.failure_reason
            if (status, *failure) != tuple(value or False for value in present):
                by_outcome.setdefault((status, *failure), []).append(trace.id)
            times.append(delivery._times_of(trace))
            if (times[-1][3] or False) != trace.links_click_datetime:
                clicked.append(trace.id)
        for outcome, ids in by_outcome.items():
            traces.browse(ids)._set_reported_status(*outcome)
        traces.browse(clicked).set_clicked()
        traces._set_reported_times(times)

    def _times_of(self, trace):
        """Return (id, sent, opened, clicked) of a trace: Odoo's own observations stay."""
        sent = self.accepted_at if self.state == "accepted" else False
        opened = filter(None, (trace.open_datetime, self.opened_at))
        clicked = filter(None, (trace.links_click_datetime, self.clicked_at))
        return (
            trace.id,
            trace.sent_datetime or sent or None,
            min(opened, default=None),
            max(clicked, default=None),
        )

    @api.model
    def _follow_in_notifications(self, deciding, outcomes):
        deliveries = {
            (delivery.mail_message_id.id, delivery.partner_id.id): delivery
            for delivery in deciding
            if delivery.mail_message_id and delivery.partner_id
        }
        if not deliveries:
            return
        messages = self.env["mail.message"].browse({message for message, _partner in deliveries})
        notifications = self.env["mail.notification"].sudo()
        by_outcome = {}
        for notification in notifications.search(
            [("mail_message_id", "in", messages.ids), ("notification_type", "=", "email")]
        ):
            key = notification.mail_message_id.id, notification.res_partner_id.id
            if key in deliveries:
                values = deliveries[key]._values_for_notification(
                    notification, outcomes[deliveries[key]]
                )
                if values:
                    by_outcome.setdefault(values, []).append(notification.id)
        changed = notifications.browse()
        for outcome, ids in by_outcome.items():
            notifications.browse(ids).write(dict(zip(STATUS_FIELDS, outcome, strict=True)))
            changed |= notifications.browse(ids)
        changed.mail_message_id._notify_message_notification_update()

    def _values_for_notification(self, notification, outcome):
        """Return (status, failure type, reason) where they change, else None.

        :param status.Outcome outcome:
        """
        present = tuple(notification[name] or False for name in STATUS_FIELDS)
        status = resolve_status(FROM_NOTIFICATION.get(present[0], present[0]), outcome)
        failure = present[1:]
        if status in ("process", "pending", "sent", "open"):
            failure = (False, False)
        elif status == outcome.status:
            failure = self._failure_for_odoo(status, notification.author_id, notification)
        values = TO_NOTIFICATION.get(status, status), *failure
        return values if values != present else None
