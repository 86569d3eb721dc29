# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.tools import SQL

from ..tools.ladder import REPORTS, climb


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    # A complaint names no mail: its address does, among the mails of all times.
    email = fields.Char(index="btree_not_null")
    mail_tracking_ids = fields.One2many("mail.tracking", "mailing_trace_id", string="Email Events")

    def _apply_tracking(self, events):
        """Bring the traces of `events` to the status that all their events lead to.

        :param mail.tracking events: matched and settled; the traces' older ones are read here
        """
        traces = events.mailing_trace_id
        if not traces:
            return
        self.env.cr.execute(
            SQL(
                """
                SELECT mailing_trace_id AS id, %s,
                       array_agg(occurred_at) FILTER (WHERE event_type = 'delivered')
                           AS delivered_at,
                       min(occurred_at) FILTER (WHERE event_type IN ('opened', 'clicked'))
                           AS opened_at,
                       max(occurred_at) FILTER (WHERE event_type = 'clicked') AS clicked_at
                  FROM mail_tracking
                 WHERE mailing_trace_id IN %s AND state = 'done'
                 GROUP BY mailing_trace_id
                """,
                REPORTS,
                tuple(traces.ids),
            )
        )
        all_reports = self.env.cr.dictfetchall()
        times = [self.browse(reports["id"])._tracked_times(reports) for reports in all_reports]
        clicked = {trace_id: clicked_at for trace_id, _sent, _opened, clicked_at in times}
        by_outcome = {}
        for reports in all_reports:
            trace = self.browse(reports["id"])
            outcome = trace._tracked_outcome(reports)
            if outcome:
                by_outcome[outcome] = by_outcome.get(outcome, self.browse()) | trace
        for (status, reason), outcome_traces in by_outcome.items():
            outcome_traces._set_tracked_status(status, reason)
        traces.filtered(
            lambda trace: clicked[trace.id] and clicked[trace.id] != trace.links_click_datetime
        ).set_clicked()
        self._set_tracked_times(times)

    def _tracked_outcome(self, reports):
        """Return (status, reason) where the reports change either of them, else None."""
        status = climb(self.trace_status, reports)
        reason = self.failure_reason or None
        if status in ("open", "sent"):
            reason = None
        elif reports["hard_bounced"] or reports["soft_bounced"] or reports["rejected"]:
            reason = reports["reason"]
        if (status, reason) == (self.trace_status, self.failure_reason or None):
            return None
        return status, reason

    def _set_tracked_status(self, status, reason):
        """Change the status through Odoo's own setters, for whoever extends them."""
        if status == "bounce":
            self.set_bounced(bounce_message=reason)
        elif status == "error":
            self.set_failed(failure_type="unknown")
            self.write({"failure_reason": reason})
        else:
            if status == "open":
                self.set_opened()
            elif status == "sent":
                self.set_sent()
            self.write({"failure_type": False, "failure_reason": False})

    def _tracked_times(self, reports):
        """Return (id, sent, opened, clicked) as reported; Odoo's own observations stay."""
        delivered = reports["delivered_at"] or []
        sent = self.sent_datetime
        if not sent or sent in delivered:
            sent = min(delivered, default=sent or None)
        opened = filter(None, (self.open_datetime, reports["opened_at"]))
        clicked = filter(None, (self.links_click_datetime, reports["clicked_at"]))
        return self.id, sent, min(opened, default=None), max(clicked, default=None)

    def _set_tracked_times(self, times):
        """Put the times of the events in place of the setters' now.

        :param list times: (id, sent, opened, clicked) of each trace
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE mailing_trace AS trace
                   SET sent_datetime = times.sent::timestamp,
                       open_datetime = times.opened::timestamp,
                       links_click_datetime = times.clicked::timestamp
                  FROM (VALUES %s) AS times (id, sent, opened, clicked)
                 WHERE trace.id = times.id
                   AND (trace.sent_datetime, trace.open_datetime, trace.links_click_datetime)
                       IS DISTINCT FROM
                       (times.sent::timestamp, times.opened::timestamp, times.clicked::timestamp)
                """,
                SQL(", ").join(times),
            )
        )
        self.browse(row[0] for row in times).invalidate_recordset(
            ["sent_datetime", "open_datetime", "links_click_datetime"]
        )
