# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ..addresses import spellings
from .mail_tracking.mail_tracking import ADDRESS_EVENTS


class MailBlacklist(models.Model):
    """Blocking addresses by events, and the time of manual changes."""

    _name = "mail.blacklist"
    _inherit = ["mail.blacklist", "mail.opt.out.cause"]

    is_manual_block = fields.Boolean(
        string="Blocked Manually",
        default=lambda self: bool(self._now_by_hand()),
        readonly=True,
        help="Events from email providers don't unblock the address.",
    )

    can_ask_provider = fields.Boolean(compute="_compute_can_ask_provider")

    def _compute_can_ask_provider(self):
        self.can_ask_provider = bool(self.env["mail.provider.exclusion"]._servers())

    def action_ask_provider(self):
        """Show whether the email providers also exclude the address."""
        self.ensure_one()
        self.check_access_rule("read")
        return self.env["mail.provider.exclusion"]._open(self.email)

    @api.model
    def _blocking_event(self):
        """Return the event for which the job is blocking an address, or none."""
        cause = self.env.su and self.env.context.get("mail_tracking_cause")
        return self.env["mail.tracking"].browse(cause or ())

    @api.model_create_multi
    def create(self, values):
        event = self._blocking_event()
        cause = self._cause_values(event) if event else {}
        return super().create([{**cause, **vals} for vals in values])

    def write(self, values):
        if "active" in values and self._now_by_hand():
            values = {
                **values,
                "manual_datetime": self._now_by_hand(),
                "is_manual_block": values["active"],
            }
        if values.get("active"):
            self.filtered(lambda entry: not entry.active)._write_cause()
        return super().write(values)

    def _write_cause(self):
        """Store the cause of newly blocked addresses, in place of an old event's.

        Not in the chatter: the text would stay in the job's language.
        """
        entries = self.with_context(mail_notrack=True)
        if event := self._blocking_event():
            entries.sudo().write(self._cause_values(event))
        else:
            entries._forget_cause()

    def _apply_tracking(self, events):
        """Update the blacklist by all complaints and (un)subscriptions of the addresses, in any
        order of arrival.

        A complaint blocks an address; otherwise its latest unsubscription or new subscription
        decides. Events before a manual change of the entry are ignored, and no event removes an
        entry that was added manually.

        :param mail.tracking events: processed ones
        """
        events = events.filtered(
            lambda event: (
                event.recipient
                and not event.applies_to_mailing_lists
                and event.event_type in ADDRESS_EVENTS
            )
        )
        by_address = events._subscription_history(
            [
                ("applies_to_mailing_lists", "!=", True),
                ("event_type", "in", ADDRESS_EVENTS),
            ]
        )
        job = self.with_context(mail_tracking_job=True, active_test=False)
        entries = job.search_fetch(
            [("email", "in", [way for address in by_address for way in spellings(address)])],
            ["email", "active", "manual_datetime", "is_manual_block"],
        ).grouped("email")
        counted, effective, blocked = events.browse(), events.browse(), set()
        for address, history in by_address.items():
            # A domain may have two spellings: an entry blocks only one.
            for email in spellings(address):
                entry = entries.get(email, job)
                relevant = history._since(entry.manual_datetime)
                counted |= relevant
                change = entry._apply_decisive(relevant._decisive_for_address(), email)
                effective |= change
                if entry.active or (change and change.event_type != "resubscribed"):
                    blocked.add(address)
        overruled = events - counted
        overruled._mark_processed(
            "ignored", _("A user changed the blacklist entry manually after this event.")
        )
        for event in (events & counted) - effective:
            event.state_reason = event._unchanged_blacklist_reason(event.recipient in blocked)

    def _apply_decisive(self, event, email):
        """Block or unblock an address by an event; return the event if it changed the entry.

        :param mail.tracking event: may be empty
        :param str email: of this entry, which may not exist yet
        """
        if not event:
            return event
        if event.event_type != "resubscribed":
            if self.active:
                return event.browse()
            self.with_context(mail_tracking_cause=event.id)._add(email)
            return event
        if not self.active or self.is_manual_block:
            return event.browse()
        self._remove(email)
        return event
