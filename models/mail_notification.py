# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import SQL

from ..tools.ladder import REPORTING_EVENTS, REPORTS, climb, reported_status

# The chatter knows fewer states than a mailing trace: the same ladder, other names.
TO_TRACE = {"exception": "error", "canceled": "cancel"}
FROM_TRACE = {"open": "sent", "error": "exception", "cancel": "canceled"}


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
        changed = self.browse()
        for event in events:
            notification = event.mail_message_id._email_notification(
                event.partner_id, event.recipient
            )
            report = reports.get((event.mail_message_id.id, event.partner_id.id))
            if not notification or not report:
                continue
            decisive = event.browse(report["decisive_id"])
            if notification._set_tracked_status(report["reports"], decisive):
                changed |= notification
        changed.mail_message_id._notify_message_notification_update()

    def _set_tracked_status(self, reports, event):
        """Apply the reports of one mail; return whether they changed anything.

        :param list reports: keys of `LADDER`
        :param mail.tracking event: the decisive one
        """
        names = ("notification_status", "failure_type", "failure_reason")
        present = tuple(self[name] or False for name in names)
        status = climb(TO_TRACE.get(present[0], present[0]), reports)
        failure_type, reason = present[1:]
        if status in ("open", "sent"):
            failure_type = reason = False
        elif status == reported_status(reports):
            failure_type, reason = event._failure_of(status, self.author_id)
            if failure_type not in self._fields["failure_type"].get_values(self.env):
                failure_type = "unknown"  # it knows fewer failures, too
        outcome = FROM_TRACE.get(status, status), failure_type, reason
        if outcome == present:
            return False
        self.write(dict(zip(names, outcome, strict=True)))
        return True
