# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models

# Fields that Odoo renders for a mail, but not for a message
MAIL_FIELDS = {"body_html", "mail_server_id", "auto_delete"}


class MailTemplate(models.Model):
    _name = "mail.template"
    _inherit = ["mail.template", "mail.provider.template.mixin"]

    provider_variable_ids = fields.One2many(
        "mail.provider.variable", "mail_template_id", string="Variables", copy=True
    )

    def _generate_template(self, res_ids, render_fields, find_or_create_partners=False):
        """When Odoo renders a mail, not a message, add the provider's template."""
        results = super()._generate_template(
            res_ids, render_fields, find_or_create_partners=find_or_create_partners
        )
        if set(render_fields) >= MAIL_FIELDS:
            for res_id, values in self._provider_template_values(res_ids).items():
                results[res_id].update(values)
        return results
