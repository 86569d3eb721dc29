# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailingSubscription(models.Model):
    _name = "mailing.subscription"
    _inherit = ["mailing.subscription", "mail.opt.out.cause"]

    def write(self, vals):
        if "opt_out" in vals and self._now_by_hand():
            vals = {**vals, "manual_datetime": self._now_by_hand()}
            self._forget_cause()
        return super().write(vals)

    def _note_cause(self, event):
        """Store which event ended the subscriptions. Keep a reason that a person gave."""
        for subscription in self.with_context(mail_tracking_job=True):
            if subscription.opt_out_event_id != event:
                values = self._cause_values(event)
                if subscription.opt_out_reason_id and not subscription.opt_out_event_id:
                    del values["opt_out_reason_id"]
                subscription.write({**values, "opt_out_datetime": event.occurred_at})

    def _counted_events(self, events):
        """Return the events after the last manual change of the subscriptions."""
        return events._since(max(filter(None, self.mapped("manual_datetime")), default=False))

    def _apply_tracking(self, events, address):
        """Opt in or out of one list by the latest of `events`.

        :param mail.tracking events: all of the list and the address
        :return: the event that changed something, if any did
        """
        mailing_list = self.list_id.with_context(mail_tracking_job=True)
        decisive = self._counted_events(events)._decisive_for_list(mailing_list)
        if not decisive:
            return decisive
        opt_out = decisive._opts_out(mailing_list)
        is_changed = any(subscription.opt_out != opt_out for subscription in self)
        if is_changed:
            mailing_list._update_subscription_from_email(address, opt_out=opt_out)
        if opt_out:
            self._note_cause(decisive)
        else:
            self._forget_cause()
        return decisive if is_changed else decisive.browse()
