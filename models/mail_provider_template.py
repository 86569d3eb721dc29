# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ..providers import PROVIDERS


class MailProviderTemplate(models.AbstractModel):
    """Sending a template that is stored at the provider, with values from Odoo."""

    _name = "mail.provider.template.mixin"
    _description = "Sent as a Template of the Email Provider"

    provider_template = fields.Char(
        string="Template at the Provider",
        help="The provider sends this template instead of the body written here.",
    )
    # Each inheriting model has this field, and its own `provider_variable_ids`.
    mail_server_id = fields.Many2one("ir.mail_server")
    provider_template_help = fields.Char(compute="_compute_provider_template_help")

    @api.depends("mail_server_id")
    @api.depends_context("lang")
    def _compute_provider_template_help(self):
        for record in self:
            provider = PROVIDERS.get(record.sudo().mail_server_id.provider)
            templates = provider and provider.templates
            # pylint: disable=translation-required
            record.provider_template_help = templates and _(templates.help)

    @api.constrains("provider_template", "mail_server_id")
    def _check_provider_template(self):
        """Check that the provider can find the template and replace the variables."""
        for record in self.filtered("provider_template"):
            server = record.sudo().mail_server_id
            templates = server.provider and PROVIDERS[server.provider].templates
            if not templates:
                raise ValidationError(
                    _(
                        "“%(record)s” uses a template stored at an email provider (%(template)s). "
                        "Choose a mail server of that provider, or clear the template.",
                        record=record.display_name,
                        template=record.provider_template,
                    )
                )
            complaints = [
                templates.check_template(record.provider_template),
                *map(templates.check_variable, record.provider_variable_ids.mapped("name")),
            ]
            for complaint in filter(None, complaints):
                raise ValidationError(server._translate_text(complaint))

    def action_pick_provider_template(self):
        """Open the dialog to choose one of the provider's templates."""
        self.ensure_one()
        return self.env["mail.provider.template.pick"]._open(self)

    def _provider_template_values(self, res_ids):
        """Return the values of mails that use the template, or an empty dict.

        Expressions are rendered like those of the mailing or the email template, with the rights
        of its responsible user, not of the sender.

        :param list res_ids: of the model of the variables' expressions
        :return: record's id → values of `mail.mail`
        """
        self.ensure_one()
        if not self.provider_template:
            return {}
        texts = {
            variable.name: self._as_responsible(variable)._render_template(
                variable.expression, self.render_model, res_ids
            )
            for variable in self.sudo().provider_variable_ids
        }
        return {
            res_id: {
                "provider_template": self.provider_template,
                "provider_variables": {name: str(text[res_id]) for name, text in texts.items()},
            }
            for res_id in res_ids
        }

    def _as_responsible(self, variable):
        """Return the record as its responsible user, or as the variable's author."""
        user = self.sudo().user_id or variable.write_uid
        # This user may have no access to the companies that the sender has selected.
        return self.with_user(user).with_context(allowed_company_ids=[])


class MailProviderVariable(models.Model):
    """A variable of such a template, with the expression of its value.

    Users who may edit the mailing or the email template may edit its variables.
    """

    _name = "mail.provider.variable"
    _description = "Variable of a Provider's Template"
    _inherit = "mail.render.mixin"
    _order = "id"
    # Check at writing whether the user may write expressions: rendering does not check it.
    _unrestricted_rendering = True

    name = fields.Char(required=True, help="The variable's name in the provider's template.")
    expression = fields.Char(
        string="Value",
        help="A text, or an expression for each recipient, such as {{ object.name }}.",
    )
    mailing_id = fields.Many2one("mailing.mailing", ondelete="cascade", index="btree_not_null")
    mail_template_id = fields.Many2one("mail.template", ondelete="cascade", index="btree_not_null")

    _sql_constraints = [
        (
            "mailing_name_unique",
            "unique (mailing_id, name)",
            "A template can't have two values for the same variable.",
        ),
        (
            "template_name_unique",
            "unique (mail_template_id, name)",
            "A template can't have two values for the same variable.",
        ),
        (
            "one_owner",
            "CHECK (num_nonnulls(mailing_id, mail_template_id) = 1)",
            "A variable belongs to a mailing or to an email template.",
        ),
    ]

    @api.constrains("name")
    def _check_name(self):
        self.mailing_id._check_provider_template()
        self.mail_template_id._check_provider_template()

    def write(self, vals):
        result = super().write(vals)
        # Check again: the variable may belong to another record now.
        self.check_access_rule("write")
        return result

    def check_access_rule(self, operation):
        """When variables are written, check the rights to their mailings or email templates."""
        super().check_access_rule(operation)
        if operation != "read" and not self.env.su:
            variables = self.sudo()
            for owners in (variables.mailing_id, variables.mail_template_id):
                owners = owners.with_env(self.env)
                if owners:
                    owners.check_access_rights("write")
                    owners.check_access_rule("write")
