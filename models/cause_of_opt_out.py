# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class MailOptOutCause(models.AbstractModel):
    """Why an address is blocked, or a subscription was ended: the event, or a manual change."""

    _name = "mail.opt.out.cause"
    _description = "Cause of an Opt-Out"

    # All changes but the job's count as manual, also records from before the installation.
    manual_datetime = fields.Datetime(
        string="Changed Manually On", default=lambda self: self._now_by_hand(), readonly=True
    )
    # Only for administrators: setting it would show the times of any event.
    opt_out_event_id = fields.Many2one(
        "mail.tracking",
        string="Event That Caused It",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_system",
    )
    opt_out_happened_at = fields.Datetime(string="Happened On", compute="_compute_opt_out_cause")
    opt_out_words = fields.Char(
        string="Recipient's Message",
        compute="_compute_opt_out_cause",
        help="The message of the recipient, or of the recipient's mail server.",
    )
    opt_out_mailing_id = fields.Many2one(
        "mailing.mailing", string="Mailing", compute="_compute_opt_out_cause"
    )
    opt_out_delivery_id = fields.Many2one(
        "mail.delivery", string="Email That Caused It", compute="_compute_opt_out_cause"
    )

    @api.depends("opt_out_event_id")
    @api.depends_context("uid")
    def _compute_opt_out_cause(self):
        """Show links and texts only to users who may read the e-mail and its event."""
        events = self.sudo().opt_out_event_id
        readable = self._readable(events), self._readable(events.delivery_id)
        for record in self:
            event = record.sudo().opt_out_event_id
            delivery = event.delivery_id
            record.opt_out_happened_at = event.occurred_at
            record.opt_out_words = event in readable[0] and event.reason
            record.opt_out_mailing_id = delivery.mass_mailing_id
            record.opt_out_delivery_id = delivery in readable[1] and delivery

    def _readable(self, records):
        """Return the sudo `records` that the user may read; they stay sudo."""
        own = self.env[records._name].browse(records.ids)
        if not own.check_access_rights("read", raise_exception=False):
            return records.browse()
        return records & own._filter_access_rules("read").sudo()

    @api.model
    def _now_by_hand(self):
        """Return the current time; False while the job applies events."""
        return not self.env.context.get("mail_tracking_job") and fields.Datetime.now()

    @api.model
    def _cause_values(self, event):
        """Return the values for an event that is the cause."""
        reason = self.env.ref(
            f"mail_mailjet_aldeamo.opt_out_{event.event_type}", raise_if_not_found=False
        )
        return {
            "opt_out_event_id": event.id,
            "opt_out_reason_id": reason.id if reason else False,
        }

    def _forget_cause(self):
        """When no event is the cause any more, reset it. A reason that a person gave stays."""
        due_to_events = self.sudo().filtered("opt_out_event_id")
        due_to_events.write({"opt_out_event_id": False, "opt_out_reason_id": False})


class MailingSubscriptionOptout(models.Model):
    _inherit = "mailing.subscription.optout"

    is_reported = fields.Boolean(
        string="Set by Events",
        help="Odoo does not offer this reason on its own unsubscribe page.",
    )
