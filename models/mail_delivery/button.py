# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.osv.expression import OR

from ...addresses import comparable
from .mail_delivery import STATUSES

READERS = "mass_mailing.group_mass_mailing_user,base.group_system"


class MailDeliveryButtonMixin(models.AbstractModel):
    """The button *Emails*, with the status of the last one that the user may see."""

    _name = "mail.delivery.button.mixin"
    _description = "Button of Email Deliveries"

    last_email_status = fields.Selection(
        STATUSES, compute="_compute_last_email_status", groups=READERS
    )

    @api.depends_context("uid")
    def _compute_last_email_status(self):
        emails = self.env["mail.delivery"]
        for record in self:
            # One query for each index: with both conditions PostgreSQL may read the whole table.
            found = emails.browse().union(
                *(emails.search(domain, limit=1) for domain in record._delivery_domains())
            )
            record.last_email_status = found.sorted("id")[-1:].status

    def _delivery_domains(self):
        """Return search domains; a delivery of the record is in at least one of them."""
        raise NotImplementedError

    def action_view_deliveries(self):
        """Open the record's e-mails."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_mailjet_aldeamo.mail_delivery_action"
        )
        return {**action, "domain": OR(self._delivery_domains()), "context": {}}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "mail.delivery.button.mixin"]

    def _delivery_domains(self):
        return [[("partner_id", "=", self._origin.id)], domain_of_address(self.email_normalized)]


class MailingContact(models.Model):
    _name = "mailing.contact"
    _inherit = ["mailing.contact", "mail.delivery.button.mixin"]

    def _delivery_domains(self):
        return [domain_of_address(self.email_normalized)]


def domain_of_address(email):
    """Return the search domain of the deliveries to an address.

    :param str email: of Odoo's `email_normalize`; False for none
    """
    return [("recipient", "in", [comparable(email)] if email else [])]
