# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import mute_logger

from ...webhook import spool
from ..transactions import is_concurrent, retried

_logger = logging.getLogger(__name__)

# A running webhook server processes its spool within this time.
ABANDONED = timedelta(seconds=30)


class MailTrackingSpool(models.Model):
    """The webhook server's table. The model makes Odoo drop the table with the addon; only
    `webhook/spool.py` creates, writes and reads it.
    """

    _name = "mail.tracking.spool"
    _description = "Email Events That Wait to Be Read"
    _auto = False
    _log_access = False

    server_id = fields.Integer()
    provider = fields.Char()
    received_at = fields.Datetime()
    body = fields.Binary(attachment=False)

    def init(self):
        super().init()
        self.env.cr.execute(spool.CREATE)


class MailTracking(models.Model):
    """Reading what the webhook server has left in its spool."""

    _inherit = "mail.tracking"

    @api.model
    def _drain_spool(self, deadline):
        """Store the bodies that a webhook server left in its spool when it ended.

        :param float deadline: on the monotonic clock; the next run continues
        """
        before = spool.now() - ABANDONED

        def drain():
            found, _new = spool.drain(self.env.cr, before=before)
            return found

        try:
            # Keep the statement out of the log: it may have a megabyte of addresses.
            with mute_logger("odoo.sql_db"):
                while time.monotonic() < deadline and retried(self.env, drain):
                    pass
        except Exception as error:
            if not is_concurrent(error):  # otherwise the webhook server itself is reading it
                _logger.exception("The spool of email events can't be drained")
