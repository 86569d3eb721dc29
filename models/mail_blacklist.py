# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    def _apply_tracking(self, events):
        """Bring the blacklist to what all complaints and (un)subscriptions of the addresses
        lead to, whatever the order in which they came.

        A complaint blocks an address; else its latest unsubscription or new subscription
        decides. An entry that somebody changed by hand is touched by later events only, and
        is never taken away by one.

        :param mail.tracking events: settled
        """
        events = events.filtered(
            lambda event: (
                event.recipient
                and not event.is_list_bound
                and event.event_type in ("complained", "unsubscribed", "resubscribed")
            )
        )
        by_address = events._subscription_history(
            [
                ("is_list_bound", "!=", True),
                ("event_type", "in", ("complained", "unsubscribed", "resubscribed")),
            ]
        )
        for address, history in by_address.items():
            entry = self.with_context(active_test=False).search([("email", "=", address)])
            is_ours = not entry or entry.write_date in history.mapped("processed_at")
            counted = history if is_ours else history._since(entry.write_date)
            overruled = (events & history) - counted
            overruled._settle("ignored", overruled._changed_by_hand_reason())
            decisive = counted._decisive_for_address()
            if not decisive:
                continue
            if decisive.event_type != "resubscribed":
                if not entry.active:
                    self._add(address, message=decisive._blacklist_message())
            elif entry.active and is_ours:
                self._remove(address, message=decisive._blacklist_message())
