# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import _, api, fields, models
from odoo.tools import format_datetime

from .facts import SILENT_MAILS, Facts

STATES = [
    ("right", "Right"),
    ("todo", "To Do"),
    ("wrong", "Wrong"),
    ("unknown", "Not Known"),
]
# After so long, what worked once may not work any more.
STALE = timedelta(days=30)


class Verdict(NamedTuple):
    """:param state: of `STATES`; :param reason: what, since when, what to do; translated"""

    state: str | bool = False
    reason: str | bool = False


class IrMailServer(models.Model):
    """Whether a server sends, whether its events come in, and what its domains' DNS says."""

    _inherit = "ir.mail_server"

    sending_state = fields.Selection(
        STATES, string="Sending", compute="_compute_states", groups="base.group_system"
    )
    sending_state_reason = fields.Char(compute="_compute_states", groups="base.group_system")
    events_state = fields.Selection(
        STATES, string="Events", compute="_compute_states", groups="base.group_system"
    )
    events_state_reason = fields.Char(compute="_compute_states", groups="base.group_system")
    dns_state = fields.Selection(
        STATES, string="DNS", compute="_compute_states", groups="base.group_system"
    )
    dns_state_reason = fields.Char(compute="_compute_states", groups="base.group_system")

    @api.depends(
        "provider",
        "active",
        "sending_error_text",
        "sending_paused_until",
        "webhook_secret",
        "webhook_password",
        "webhook_registered_count",
        "webhook_suspended",
        "dns_check_ids.state",
    )
    @api.depends_context("lang", "tz")
    def _compute_states(self):
        facts = self._facts()
        for server in self:
            found = facts.get(server._origin.id, Facts())
            verdicts = {"sending": Verdict(), "events": Verdict(), "dns": Verdict()}
            if server.provider and server._origin.id:
                verdicts = {
                    "sending": server._sending_verdict(found),
                    "events": server._events_verdict(found),
                    "dns": server._dns_verdict(),
                }
            for name, verdict in verdicts.items():
                server[f"{name}_state"] = verdict.state
                server[f"{name}_state_reason"] = verdict.reason

    def _time(self, moment):
        """Return a time in the user's words."""
        return format_datetime(self.env, moment, dt_format="short")

    # --- Sending

    def _sending_verdict(self, facts):
        self.ensure_one()
        if self.sending_error:
            return Verdict(
                "wrong",
                _(
                    "Nothing is sent since %(since)s: %(reason)s",
                    since=self._time(self.sending_error_datetime),
                    reason=self.sending_error,
                ),
            )
        now = fields.Datetime.now()
        if self.sending_paused_until and self.sending_paused_until > now:
            return Verdict(
                "unknown",
                _(
                    "The provider takes no mails for the moment. Odoo tries again at %s.",
                    self._time(self.sending_paused_until),
                ),
            )
        if not self._transport_limits(self.transport):
            return Verdict("todo", _("Enter the credentials."))
        if facts.waiting and self._sending_room(now) <= 0:
            return Verdict(
                "todo",
                _(
                    "The limit of mails that was set on this server is reached: %s emails wait, "
                    "and leave one after the other. Raise the limit, or wait.",
                    facts.waiting,
                ),
            )
        if facts.overdue_since:
            return Verdict(
                "wrong",
                _(
                    "Emails wait since %s although nothing stands in the way: check that Odoo "
                    "runs its scheduled actions.",
                    self._time(facts.overdue_since),
                ),
            )
        return self._acceptance_verdict(facts, now)

    def _acceptance_verdict(self, facts, now):
        if not facts.accepted_at:
            return Verdict("todo", _("No email has left through this server yet: send one."))
        when = self._time(facts.accepted_at)
        if facts.accepted_at < now - STALE:
            return Verdict(
                "unknown",
                _(
                    "The provider took an email last on %s: whether it still does isn't known.",
                    when,
                ),
            )
        return Verdict("right", _("The provider took an email last on %s.", when))

    # --- Events

    def _events_verdict(self, facts):
        self.ensure_one()
        trouble = self._registration_verdict() or self._silence_verdict(facts)
        if trouble:
            return trouble
        now = fields.Datetime.now()
        if facts.event_at:
            when = self._time(facts.event_at)
            if facts.event_at < now - STALE:
                return Verdict(
                    "unknown",
                    _("The last event came in on %s: whether others would isn't known.", when),
                )
            return Verdict("right", _("The last event came in on %s.", when))
        if self.webhook_registered_count:
            return Verdict(
                "unknown",
                _(
                    "The webhook is registered since %s, and no event has come in yet: send an "
                    "email.",
                    self._time(self.webhook_registered_datetime),
                ),
            )
        return Verdict("todo", self._webhook_set_up_words())

    def _webhook_set_up_words(self):
        if self.has_account:
            return _("No event has come in yet: register the webhook at the provider.")
        return _("No event has come in yet: enter the webhook's URL at the provider.")

    def _registration_verdict(self):
        """Return the `Verdict` on where the provider posts the events, or None if that is right
        or not known.
        """
        if not self.webhook_url:
            return Verdict(
                "todo",
                _(
                    "This server accepts no events: it comes from another database. Make a "
                    "webhook URL."
                ),
            )
        if self.webhook_suspended:
            return Verdict(
                "wrong",
                _(
                    "The provider has suspended the webhook, as Odoo did not answer for long: "
                    "register it again."
                ),
            )
        return None

    def _silence_verdict(self, facts):
        """Return the `Verdict` on mails of which nothing was reported, or None."""
        if facts.silent < SILENT_MAILS:
            return None
        return Verdict(
            "wrong",
            _(
                "%(count)s emails were accepted since %(since)s, and no event has come in: check "
                "the webhook at the provider.",
                count=facts.silent,
                since=self._time(facts.silent_since),
            ),
        )

    # --- DNS

    def _dns_verdict(self):
        """Return the `Verdict` on what was found when the DNS was last checked."""
        checks = self.dns_check_ids.filtered("checked_datetime")
        if not checks:
            return Verdict("todo", _("The DNS hasn't been checked yet: press Check DNS."))
        when = self._time(min(checks.mapped("checked_datetime")))
        for found, state in (("fail", "wrong"), ("unknown", "unknown"), ("info", "unknown")):
            domains = checks.filtered(lambda check, found=found: check.state == found)
            if domains:
                words = [f"{check.domain}: {check.headline}" for check in domains]
                return Verdict(
                    state, _("%(found)s. Checked on %(when)s.", found="; ".join(words), when=when)
                )
        if min(checks.mapped("checked_datetime")) < fields.Datetime.now() - STALE:
            return Verdict("unknown", _("All was right on %s: check the DNS again.", when))
        return Verdict("right", _("All was right on %s.", when))
