# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime, timedelta

from odoo import _, fields, models

from .state import STALE, Verdict

# So many mails without any event: the recipients' servers may keep single ones waiting.
SILENT_MAILS = 3
DAY = timedelta(days=1)


class IrMailServer(models.Model):
    """Whether a server's events come in: the first of these findings that applies is told."""

    _inherit = "ir.mail_server"

    def _events_verdict(self, facts):
        """Return the `Verdict` on events.

        :param facts.Facts facts:
        """
        self.ensure_one()
        return (
            self._registration_verdict(facts)
            or self._refusals_verdict(facts)
            or self._silence_verdict(facts)
            or self._move_verdict(facts)
            or self._last_event_verdict(facts)
        )

    def _registration_verdict(self, facts):
        """Return the `Verdict` on where the provider posts the events, or None if that is right
        or not known.
        """
        if not self.webhook_url:
            return Verdict(
                "todo",
                _("This server accepts no events, as it comes from another database: make a URL."),
            )
        if self.webhook_suspended:
            return Verdict(
                "wrong",
                _(
                    "The provider has suspended the webhook, because Odoo did not answer for long: "
                    "register it again."
                ),
            )
        elsewhere = self._elsewhere_verdict(facts)
        if elsewhere:
            return elsewhere
        was_registered = self.webhook_is_protected or self.webhook_password_previous
        if was_registered and not self.webhook_checked_datetime:
            return Verdict(
                "todo", _("The webhook's URL isn't registered at the provider yet: register it.")
            )
        if 0 < self.webhook_registered_count < self.webhook_type_count:
            return Verdict(
                "todo",
                _(
                    "Only %(count)s of %(all)s kinds of events are reported: register the webhook "
                    "again.",
                    count=self.webhook_registered_count,
                    all=self.webhook_type_count,
                ),
            )
        return None

    def _elsewhere_verdict(self, facts):
        """Return the `Verdict` on events that the account reports to others, or None."""
        elsewhere = self.webhook_elsewhere or {}
        words = {"url": elsewhere.get("url"), "when": self._time(self.webhook_checked_datetime)}
        if elsewhere.get("status") == "none" and (self.webhook_is_protected or facts.event_at):
            return Verdict(
                "wrong" if self.webhook_is_protected else "todo",
                _(
                    "The account reports no events to this server (seen on %s): its webhook was "
                    "removed. Register it again.",
                    words["when"],
                ),
            )
        if elsewhere.get("status") == "foreign":
            return Verdict(
                "wrong" if self.webhook_is_protected or facts.event_at else "todo",
                _(
                    "The account reports events to %(url)s, and not to this server (seen on "
                    "%(when)s): another system has the webhook. Register it again, or ask who set "
                    "that up.",
                    **words,
                ),
            )
        if elsewhere.get("status") == "moved":
            # The former address may still lead here.
            if facts.event_at and facts.event_at >= self.webhook_checked_datetime:
                return None
            return Verdict(
                "wrong" if facts.silent >= SILENT_MAILS else "todo",
                _(
                    "The account reports events to %(url)s, which isn't this Odoo's address any "
                    "more (seen on %(when)s). Register the webhook again, unless this database is "
                    "a copy.",
                    **words,
                ),
            )
        return None

    def _refusals_verdict(self, facts):
        """Return the `Verdict` on events that came without the password, or None.

        Who knows the secret in the URL is the provider; of those who don't, nobody knows.
        """
        refusal = self._recent_refusal(401)
        if not refusal or refusal.last <= (facts.event_at or datetime.min):
            return None
        return Verdict(
            "wrong",
            _(
                "Events came without the webhook's user and password and were refused, at least "
                "%(count)s since %(since)s. Register the webhook again; a proxy in front of Odoo "
                "must pass the header Authorization on.",
                count=refusal.count,
                since=self._time(refusal.since),
            ),
        )

    def _recent_refusal(self, status):
        yesterday = fields.Datetime.now() - DAY
        return self.webhook_refusal_ids.filtered(
            lambda refusal: refusal.status == status and refusal.last > yesterday
        )

    def _silence_verdict(self, facts):
        """Return the `Verdict` on mails of which nothing was reported, or None."""
        # Whoever never had events, and counts acceptance as delivery, does without.
        does_without = (
            self.delivery_rule == "acceptance"
            and not facts.event_at
            and not self.webhook_registered_datetime
        )
        if facts.silent < SILENT_MAILS or does_without:
            return None
        sentences = [
            _(
                "Emails accepted since %(since)s of which no event has come in: %(count)s.",
                count=facts.silent,
                since=self._time(facts.silent_since),
            ),
            self._likely_cause(facts),
        ]
        return Verdict("wrong", " ".join(sentences))

    def _likely_cause(self, facts):
        """Return why nothing comes in, and what to do, as far as Odoo can tell."""
        refusal = self._recent_refusal(404)
        if refusal and refusal.last > (facts.event_at or datetime.min):
            return _(
                "Since %s, posts to a URL with a wrong secret were refused: enter the present URL "
                "at the provider.",
                self._time(refusal.since),
            )
        if self.webhook_moved_from:
            return _(
                "Odoo's address was %(url)s until %(when)s: enter the present URL at the provider.",
                url=self.webhook_moved_from,
                when=self._time(self.webhook_moved_datetime),
            )
        if not facts.event_at and not self.webhook_registered_datetime:
            return self._set_up_words()
        return _(
            "See that the provider still has the webhook's URL, and that it can reach this Odoo: "
            "press Test Webhook."
        )

    def _set_up_words(self):
        if self.has_account:
            return _("Register the webhook at the provider.")
        return _("Enter the webhook's URL at the provider.")

    def _move_verdict(self, facts):
        """Return the `Verdict` on an address of Odoo's that has changed, or None."""
        if not self.webhook_moved_from or not facts.event_at:
            return None
        if facts.event_at > self.webhook_moved_datetime:
            return None  # the former address still leads here
        return Verdict(
            "todo",
            _(
                "Odoo's address has changed on %(when)s: enter the webhook's URL at the provider "
                "again, unless %(url)s still leads here.",
                when=self._time(self.webhook_moved_datetime),
                url=self.webhook_moved_from,
            ),
        )

    def _last_event_verdict(self, facts):
        registered_at = self.webhook_registered_datetime
        if registered_at and registered_at > (facts.event_at or datetime.min):
            return Verdict(
                "unknown",
                _(
                    "The webhook is registered since %s. No event has come in yet: send an email.",
                    self._time(registered_at),
                ),
            )
        if not facts.event_at:
            words = _("No event has come in yet.")
            return Verdict("todo", f"{words} {self._set_up_words()}")
        when = self._time(facts.event_at)
        if facts.event_at < fields.Datetime.now() - STALE:
            return Verdict(
                "unknown",
                _("The last event came in on %s: whether others would isn't known.", when),
            )
        return Verdict("right", _("The last event came in on %s.", when))
