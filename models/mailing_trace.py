# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.modules.db import FunctionStatus
from odoo.osv.expression import get_unaccent_wrapper
from odoo.tools import SQL
from odoo.tools.sql import create_index

from ..tools.ladder import REPORTING_EVENTS, REPORTS, climb, reported_status


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    # A complaint names no mail: its address does, among the mails of all times.
    email = fields.Char(index="btree_not_null")
    mail_tracking_ids = fields.One2many("mail.tracking", "mailing_trace_id", string="Email Events")

    def init(self):
        super().init()
        # Odoo counts the bounced traces of an address, in any case of its letters: without an
        # index it reads all traces for each bounce.
        unaccent = self.pool.has_unaccent
        if self.pool.has_trigram and unaccent != FunctionStatus.PRESENT:
            email = get_unaccent_wrapper(self.env.cr)("email") if unaccent else "email"
            create_index(
                self.env.cr,
                "mailing_trace_bounced_idx",
                self._table,
                [f"{email} gin_trgm_ops"],
                method="gin",
                where="trace_status = 'bounce'",
            )

    def _apply_tracking(self):
        """Bring the traces to the status that all their events lead to."""
        if not self:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT trace.id, trace.trace_status, trace.failure_type, trace.failure_reason,
                       trace.sent_datetime, trace.open_datetime, trace.links_click_datetime,
                       trace.mass_mailing_id, reported.*
                  FROM mailing_trace AS trace
                  JOIN (SELECT mailing_trace_id, %s,
                               array_agg(occurred_at) FILTER (WHERE event_type = 'delivered')
                                   AS delivered_at,
                               min(occurred_at) FILTER (WHERE event_type IN ('opened', 'clicked'))
                                   AS opened_at,
                               max(occurred_at) FILTER (WHERE event_type = 'clicked') AS clicked_at
                          FROM %s
                         WHERE mailing_trace_id IN %s AND state = 'done'
                         GROUP BY mailing_trace_id) AS reported
                    ON trace.id = reported.mailing_trace_id
                """,
                REPORTS,
                REPORTING_EVENTS,
                tuple(self.ids),
            )
        )
        rows = self.env.cr.dictfetchall()
        # All at once: reading the reason of one reads those of the others.
        decisive = self.env["mail.tracking"].browse(row["decisive_id"] for row in rows)
        by_outcome = {}
        for row, event in zip(rows, decisive, strict=True):
            outcome = self._tracked_outcome(row, event)
            if outcome:
                by_outcome.setdefault(outcome, []).append(row["id"])
        changed = [trace_id for trace_ids in by_outcome.values() for trace_id in trace_ids]
        self.browse(changed).fetch(["trace_status"])  # what the setters look at
        for outcome, trace_ids in by_outcome.items():
            self.browse(trace_ids)._set_tracked_status(*outcome)
        times = [self._tracked_times(row) for row in rows]
        self.browse(
            row["id"]
            for row, (*_others, clicked) in zip(rows, times, strict=True)
            if clicked and clicked != row["links_click_datetime"]
        ).set_clicked()
        self._set_tracked_times(times)

    @api.model
    def _tracked_outcome(self, row, event):
        """Return (status, failure type, reason) where the reports change any, else None.

        :param dict row: the trace and what is reported of it
        :param mail.tracking event: the decisive one
        """
        names = ("trace_status", "failure_type", "failure_reason")
        present = tuple(row[name] or False for name in names)
        status = climb(present[0], row["reports"])
        failure = present[1:]
        if status in ("open", "sent"):
            failure = False, False
        elif status == reported_status(row["reports"]):
            mailing = self.env["mailing.mailing"].browse(row["mass_mailing_id"])
            failure = event._failure_of(status, mailing.user_id)
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

    @api.model
    def _tracked_times(self, row):
        """Return (id, sent, opened, clicked) as reported; Odoo's own observations stay.

        :param dict row: the trace and what is reported of it
        """
        delivered = row["delivered_at"] or []
        sent = row["sent_datetime"]
        if not sent or sent in delivered:
            sent = min(delivered, default=sent)
        opened = filter(None, (row["open_datetime"], row["opened_at"]))
        clicked = filter(None, (row["links_click_datetime"], row["clicked_at"]))
        return row["id"], sent, min(opened, default=None), max(clicked, default=None)

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
