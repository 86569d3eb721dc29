# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _prepare_mail_values(self, res_ids):
        """When the composer prepares mails, add the provider's template of mailing or template."""
        results = super()._prepare_mail_values(res_ids)
        if self.composition_mode == "mass_mail":
            source = self.mass_mailing_id or self.template_id
            values = source._provider_template_values(res_ids) if source else {}
            for res_id, template_values in values.items():
                results[res_id].update(template_values)
        return results
