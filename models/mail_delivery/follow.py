# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import defaultdict

from odoo import api, models

from .status import (
    FROM_NOTIFICATION,
    TO_NOTIFICATION,
    outcome_of,
    resolve_status,
)

# Key of `providers.base.FAILURES` → failure type of `mailing.trace`. Odoo has no type for the
# others.
FAILURE_TYPES = {
    "invalid_address": "mail_email_invalid",
    "opted_out": "mail_bl",
    "duplicate": "mail_dup",
}
# The same for e-mails that the provider refused: there, "sender" means the address in From.
REFUSAL_TYPES = {**FAILURE_TYPES, "sender": "mail_from_invalid"}
STATUS_FIELDS = ("notification_status", "failure_type", "failure_reason")


class MailDelivery(models.Model):
    """Updating trace, notification and mail to the status of a delivery."""

    _inherit = "mail.delivery"

    def _follow(self, outcomes=None):
        """Update Odoo's own records to the status that follows from all reports.

        The latest delivery of a trace, or of a message and a partner, decides: a failed first
        attempt does not change the status of an e-mail that was sent again.

        :param dict outcomes: id → `Outcome`, if the statuses of the deliveries are stored already
        """
        if not self:
            return
        rows = self._read_followed()
        if outcomes is None:
            outcomes = self._write_statuses(rows)
        deciding = [row for row in rows if row["is_deciding"]]
        self._follow_in_traces([row for row in deciding if row["mailing_trace_id"]], outcomes)
        self._follow_in_notifications(
            [row for row in deciding if row["mail_message_id"] and row["partner_id"]], outcomes
        )
        self._announce({row["mail_message_id"] for row in rows} - {None})

    @api.model
    def _write_statuses(self, rows):
        """Store the statuses that follow from the reports; return id → `Outcome`."""
        rules = self._status_rules({row["mail_server_id"] for row in rows})
        outcomes, by_status = {}, {}
        for row in rows:
            outcome = outcome_of(row, rules[row["mail_server_id"]])
            outcomes[row["id"]] = outcome
            if outcome.status != outcome.former:
                by_status.setdefault(outcome.status, []).append(row["id"])
        for status, ids in by_status.items():
            self.browse(ids).write({"status": status})
        return outcomes

    @api.model
    def _status_rules(self, server_ids):
        """Return server's id → whether a mail counts as delivered when it is accepted."""
        servers = self.env["ir.mail_server"].browse(filter(None, server_ids))
        rules = {server.id: server._acceptance_is_delivery() for server in servers}
        return defaultdict(lambda: True, rules)  # a deleted server gets no events

    def _read_followed(self):
        """Return what the statuses follow from, and the current statuses of the traces.

        By SQL: reading records would take longer than the rest of the job.

        :return: a dict of each delivery; `is_deciding`: there is no later attempt
        :rtype: list[dict]
        """
        self.flush_model()
        self.env["mailing.trace"].flush_model()
        self.env.cr.execute(
            """
            SELECT delivery.id, delivery.status, delivery.state, delivery.failed_kind,
                   delivery.accepted_at, delivery.delivered_at, delivery.opened_at,
                   delivery.clicked_at, delivery.mail_server_id, delivery.mailing_trace_id,
                   delivery.mail_message_id, delivery.partner_id, trace.trace_status,
                   trace.failure_type, trace.failure_reason, trace.sent_datetime,
                   trace.open_datetime, trace.links_click_datetime,
                   NOT EXISTS (
                       SELECT 1 FROM mail_delivery AS later
                        WHERE later.mailing_trace_id = delivery.mailing_trace_id
                          AND later.id > delivery.id
                   ) AND NOT EXISTS (
                       SELECT 1 FROM mail_delivery AS later
                        WHERE later.mail_message_id = delivery.mail_message_id
                          AND later.partner_id = delivery.partner_id
                          AND later.id > delivery.id
                   ) AS is_deciding
              FROM mail_delivery AS delivery
              LEFT JOIN mailing_trace AS trace ON trace.id = delivery.mailing_trace_id
             WHERE delivery.id = ANY(%s)
            """,
            [self.ids],
        )
        return self.env.cr.dictfetchall()

    def _failure_for_odoo(self, status, reader, record):
        """Return Odoo's failure type and the reason of a failure status.

        :param str status: of `mailing.trace`
        :param res.users|res.partner reader: the reason is in this reader's language
        :param record: of the model to write to: some have fewer failure types
        """
        self.ensure_one()
        types = REFUSAL_TYPES if self.state == "refused" else FAILURE_TYPES
        failure_type = "mail_bounce" if status == "bounce" else types.get(self.failure)
        if failure_type not in record._fields["failure_type"].get_values(self.env):
            failure_type = "unknown"
        return failure_type, self.with_context(lang=reader.lang)._explain()

    @api.model
    def _follow_in_traces(self, rows, outcomes):
        if not rows:
            return
        traces = self.env["mailing.trace"].sudo()
        traces = traces.browse(row["mailing_trace_id"] for row in rows)
        deliveries = self.browse(row["id"] for row in rows)
        by_outcome, clicked, times = {}, [], []
        for row, delivery, trace in zip(rows, deliveries, traces, strict=True):
            outcome = outcomes[row["id"]]
            status = resolve_status(row["trace_status"], outcome)
            present = (
                row["trace_status"],
                row["failure_type"] or False,
                row["failure_reason"] or False,
            )
            failure = present[1:]
            if status in ("process", "pending", "sent", "open"):
                failure = (False, False)
            elif status == outcome.status:
                reader = trace.mass_mailing_id.user_id
                failure = delivery._failure_for_odoo(status, reader, trace)
            if (status, *failure) != present:
                by_outcome.setdefault((status, *failure), []).append(trace.id)
            times.append(times_of(row))
            if times[-1][3] != row["links_click_datetime"]:
                clicked.append(trace.id)
        for outcome, ids in by_outcome.items():
            traces.browse(ids)._set_reported_status(*outcome)
        traces.browse(clicked).set_clicked()
        traces._set_reported_times(times)

    @api.model
    def _follow_in_notifications(self, rows, outcomes):
        deliveries = {
            (row["mail_message_id"], row["partner_id"]): delivery
            for row, delivery in zip(rows, self.browse(row["id"] for row in rows), strict=True)
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
                    notification, outcomes[deliveries[key].id]
                )
                if values:
                    by_outcome.setdefault(values, []).append(notification.id)
        changed = notifications.browse()
        for outcome, ids in by_outcome.items():
            notifications.browse(ids).write(dict(zip(STATUS_FIELDS, outcome, strict=True)))
            changed |= notifications.browse(ids)
        changed.mail_message_id._notify_message_notification_update()

    def _values_for_notification(self, notification, outcome):
        """Return (status, failure type, reason) if they change, else None."""
        present = tuple(notification[name] or False for name in STATUS_FIELDS)
        status = resolve_status(FROM_NOTIFICATION.get(present[0], present[0]), outcome)
        failure = present[1:]
        if status in ("process", "pending", "sent", "open"):
            failure = (False, False)
        elif status == outcome.status:
            failure = self._failure_for_odoo(status, notification.author_id, notification)
        values = TO_NOTIFICATION.get(status, status), *failure
        return values if values != present else None


def times_of(row):
    """Return (id, sent, opened, clicked) of a trace; keep the times that Odoo itself noted."""
    accepted = row["accepted_at"] if row["state"] == "accepted" else None
    opened = filter(None, (row["open_datetime"], row["opened_at"]))
    clicked = filter(None, (row["links_click_datetime"], row["clicked_at"]))
    return (
        row["mailing_trace_id"],
        row["sent_datetime"] or accepted,
        min(opened, default=None),
        max(clicked, default=None),
    )
