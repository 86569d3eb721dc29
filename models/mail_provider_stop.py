# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from markupsafe import Markup

from odoo import _, api, fields, models

from .dialogs import opened
from .transactions import retried

_logger = logging.getLogger(__name__)

ACTIVITY = "mail.mail_activity_data_warning"
JOB = "mail_mailjet_aldeamo.ir_cron_watch_servers"
# States that end a stop. An unknown state neither starts nor ends one.
ENDED = ("right", "todo", False)


class MailProviderStop(models.Model):
    """Something that has stopped at a mail server, until it works again. Each administrator has one
    activity on it, which is deleted with it.

    A model of its own, because `mail.activity.mixin` needs `mail.thread`, which would add
    followers and messages to Odoo's mail servers.
    """

    _name = "mail.provider.stop"
    _description = "Stop of a Mail Server"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id DESC"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("sending", "Sending"), ("events", "Events")], required=True, readonly=True
    )
    create_date = fields.Datetime(string="Noticed", readonly=True)
    reason = fields.Char(string="What Happened", compute="_compute_reason")

    _sql_constraints = [
        ("server_kind_unique", "unique (mail_server_id, kind)", "This stop already exists."),
    ]

    @api.depends("mail_server_id", "kind")
    @api.depends_context("lang", "tz")
    def _compute_reason(self):
        for stop in self:
            stop.reason = stop.mail_server_id[f"{stop.kind}_state_reason"]

    @api.depends("mail_server_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for stop in self:
            stop.display_name = f"{stop.mail_server_id.name}: {kinds.get(stop.kind)}"

    def action_open_server(self):
        """Open the mail server."""
        self.ensure_one()
        return opened(self.mail_server_id, target="current")

    @api.model
    def _cron_watch(self):
        """Create new stops, and delete those that have ended."""
        retried(self.env, self._watch)

    @api.model
    def _watch(self):
        servers = self.env["ir.mail_server"].search([("provider", "!=", False)])
        servers._note_rates()
        known = {(stop.mail_server_id, stop.kind): stop for stop in self.search([])}
        for server in servers:
            for kind in ("sending", "events"):
                stop = known.pop((server, kind), self.browse())
                state = server[f"{kind}_state"]
                if state == "wrong" and not stop:
                    stop = self.with_context(mail_create_nolog=True).create(
                        {"mail_server_id": server.id, "kind": kind}
                    )
                    stop._tell()
                elif stop and state in ENDED:
                    stop._close()
        # Their servers were archived or no longer have a provider.
        self.union(*known.values())._close()

    def _tell(self):
        """Give each administrator an activity."""
        self.ensure_one()
        _logger.warning("Mail server %s: %s", self.mail_server_id.id, self.reason)
        # An email about the activity would wait too, and arrive when the stop is over.
        stop = self.with_context(mail_activity_quick_update=self.kind == "sending")
        for user in self.env["mail.dns.check"]._administrators():
            stop = stop.with_context(lang=user.lang, tz=user.tz)
            # Escaped: it contains texts of the provider.
            note = Markup("<p>%s</p>") % stop.reason
            stop.activity_schedule(ACTIVITY, user_id=user.id, summary=stop._summary(), note=note)

    def _close(self):
        """Delete the stops and with them their activities."""
        for stop in self:
            _logger.info("Mail server %s: %s works again", stop.mail_server_id.id, stop.kind)
        self.unlink()

    def _summary(self):
        self.ensure_one()
        if self.kind == "sending":
            return _("Sending has stopped or will stop soon")
        return _("Events are missing")
