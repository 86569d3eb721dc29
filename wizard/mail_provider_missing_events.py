# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import time
from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..models.ir_mail_server.missing_events import JOB
from ..providers import PROVIDERS

# A user waits this long; then the job continues.
SECONDS = 15
# How long providers keep events
LONGEST = timedelta(days=30)


class MailProviderMissingEvents(models.TransientModel):
    """Asks for the period of which missing events are fetched."""

    _name = "mail.provider.missing.events"
    _description = "Fetch Missing Events from the Email Provider"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Datetime(
        string="Emails Sent From",
        compute="_compute_date_from",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    date_until = fields.Datetime(string="Until", default=fields.Datetime.now, required=True)

    @api.depends("mail_server_id")
    def _compute_date_from(self):
        """Start a day before the last event: mails of that day may have been opened later."""
        now = fields.Datetime.now()
        for wizard in self:
            last = wizard.mail_server_id.tracking_last_datetime or now
            wizard.date_from = max(last - timedelta(days=1), now - LONGEST)

    def action_fetch(self):
        """Fetch missing events; after `SECONDS` the job continues.

        :raises UserError: wrong period, or the provider can't be asked
        """
        self.ensure_one()
        server = self.mail_server_id
        self._check_period()
        with server._account():
            server._begin_fetching(self.date_from, min(self.date_until, fields.Datetime.now()))
            if not server._next_step():
                server.write({"missing_events_from": False, "missing_events_until": False})
                return server._notice(
                    _("No email was sent through this account in this period."), "info"
                )
            deadline = time.monotonic() + SECONDS
            while server.missing_events_from and time.monotonic() < deadline:
                server._fetch_step(deadline)
        return self._notice()

    def _check_period(self):
        if self.date_from >= self.date_until:
            raise UserError(_("The start of the period must be before its end."))
        if self.date_until - self.date_from > LONGEST:
            raise UserError(
                _(
                    "Choose at most %s days: providers do not keep events longer.",
                    LONGEST.days,
                )
            )

    def _notice(self):
        server = self.mail_server_id
        provider, count = PROVIDERS[server.provider].name, server.missing_events_count
        if server.missing_events_from:
            self.env["ir.cron"]._wake(JOB)
            text = _(
                "Missing events fetched from %(provider)s so far: %(count)s. Odoo fetches the "
                "rest in the background.",
                count=count,
                provider=provider,
            )
            return server._notice(text, "info")
        if not count:
            text = _(
                "No events are missing: Odoo already has all events of these emails from %s.",
                provider,
            )
            return server._notice(text)
        text = _(
            "Missing events fetched from %(provider)s: %(count)s. The statuses of the emails "
            "are updated in a moment.",
            count=count,
            provider=provider,
        )
        return server._notice(text)
