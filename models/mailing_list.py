# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, models

from ..addresses import comparable, spellings


class MailingList(models.Model):
    _inherit = "mailing.list"

    def _apply_tracking(self, events):
        """Update the subscriptions by all events of the addresses.

        An unsubscription from a mailing concerns the mailing's lists. A change of categories
        concerns the lists with the same names. The latest event of each list decides. No event
        adds a contact to a list, and manual changes are only changed by later events.

        :param mail.tracking events: processed ones
        """
        events = events.filtered(
            lambda event: (
                event.recipient
                and (event.applies_to_mailing_lists or event.event_type == "preferences")
            )
        )
        domain = [
            ("event_type", "in", ("unsubscribed", "resubscribed", "preferences")),
            *("|", ("applies_to_mailing_lists", "=", True), ("event_type", "=", "preferences")),
        ]
        by_address = events._subscription_history(domain)
        concerned = {
            (list_id, address): chosen
            for address, history in by_address.items()
            for list_id, chosen in history._list_choices().items()
            if chosen & events
        }
        without_list = events - events.browse().concat(*concerned.values())
        for event in without_list:
            event._mark_processed("ignored", event._no_list_reason())
        events -= without_list
        lists = {list_id for list_id, _address in concerned}
        emails = {way for _id, address in concerned for way in spellings(address)}
        subscriptions = self.env["mailing.subscription"].search(
            [("contact_id.email_normalized", "in", list(emails)), ("list_id", "in", list(lists))]
        )
        subscriptions.contact_id.fetch(["email_normalized"])
        reached = counted = effective = events.browse()
        grouped = subscriptions.grouped(
            lambda one: (one.list_id.id, one.contact_id.email_normalized)
        )
        for (list_id, email), of_list in grouped.items():
            chosen = concerned.get((list_id, comparable(email)))
            if chosen:
                reached |= chosen
                counted |= of_list._counted_events(chosen)
                effective |= of_list._apply_tracking(chosen, email)
        nobody = events - reached
        nobody._mark_processed("ignored", _("No contact of these mailing lists has this address."))
        overruled = (events & reached) - counted
        overruled._mark_processed(
            "ignored", _("A user changed the subscription manually after this event.")
        )
        unchanged = (events & counted) - effective
        unchanged.state_reason = _(
            "Nothing changed: the subscription already had this status, or a later event decides."
        )
