# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, fields, models

from ..mail_delivery.deliver import JOB as DELIVER
from ..mail_mail import QUEUE

LIMITS = {"limit_hour", "limit_day"}


class IrMailServer(models.Model):
    """Sending the mails that wait because a server could not send."""

    _inherit = "ir.mail_server"

    def action_send_waiting(self):
        """End the pause, and send the mails in the outbox and in Odoo's queue now.

        :raises AccessError: the user isn't an administrator
        """
        self.check_access_rights("write")
        self.env["mail.delivery"].flush_model()
        self.env.cr.execute(
            """
            UPDATE mail_delivery SET retry_at = NULL
             WHERE id IN (SELECT id FROM mail_delivery
                           WHERE mail_server_id = ANY(%s) AND state = 'waiting'
                             AND retry_at IS NOT NULL
                           ORDER BY id FOR UPDATE SKIP LOCKED)
            """,
            [self.ids],
        )
        self.env["mail.delivery"].invalidate_model(["retry_at"], flush=False)
        self._try_again()
        return self._notice(
            _("Odoo sends the waiting emails now. If there is a problem, it is shown here."), "info"
        )

    def _try_again(self):
        """Send waiting mails now. The first accepted mail then clears the error."""
        now = fields.Datetime.now()
        for server in self:
            was_paused = server.sending_paused_until
            server._forget_sending_error()
            if was_paused:
                server.sending_paused_until = now
        self._wake_sending()

    def _wake_sending(self):
        """Trigger the delivery job and Odoo's own job of the queue."""
        for job in (DELIVER, QUEUE):
            self.env["ir.cron"]._wake(job)
