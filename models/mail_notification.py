# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import SQL

from ..tools.ladder import REPORTING_EVENTS, REPORTS, climb, reported_status

# The chatter knows fewer states than a mailing trace: the same ladder, other names.
TO_TRACE = {"exception": "error", "canceled": "cancel"}
FROM_TRACE = {"open": "sent", "error": "exception", "cancel": "canceled"}
STATUS = ("notification_status", "failure_type", "failure_reason")


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def _apply_tracking(self, events):
        """Bring the chatter's envelopes to the status that all events of the mail lead to.

        :param mail.tracking events: matched to messages and settled
        """
        if not events:
            return
        self.env.cr.execute(
            SQL(
                """
                SELECT mail_message_id, partner_id, %s
                  FROM %s
                 WHERE mail_message_id IN %s AND partner_id IS NOT NULL AND state = 'done'
                 GROUP BY mail_message_id, partner_id
                """,
                REPORTS,
                REPORTING_EVENTS,
                tuple(events.mail_message_id.ids),
            )
        )
        reports = {
            (row["mail_message_id"], row["partner_id"]): row for row in self.env.cr.dictfetchall()
        }
        notifications = events.mail_message_id._email_notifications()
        outcomes, touched = {}, self.browse()
        for event in events:
            key = (event.mail_message_id.id, event.partner_id.id)
            if key in notifications and key in reports:
                touched |= notifications[key]
                decisive = event.browse(reports[key]["decisive_id"])
                outcome = notifications[key]._tracked_outcome(reports[key]["reports"], decisive)
                if outcome:
                    outcomes.setdefault(outcome, []).append(notifications[key].id)
        changed = self.browse()
        for outcome, ids in outcomes.items():
            self.browse(ids).write(dict(zip(STATUS, outcome, strict=True)))
            changed |= self.browse(ids)
        (touched - changed)._lock_against_other_jobs()
        changed.mail_message_id._notify_message_notification_update()

    def _lock_against_other_jobs(self):
        """Have a job fail, and try again, that applies events of the same mails meanwhile."""
        self.env.cr.execute(
            "UPDATE mail_notification SET is_read = is_read WHERE id = ANY(%s)", [self.ids]
        )

    def _tracked_outcome(self, reports, event):
        """Return (status, failure type, reason) where the reports change any, else None.

        :param list reports: keys of `LADDER`
        :param mail.tracking event: the decisive one
        """
        present = tuple(self[name] or False for name in STATUS)
        status = climb(TO_TRACE.get(present[0], present[0]), reports)
        failure_type, reason = present[1:]
        if status in ("open", "sent"):
            failure_type = reason = False
        elif status == reported_status(reports):
            failure_type, reason = event._failure_of(status, self.author_id)
            if failure_type not in self._fields["failure_type"].get_values(self.env):
                failure_type = "unknown"  # it knows fewer failures, too
        outcome = FROM_TRACE.get(status, status), failure_type, reason
        return outcome if outcome != present else None
