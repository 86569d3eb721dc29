# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailingList(models.Model):
    _inherit = "mailing.list"

    def _apply_tracking(self, events):
        """Bring the subscriptions to what all events of the addresses lead to.

        An unsubscription from a mailing is one from the mailing's lists. A change of categories
        concerns the lists that are named like them. Of each list the latest event decides;
        nobody is put on a list that he was never on, and what was changed by hand is touched
        by later events only.

        :param mail.tracking events: settled
        """
        events = events.filtered(
            lambda event: (
                event.recipient and (event.is_list_bound or event.event_type == "preferences")
            )
        )
        by_address = events._subscription_history(
            ["|", ("is_list_bound", "=", True), ("event_type", "=", "preferences")]
        )
        for address, history in by_address.items():
            choices = history._list_choices()
            concerned = self.browse()
            for event in events & history:
                lists = self.browse(event._list_choices())
                if lists:
                    concerned |= lists
                else:
                    event._settle("ignored", event._no_list_reason())
            subscriptions = self.env["mailing.subscription"].search(
                [
                    ("contact_id.email_normalized", "=", address),
                    ("list_id", "in", concerned.ids),
                ]
            )
            for mailing_list, concerned in subscriptions.grouped("list_id").items():
                concerned._apply_tracking_choices(choices[mailing_list.id], address)


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    def _apply_tracking_choices(self, events, address):
        """Opt in or out of one list as the latest of `events` says.

        :param mail.tracking events: all that concern the list and the address
        """
        # Rows that Odoo made through `mailing.contact.list_ids` have no date.
        touched = set(self.mapped("write_date")) - {*events.mapped("processed_at"), False}
        counted = events._since(max(touched)) if touched else events
        decisive = counted._decisive_for_list(self.list_id)
        if not decisive:
            return
        opt_out = decisive._opts_out(self.list_id)
        if any(subscription.opt_out != opt_out for subscription in self):
            self.list_id._update_subscription_from_email(address, opt_out=opt_out)
        if opt_out:
            self.filtered(
                lambda subscription: subscription.opt_out_datetime != decisive.occurred_at
            ).opt_out_datetime = decisive.occurred_at
