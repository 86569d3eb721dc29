# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

MOST_NAMED = 2  # records in `used_in`


class MailProviderTemplateListed(models.Model):
    """A template to choose: from the provider's list as last read, or used before."""

    _name = "mail.provider.template"
    _description = "Template of an Email Provider"
    _order = "changed_at DESC NULLS LAST, name, code"
    _rec_names_search = ["name", "code"]

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, ondelete="cascade", index=True
    )
    code = fields.Char(required=True, help="The number or code of the template at the provider.")
    name = fields.Char()
    changed_at = fields.Datetime(string="Changed")
    used_in = fields.Char(compute="_compute_used_in", help="Mailings and email templates.")

    _sql_constraints = [
        (
            "server_code_unique",
            "unique (mail_server_id, code)",
            "The list can't have the same template twice.",
        ),
    ]

    @api.depends_context("uid")
    def _compute_used_in(self):
        """List the mailings and email templates that the user may see."""
        users = {}
        for model in ("mailing.mailing", "mail.template"):
            if self.env[model].check_access_rights("read", raise_exception=False):
                owners = self.env[model].search(
                    [("provider_template", "in", self.mapped("code"))], order="write_date DESC"
                )
                for owner in owners:
                    users.setdefault(owner.provider_template, []).append(owner.display_name)
        for template in self:
            template.used_in = ", ".join(users.get(template.code, [])[:MOST_NAMED])

    @api.depends("name", "code", "used_in")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for template in self:
            if template.name:
                template.display_name = f"{template.name} ({template.code})"
            elif template.used_in:
                template.display_name = _(
                    "%(template)s, used in %(names)s",
                    template=template.code,
                    names=template.used_in,
                )
            else:
                template.display_name = template.code
