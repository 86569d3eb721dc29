# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import _, api, fields, models
from odoo.tools import format_datetime

from .attributes import ADMIN

STATES = [
    ("right", "Right"),
    ("todo", "To Do"),
    ("wrong", "Wrong"),
    ("unknown", "Not Known"),
]
# An observation older than this says nothing about now.
STALE = timedelta(days=30)


class Verdict(NamedTuple):
    """:param state: of `STATES`; :param reason: what, since when, what to do; translated"""

    state: str | bool = False
    reason: str | bool = False


class IrMailServer(models.Model):
    """The states of sending, events and DNS of a server.

    A state that is not known is never ``right``.
    """

    _inherit = "ir.mail_server"

    sending_state = fields.Selection(STATES, string="Sending", compute="_compute_states", **ADMIN)
    sending_state_reason = fields.Char(compute="_compute_states", **ADMIN)
    events_state = fields.Selection(STATES, string="Events", compute="_compute_states", **ADMIN)
    events_state_reason = fields.Char(compute="_compute_states", **ADMIN)
    dns_state = fields.Selection(STATES, string="DNS", compute="_compute_states", **ADMIN)
    dns_state_reason = fields.Char(compute="_compute_states", **ADMIN)
    stop_ids = fields.One2many("mail.provider.stop", "mail_server_id", string="Stops", **ADMIN)
    webhook_refusal_ids = fields.One2many(
        "mail.webhook.refusal", "mail_server_id", string="Refused Requests", **ADMIN
    )

    @api.depends(
        *("provider", "active", "transport", "smtp_user", "smtp_pass", "api_key"),
        *("sending_error_text", "sending_paused_until", "limit_hour", "limit_day"),
        *("rate_mails", "rate_bounces", "rate_complaints", "delivery_rule", "stop_ids"),
        *("webhook_secret", "webhook_password", "webhook_suspended", "webhook_elsewhere"),
        *("webhook_registered_count", "webhook_registered_datetime", "webhook_moved_datetime"),
        *("webhook_refusal_ids", "dns_check_ids.state"),
    )
    @api.depends_context("lang", "tz")
    def _compute_states(self):
        facts = self._facts()
        for server in self:
            verdicts = {"sending": Verdict(), "events": Verdict(), "dns": Verdict()}
            found = facts.get(server._origin.id)
            if found and server.provider and server.active:
                verdicts = {
                    "sending": server._sending_verdict(found),
                    "events": server._events_verdict(found),
                    "dns": server._dns_verdict(),
                }
            for name, verdict in verdicts.items():
                server[f"{name}_state"] = verdict.state
                server[f"{name}_state_reason"] = verdict.reason

    def _time(self, moment):
        """Return a time in the user's language and time zone."""
        return format_datetime(self.env, moment, dt_format=False)

    def _dns_verdict(self):
        """Return the `Verdict` of the last DNS check."""
        self.ensure_one()
        checks = self.dns_check_ids.filtered("checked_datetime")
        if not checks:
            return Verdict("todo", _("The DNS hasn't been checked yet. Press Check DNS."))
        oldest = min(checks.mapped("checked_datetime"))
        when = self._time(oldest)
        for found, state in (("fail", "wrong"), ("unknown", "unknown"), ("info", "unknown")):
            domains = checks.filtered(lambda check, found=found: check.state == found)
            if domains:
                words = "; ".join(f"{check.domain}: {check.headline}" for check in domains)
                return Verdict(state, _("%(found)s. As of %(when)s.", found=words, when=when))
        if oldest < fields.Datetime.now() - STALE:
            return Verdict("unknown", _("The DNS was correct on %s. Check it again.", when))
        return Verdict("right", _("The DNS was correct on %s.", when))
