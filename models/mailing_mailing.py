# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.tools import float_round


class MailingMailing(models.Model):
    _name = "mailing.mailing"
    _inherit = [
        "mailing.mailing",
        "mail.provider.template.mixin",
        "mail.delivery.button.mixin",
    ]

    provider_variable_ids = fields.One2many(
        "mail.provider.variable", "mailing_id", string="Variables", copy=True
    )

    def _delivery_domains(self):
        return [[("mass_mailing_id", "=", self._origin.id)]]

    def _compute_clicks_ratio(self):
        """Add the provider's clicks: Odoo counts only those of its own links."""
        result = super()._compute_clicks_ratio()
        for mailing in self.filtered(lambda mailing: mailing.mailing_type == "mail"):
            total = mailing.expected - mailing.canceled
            if total:
                reported = float_round(100 * mailing.clicked / total, precision_digits=2)
                mailing.clicks_ratio = max(mailing.clicks_ratio, reported)
        return result

    def action_view_deliveries(self):
        """Open the emails of this mailing, grouped by status."""
        action = super().action_view_deliveries()
        # Before a mailing is sent, show its tests; afterwards, don't.
        emails = self.env["mail.delivery"]
        has_real = emails.search([*action["domain"], ("is_test", "=", False)], limit=1)
        kind = "filter_real" if has_real else "filter_test"
        action["context"] = {"search_default_group_status": 1, f"search_default_{kind}": 1}
        return action
