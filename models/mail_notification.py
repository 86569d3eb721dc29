# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import SQL

from ..tools.ladder import REPORTS, climb

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
                  FROM mail_tracking
                 WHERE mail_message_id IN %s AND partner_id IS NOT NULL AND state = 'done'
                 GROUP BY mail_message_id, partner_id
                """,
                REPORTS,
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
            if notification and report and notification._set_tracked_status(report):
                changed |= notification
        changed.mail_message_id._notify_message_notification_update()

    def _set_tracked_status(self, reports):
        """Apply the reports of one mail; return whether they changed anything."""
        status = self.notification_status
        target = climb(TO_TRACE.get(status, status), reports)
        target = FROM_TRACE.get(target, target)
        reason = (reports["reason"] or False) if target in ("bounce", "exception") else False
        reported = any(reports[name] for name in ("hard_bounced", "soft_bounced", "rejected"))
        if target == status and (not reported or reason == self.failure_reason):
            return False
        failure_types = {"bounce": "mail_bounce", "exception": "unknown"}
        self.write(
            {
                "notification_status": target,
                "failure_type": failure_types.get(target, False),
                "failure_reason": reason,
            }
        )
        return True
