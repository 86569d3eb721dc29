# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, models

HISTORY_FIELDS = (
    *("event_type", "occurred_at", "recipient", "categories", "provider", "reason"),
    *("is_list_bound", "delivery_id"),
)


class MailTracking(models.Model):
    """What complaints and changes of subscriptions mean, weighed against earlier ones."""

    _inherit = "mail.tracking"

    def _subscription_history(self, domain):
        """Return address → all applied events within `domain` of the recipients in `self`."""
        if not self:
            return {}
        addresses = list(set(self.mapped("recipient")))
        # Another job that applies events of the same addresses meanwhile doesn't see these, nor
        # do we see its: one of both fails, and tries again.
        self.env.cr.execute(
            """
            SELECT id FROM mail_tracking
             WHERE recipient = ANY(%s)
               AND event_type IN ('complained', 'unsubscribed', 'resubscribed', 'preferences')
             ORDER BY id FOR NO KEY UPDATE
            """,
            [addresses],
        )
        history = self.search_fetch(
            [
                ("recipient", "in", addresses),
                ("state", "in", ("done", "ignored")),
                ("is_unmatched", "!=", True),  # mails of another database
                *domain,
            ],
            HISTORY_FIELDS,
        )
        return history.grouped("recipient")

    def _since(self, moment):
        """Return the events that happened after `moment`, or all if there is none."""
        return self.filtered(lambda event: not moment or event.occurred_at > moment)

    def _decisive_for_address(self):
        """Return the event that decides whether the address is blocked, if any does."""
        complaints = self.filtered(lambda event: event.event_type == "complained")
        if complaints:
            return complaints.sorted("occurred_at")[:1]
        unsubscribed = self.filtered(lambda event: event.event_type == "unsubscribed")
        if not unsubscribed:
            return self.browse()  # nobody who did not unsubscribe has to be let in again
        return self.sorted(
            lambda event: (event.occurred_at, event.event_type == "unsubscribed"), reverse=True
        )[:1]

    def _list_choices(self):
        """Return id of mailing list → the events in `self` that concern it."""
        # An archived list may be used again.
        named_lists = self.env["mailing.list"]
        if any(event.categories for event in self):
            named_lists = named_lists.search([("active", "in", (True, False))])
        choices = {}
        for event in self:
            for mailing_list in event._concerned_lists(named_lists):
                choices[mailing_list.id] = choices.get(mailing_list.id, self.browse()) | event
        return choices

    def _concerned_lists(self, named_lists):
        """Return the mailing's lists, or those of `named_lists` named like the categories."""
        if self.is_list_bound:
            return self.mass_mailing_id.with_context(active_test=False).contact_list_ids
        names = {name.casefold() for name in self.categories or ()}
        return named_lists.filtered(
            lambda mailing_list: mailing_list.name.strip().casefold() in names
        )

    def _opts_out(self, mailing_list):
        """Return whether this event ends the subscription to `mailing_list`."""
        if self.event_type != "preferences":
            return self.event_type == "unsubscribed"
        wanted = {name.casefold(): state for name, state in self.categories.items()}
        return not wanted[mailing_list.name.strip().casefold()]

    def _decisive_for_list(self, mailing_list):
        """Return the latest event; of two at the same time the one that opts out."""
        return self.sorted(
            lambda event: (event.occurred_at, event._opts_out(mailing_list)), reverse=True
        )[:1]

    def _blacklist_message(self):
        """Return what the blacklist entry's chatter says."""
        messages = {
            "complained": _("%(recipient)s reported an email as spam"),
            "unsubscribed": _("%(recipient)s unsubscribed"),
            "resubscribed": _("%(recipient)s subscribed again"),
        }
        message = messages[self.event_type] % {"recipient": self.recipient}
        details = (
            dict(self._selection_provider()).get(self.provider),
            f"{self.occurred_at} UTC",
            self.reason,
        )
        return f"{message} ({', '.join(filter(None, details))})."

    def _changed_by_hand_reason(self):
        return _("Somebody changed the blacklist entry by hand after this happened.")

    def _no_list_reason(self):
        if self.event_type == "preferences":
            return _(
                "No mailing list is named like these categories: %s",
                ", ".join(self.categories or ()),
            )
        return _("The mailing has no mailing list any more.")
