# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, models

from ...addresses import comparable

HISTORY_FIELDS = (
    *("event_type", "occurred_at", "recipient", "categories", "provider", "reason"),
    *("applies_to_mailing_lists", "delivery_id", "contact_email"),
    *("state", "processed_at", "is_unmatched"),
)


class MailTracking(models.Model):
    """The effect of complaints and changes of subscriptions, compared with earlier ones."""

    _inherit = "mail.tracking"

    def _subscription_history(self, domain):
        """Return address → its applied events within `domain`, for `self`'s addresses."""
        if not self:
            return {}
        addresses = list({address for event in self for address in event._addresses()})
        self.flush_model(["contact_email"])
        self.env.cr.execute(
            """
            SELECT id FROM mail_tracking
             WHERE recipient = ANY(%s)
               AND event_type IN ('complained', 'unsubscribed', 'resubscribed', 'preferences')
             UNION
            SELECT id FROM mail_tracking WHERE contact_email = ANY(%s)
            """,
            [addresses, addresses],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        # Lock the address's events, so that of two concurrent jobs one is aborted and retries:
        # neither sees the other's new events.
        self.env.cr.execute(
            "SELECT id FROM mail_tracking WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids]
        )
        events = self.browse(sorted(ids, reverse=True))
        events.fetch(HISTORY_FIELDS)
        history = events.filtered_domain(
            [
                # Pending: postponed events, which already had this effect
                ("state", "in", ("done", "ignored", "pending")),
                ("processed_at", "!=", False),
                ("is_unmatched", "!=", True),  # of another database's mails
                *domain,
            ]
        )
        by_address = {address: [] for address in addresses}
        for event in history:
            for address in event._addresses() & by_address.keys():
                by_address[address].append(event.id)
        return {address: self.browse(found) for address, found in by_address.items() if found}

    def _addresses(self):
        """Return the addresses that the event concerns."""
        return {self.recipient, self.contact_email} - {False}

    def _find_contacts(self):
        """Store the contact's current address in unsubscriptions from mails to an old address.

        An unsubscription is the contact's, whatever its address is now. But an event of a copy
        to somebody else does not concern the contact.
        """
        answers = self.filtered(
            lambda event: (
                event.event_type in ("unsubscribed", "resubscribed")
                and comparable(event.mailing_trace_id.email) == event.recipient
            )
        )
        for model, events in answers.grouped(lambda event: event.mailing_trace_id.model).items():
            if "email_normalized" not in self.env.get(model, self)._fields:
                continue
            ids = events.mailing_trace_id.mapped("res_id")
            contacts = self.env[model].browse(ids).exists().grouped("id")
            for event in events:
                contact = contacts.get(event.mailing_trace_id.res_id)
                address = contact and comparable(contact.email_normalized)
                if address and address != event.recipient:
                    event.contact_email = address

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
            return self.browse()  # without an unsubscription there is nothing to revert
        return self.sorted(
            lambda event: (event.occurred_at, event.event_type == "unsubscribed"), reverse=True
        )[:1]

    def _list_choices(self):
        """Return id of mailing list → the events in `self` that concern it."""
        # Also archived lists: they may be used again.
        named_lists = self.env["mailing.list"]
        if any(event.categories for event in self):
            named_lists = named_lists.search([("active", "in", (True, False))])
        choices = {}
        for event in self:
            for mailing_list in event._concerned_lists(named_lists):
                choices[mailing_list.id] = choices.get(mailing_list.id, self.browse()) | event
        return choices

    def _concerned_lists(self, named_lists):
        """Return the mailing's lists, or those of `named_lists` with the categories' names."""
        if self.applies_to_mailing_lists:
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
        """Return the latest event; at the same time, the one that opts out."""
        return self.sorted(
            lambda event: (event.occurred_at, event._opts_out(mailing_list)), reverse=True
        )[:1]

    def _unchanged_blacklist_reason(self, is_blocked):
        """Return why an event did not change the blacklist.

        :param bool is_blocked: whether the address is on it
        """
        blocks = self.event_type != "resubscribed"
        if is_blocked:
            return (
                _("Nothing changed: the address was on the blacklist already.")
                if blocks
                else _("Nothing changed: the address stays on the blacklist.")
            )
        return (
            _("Nothing changed: the address subscribed again later.")
            if blocks
            else _("Nothing changed: the address was not on the blacklist.")
        )

    def _no_list_reason(self):
        if self.event_type == "preferences":
            return _(
                "No mailing list has the name of one of these categories: %s",
                ", ".join(self.categories or ()),
            )
        return _("The mailing no longer has a mailing list.")
