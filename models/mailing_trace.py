# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.tools import SQL

from ..tools.ladder import REPORTING_EVENTS, REPORTS, climb, reported_status


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
                  FROM %s
                 WHERE mailing_trace_id IN %s AND state = 'done'
                 GROUP BY mailing_trace_id
                """,
                REPORTS,
                REPORTING_EVENTS,
                tuple(traces.ids),
            )
        )
        all_reports = self.env.cr.dictfetchall()
        by_id = {trace.id: trace for trace in traces}
        times = [by_id[reports["id"]]._tracked_times(reports) for reports in all_reports]
        clicked = {trace_id: clicked_at for trace_id, _sent, _opened, clicked_at in times}
        # All at once: reading the reason of one reads those of the others.
        decisive = self.env["mail.tracking"].browse(row["decisive_id"] for row in all_reports)
        by_outcome = {}
        for reports, event in zip(all_reports, decisive, strict=True):
            trace = by_id[reports["id"]]
            outcome = trace._tracked_outcome(reports["reports"], event)
            if outcome:
                by_outcome.setdefault(outcome, []).append(trace.id)
        for outcome, trace_ids in by_outcome.items():
            self.browse(trace_ids)._set_tracked_status(*outcome)
        traces.filtered(
            lambda trace: clicked[trace.id] and clicked[trace.id] != trace.links_click_datetime
        ).set_clicked()
        self._set_tracked_times(times)

    def _tracked_outcome(self, reports, event):
        """Return (status, failure type, reason) where the reports change any, else None.

        :param list reports: keys of `LADDER`
        :param mail.tracking event: the decisive one
        """
        present = (self.trace_status, self.failure_type or False, self.failure_reason or False)
        status = climb(self.trace_status, reports)
        failure = present[1:]
        if status in ("open", "sent"):
            failure = False, False
        elif status == reported_status(reports):
            failure = event._failure_of(status, self.mass_mailing_id.user_id)
        return (status, *failure) if (status, *failure) != present else None

    def _set_tracked_status(self, status, failure_type, reason):
        """Change the status through Odoo's own setters, for whoever extends them."""
        if status == "bounce":
            self.set_bounced(bounce_message=reason)
        elif status == "error":
            self.set_failed(failure_type=failure_type)
        elif status == "cancel":
            self.set_canceled()
        elif status == "open":
            self.set_opened()
        elif status == "sent":
            self.set_sent()
        self.write({"failure_type": failure_type, "failure_reason": reason})

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

        Every trace is written to, also one that stays as it is: of two jobs that apply events of
        the same mail, the one that doesn't see the other's must fail, and try again.

        :param list times: (id, sent, opened, clicked) of each trace
        """
        self.flush_model()
        self.env.cr.execute(
            """
            UPDATE mailing_trace AS trace
               SET sent_datetime = times.sent, open_datetime = times.opened,
                   links_click_datetime = times.clicked
              FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[], %s::timestamp[])
                   AS times (id, sent, opened, clicked)
             WHERE trace.id = times.id
            """,
            [list(column) for column in zip(*times, strict=True)],
        )
        self.browse(row[0] for row in times).invalidate_recordset(
            ["sent_datetime", "open_datetime", "links_click_datetime"], flush=False
        )
