# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from odoo import _, api, fields, models
from odoo.tools import email_normalize

from ..models.dialogs import opened

_logger = logging.getLogger(__name__)


class MailDeliveryAnonymization(models.TransientModel):
    """Confirms that a person's e-mails and events are made anonymous.

    Either all of a contact, or those in the selected lines of Odoo's Privacy Lookup.
    """

    _name = "mail.delivery.anonymization"
    _description = "Make Emails Anonymous"

    name = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    privacy_line_ids = fields.Many2many("privacy.lookup.wizard.line", readonly=True)
    delivery_count = fields.Integer(string="Emails", compute="_compute_counts")
    event_count = fields.Integer(string="Events", compute="_compute_counts")

    @api.model
    def open_for(self, records):
        """Return the action that opens the dialog.

        :param records: one contact, or lines of the Privacy Lookup
        """
        if records._name == "privacy.lookup.wizard.line":
            lookup = records.wizard_id[:1]
            values = {"name": lookup.name, "email": lookup.email}
            values["privacy_line_ids"] = [fields.Command.set(records.ids)]
        else:
            records.ensure_one()
            values = {"name": records.name or records.email, "email": records.email}
            values["partner_id"] = records._name == "res.partner" and records.id
        return opened(self.create(values), _("Make Emails Anonymous"))

    @api.depends("email", "partner_id", "privacy_line_ids")
    def _compute_counts(self):
        for wizard in self:
            deliveries, events = wizard._found()
            wizard.delivery_count, wizard.event_count = len(deliveries), len(events)

    def _found(self):
        """Return the deliveries and the events to make anonymous."""
        deliveries, events = self.env["mail.delivery"], self.env["mail.tracking"]
        if not self.privacy_line_ids:
            deliveries = deliveries._of_person(self.email, self.partner_id)
            return deliveries, events._of_person(self.email, deliveries)
        by_model = self.privacy_line_ids.grouped("res_model")
        deliveries, events = (
            records.browse(by_model[records._name].mapped("res_id")).exists()
            if records._name in by_model
            else records
            for records in (deliveries, events)
        )
        return deliveries, events | deliveries.mail_tracking_ids

    def action_anonymize(self):
        """Make them anonymous, and log it."""
        self.ensure_one()
        deliveries, events = self._found()
        # Deliveries to other recipients of the same e-mail keep these.
        events.filtered(lambda event: event.delivery_id not in deliveries)._anonymize()
        deliveries._anonymize(self.email)
        self._log(deliveries, events)
        return {"type": "ir.actions.act_window_close"}

    def _log(self, deliveries, events):
        """Log in the Privacy Lookup and in Odoo's log, without the address."""
        _logger.info(
            "User %s made deliveries %s and events %s anonymous",
            self.env.uid,
            deliveries.ids,
            events.ids,
        )
        if self.privacy_line_ids:
            # The lookup computes its own log from its lines.
            for line in self.privacy_line_ids:
                if line.res_model in ("mail.delivery", "mail.tracking"):
                    line.execution_details = self._made_anonymous(
                        line.res_model_id.name, [line.res_id]
                    )
        elif email_normalize(self.email):
            found = [records for records in (deliveries, events) if records]
            details = [self._made_anonymous(records._description, records.ids) for records in found]
            self.env["privacy.log"].create(
                {
                    "anonymized_name": self.name,
                    "anonymized_email": email_normalize(self.email),
                    "execution_details": "\n".join(details),
                }
            )

    @api.model
    def _made_anonymous(self, model_name, ids):
        """Return the text for the log, like those of Odoo's Privacy Lookup."""
        return _(
            "Made anonymous: %(model)s %(ids)s",
            model=model_name,
            ids=", ".join(f"#{id_}" for id_ in ids),
        )
