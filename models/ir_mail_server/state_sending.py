# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, fields, models

from ...providers import PROVIDERS
from .state import STALE, Verdict

# Gmail and Yahoo refuse bulk mail above this rate (since February 2024).
COMPLAINTS_REFUSED = 0.003
# Rates of fewer mails a day are not significant.
MANY_MAILS = 1000


class IrMailServer(models.Model):
    """Whether a server sends: the first verdict that applies is shown."""

    _inherit = "ir.mail_server"

    def _sending_verdict(self, facts):
        """Return the `Verdict` on sending."""
        self.ensure_one()
        return (
            self._stopped_verdict()
            or self._waiting_verdict(facts)
            or self._unwanted_verdict(facts)
            or self._rates_verdict()
            or self._acceptance_verdict(facts)
        )

    def _stopped_verdict(self):
        now = fields.Datetime.now()
        if self.sending_error:
            since = self._time(self.sending_error_datetime)
            text = _(
                "No emails have been sent since %(since)s. %(reason)s",
                since=since,
                reason=self.sending_error,
            )
            return Verdict("wrong", text)
        if self.sending_paused_until and self.sending_paused_until > now:
            text = _(
                "The provider accepts no emails at the moment. Odoo tries again at %s.",
                self._time(self.sending_paused_until),
            )
            return Verdict("unknown", text)
        if not self._transport_limits(self.transport):
            return Verdict("todo", _("Enter the credentials."))
        return None

    def _waiting_verdict(self, facts):
        if self.mail_waiting_count and self._sending_room(fields.Datetime.now()) <= 0:
            text = _(
                "The limit of emails that is set on this server is reached. Waiting emails: "
                "%s. Odoo sends them later. To send them sooner, raise the limit.",
                self.mail_waiting_count,
            )
            return Verdict("todo", text)
        if facts.overdue_since:
            text = _(
                "Emails wait since %s, although the server could send them. Check that Odoo "
                "runs its scheduled actions.",
                self._time(facts.overdue_since),
            )
            return Verdict("wrong", text)
        return None

    def _unwanted_verdict(self, facts):
        if not facts.unwanted:
            return None
        text = _(
            "Emails refused since %(since)s because of their sender: %(count)s. Correct the "
            "sender. Then send the emails again. %(reason)s",
            count=facts.unwanted,
            since=self._time(facts.unwanted_since),
            reason=self._translate_stored(facts.unwanted_text) or "",
        )
        return Verdict("wrong", text)

    def _rates_verdict(self):
        """Return the `Verdict` on too many complaints or bounces, or None."""
        provider, mails = PROVIDERS[self.provider], self.rate_mails
        if mails < MANY_MAILS:
            return None
        complaints, bounces = self.rate_complaints / mails, self.rate_bounces / mails
        if complaints >= provider.complaint_limit:
            text = _(
                "Of the %(mails)s emails of the last day, %(rate)s %% were reported as spam. "
                "The provider tolerates up to %(limit)s %%; from 0.3 %% on, Gmail and Yahoo "
                "refuse emails. Write only to people who have subscribed.",
                mails=mails,
                rate=percent(complaints),
                limit=percent(provider.complaint_limit),
            )
            return Verdict("wrong" if complaints >= COMPLAINTS_REFUSED else "todo", text)
        if provider.bounce_limit and bounces > provider.bounce_limit:
            text = _(
                "Of the %(mails)s emails of the last day, %(rate)s %% bounced. %(provider)s "
                "suspends accounts above %(limit)s %%. Write only to addresses that exist.",
                mails=mails,
                rate=percent(bounces),
                provider=provider.name,
                limit=percent(provider.bounce_limit),
            )
            return Verdict("wrong", text)
        return None

    def _acceptance_verdict(self, facts):
        stop = self.stop_ids.filtered(lambda stop: stop.kind == "sending")
        since = stop.create_date and stop.create_date.replace(microsecond=0)
        if since and (facts.accepted_at or since) <= since:
            return Verdict(
                "unknown",
                _("Sending was stopped. The next email shows whether it works again."),
            )
        if not facts.accepted_at:
            return Verdict("todo", _("No email was sent through this server yet. Send one."))
        when = self._time(facts.accepted_at)
        if facts.accepted_at < fields.Datetime.now() - STALE:
            text = _(
                "The provider accepted the last email on %s. Send a test email to see whether "
                "sending still works.",
                when,
            )
            return Verdict("unknown", text)
        return Verdict("right", _("The provider accepted the last email on %s.", when))


def percent(share):
    """Return a share in percent, as text: 0.0008 is "0.08"."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".")
