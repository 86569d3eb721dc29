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

# By then the intake itself has done it, if it runs.
ABANDONED = timedelta(seconds=30)


class MailTrackingSpool(models.Model):
    """The dedicated intake's table. Odoo knows it, so that nobody takes it for an orphan, and drops
    it with the addon; `webhook/spool.py` alone makes it, writes to it and reads it.
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
    """What the dedicated intake has taken, and not yet handed on."""

    _inherit = "mail.tracking"

    @api.model
    def _drain_spool(self, deadline):
        """Do the intake's work where it has ended with bodies in its spool.

        :param float deadline: on the monotonic clock; what remains is left to the next run
        """
        before = spool.now() - ABANDONED

        def drain():
            found, _new = spool.drain(self.env.cr, before=before)
            return found

        try:
            # The log is no place for what may be a megabyte of other people's addresses.
            with mute_logger("odoo.sql_db"):
                while time.monotonic() < deadline and retried(self.env, drain):
                    pass
        except Exception as error:
            if not is_concurrent(error):  # otherwise the intake is at it itself
                _logger.exception("The spool of email events can't be drained")
