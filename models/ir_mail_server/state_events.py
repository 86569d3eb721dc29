# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime, timedelta

from odoo import _, fields, models

from .state import STALE, Verdict

# Fewer mails without events prove nothing: the recipients' servers may delay single mails.
SILENT_MAILS = 3
DAY = timedelta(days=1)


class IrMailServer(models.Model):
    """Whether a server's events arrive: the first verdict that applies is shown."""

    _inherit = "ir.mail_server"

    def _events_verdict(self, facts):
        """Return the `Verdict` on events."""
        self.ensure_one()
        return (
            self._registration_verdict(facts)
            or self._refusals_verdict(facts)
            or self._silence_verdict(facts)
            or self._move_verdict(facts)
            or self._last_event_verdict(facts)
        )

    def _registration_verdict(self, facts):
        """Return the `Verdict` on the registered URL, or None if it is right or not known."""
        if not self.webhook_url:
            text = _(
                "This database is a copy of another one. So this server accepts no events yet. "
                "Make a new webhook URL."
            )
            return Verdict("todo", text)
        if self.webhook_suspended:
            text = _(
                "The provider has suspended the webhook, because Odoo did not answer for a "
                "long time. Register the webhook again."
            )
            return Verdict("wrong", text)
        elsewhere = self._elsewhere_verdict(facts)
        if elsewhere:
            return elsewhere
        was_registered = self.webhook_user or self.webhook_user_previous
        if was_registered and not self.webhook_checked_datetime:
            return Verdict(
                "todo", _("The webhook isn't registered at the provider yet. Register the webhook.")
            )
        if 0 < self.webhook_registered_count < self.webhook_type_count:
            text = _(
                "The provider reports only %(count)s of %(all)s types of events. Register the "
                "webhook again.",
                count=self.webhook_registered_count,
                all=self.webhook_type_count,
            )
            return Verdict("todo", text)
        return None

    def _elsewhere_verdict(self, facts):
        """Return the `Verdict` on events that the account reports to other URLs, or None."""
        elsewhere = self.webhook_elsewhere or {}
        words = {"url": elsewhere.get("url"), "when": self._time(self.webhook_checked_datetime)}
        if elsewhere.get("status") == "none" and (self.webhook_user or facts.event_at):
            text = _(
                "The account reports no events to this server (checked on %s). Register the "
                "webhook again.",
                words["when"],
            )
            return Verdict("wrong" if self.webhook_user else "todo", text)
        if elsewhere.get("status") == "foreign":
            text = _(
                "The account reports events to another system, %(url)s, and not to this server "
                "(checked on %(when)s). Register the webhook again, or ask the people who set "
                "up the other system.",
                **words,
            )
            return Verdict("wrong" if self.webhook_user or facts.event_at else "todo", text)
        if elsewhere.get("status") == "moved":
            # The old address may still lead here.
            if facts.event_at and facts.event_at >= self.webhook_checked_datetime:
                return None
            text = _(
                "The account reports events to an old address of this Odoo, %(url)s (checked "
                "on %(when)s). Register the webhook again, unless this database is a copy.",
                **words,
            )
            return Verdict("wrong" if facts.silent >= SILENT_MAILS else "todo", text)
        return None

    def _refusals_verdict(self, facts):
        """Return the `Verdict` on events without the password, or None.

        Requests with a wrong secret do not count: anybody can post them.
        """
        refusal = self._recent_refusal(401)
        if not refusal or refusal.last <= (facts.event_at or datetime.min):
            return None
        text = _(
            "Odoo refused events without the webhook's user and password: at least %(count)s "
            "since %(since)s. Register the webhook again. A proxy in front of Odoo must "
            "forward the header Authorization.",
            count=refusal.count,
            since=self._time(refusal.since),
        )
        return Verdict("wrong", text)

    def _recent_refusal(self, status):
        yesterday = fields.Datetime.now() - DAY
        return self.webhook_refusal_ids.filtered(
            lambda refusal: refusal.status == status and refusal.last > yesterday
        )

    def _silence_verdict(self, facts):
        """Return the `Verdict` on mails without events, or None."""
        # A server that never had events and counts acceptance as delivery needs none.
        does_without = (
            self.delivery_rule == "acceptance"
            and not facts.event_at
            and not self.webhook_registered_datetime
        )
        if facts.silent < SILENT_MAILS or does_without:
            return None
        sentences = [
            _(
                "Emails without any event since %(since)s: %(count)s.",
                count=facts.silent,
                since=self._time(facts.silent_since),
            ),
            self._likely_cause(facts),
        ]
        return Verdict("wrong", " ".join(sentences))

    def _likely_cause(self, facts):
        """Return the likely cause of missing events, and what to do."""
        refusal = self._recent_refusal(404)
        if refusal and refusal.last > (facts.event_at or datetime.min):
            return _(
                "Since %s, Odoo has refused requests to a URL with a wrong secret. Enter the "
                "current URL at the provider.",
                self._time(refusal.since),
            )
        if self.webhook_moved_from:
            return _(
                "Odoo's address was %(url)s until %(when)s. Enter the current URL at the provider.",
                url=self.webhook_moved_from,
                when=self._time(self.webhook_moved_datetime),
            )
        if not facts.event_at and not self.webhook_registered_datetime:
            return self._set_up_words()
        return _(
            "Check that the provider still has the webhook's URL. Press Test Webhook to check that "
            "Odoo can be reached."
        )

    def _set_up_words(self):
        if self.has_account:
            return _("Register the webhook at the provider.")
        return _("Enter the webhook's URL at the provider.")

    def _move_verdict(self, facts):
        """Return the `Verdict` on a changed address of Odoo, or None."""
        if not self.webhook_moved_from or not facts.event_at:
            return None
        if facts.event_at > self.webhook_moved_datetime:
            return None  # the old address still leads here
        text = _(
            "Odoo's address changed on %(when)s. Enter the webhook's new URL at the provider, "
            "unless %(url)s still leads to this Odoo.",
            when=self._time(self.webhook_moved_datetime),
            url=self.webhook_moved_from,
        )
        return Verdict("todo", text)

    def _last_event_verdict(self, facts):
        registered_at = self.webhook_registered_datetime
        if registered_at and registered_at > (facts.event_at or datetime.min):
            text = _(
                "The webhook is registered since %s. Odoo has received no event yet. Send a "
                "test email.",
                self._time(registered_at),
            )
            return Verdict("unknown", text)
        if not facts.event_at:
            words = _("Odoo has received no event yet.")
            return Verdict("todo", f"{words} {self._set_up_words()}")
        when = self._time(facts.event_at)
        if facts.event_at < fields.Datetime.now() - STALE:
            text = _(
                "Odoo received the last event on %s. Send a test email to see whether events "
                "still arrive.",
                when,
            )
            return Verdict("unknown", text)
        return Verdict("right", _("Odoo received the last event on %s.", when))
