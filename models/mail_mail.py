# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..providers import PROVIDERS
from ..providers.base import Instructions
from ..tools.reference import Reference, make_reference


class MailMail(models.Model):
    _inherit = "mail.mail"

    provider_template = fields.Char(readonly=True)
    # The server may be another provider's by the time the mail leaves.
    provider_of_template = fields.Char(compute="_compute_provider_of_template", store=True)
    provider_variables = fields.Json(readonly=True)

    @api.depends("provider_template")
    def _compute_provider_of_template(self):
        for mail in self:
            server = mail.provider_template and mail.sudo().mail_server_id
            mail.provider_of_template = server and server.provider

    def _send(
        self, auto_commit=False, raise_exception=False, smtp_session=None, alias_domain_id=False
    ):
        """Tell `_prepare_outgoing_list` through which provider's server the mails leave."""
        server_id = getattr(smtp_session, "mail_provider_server_id", False)
        return super(MailMail, self.with_context(mail_provider_server_id=server_id))._send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            smtp_session=smtp_session,
            alias_domain_id=alias_domain_id,
        )

    def _prepare_outgoing_list(self, recipients_follower_status=None):
        """Add what makes the provider's events name this mail and its recipient."""
        email_list = super()._prepare_outgoing_list(recipients_follower_status)
        server_id = self.env.context.get("mail_provider_server_id")
        server = self.env["ir.mail_server"].sudo().browse(server_id or ())
        provider = PROVIDERS.get(server.provider)
        if self.provider_template and not self._is_template_of(provider):
            raise UserError(
                _(
                    "This email is a template of an email provider (%s), so it can leave "
                    "through that provider's mail server only.",
                    self.provider_template,
                )
            )
        if not provider:
            return email_list
        campaign = f"odoo-mailing-{self.mailing_id.id}" if self.mailing_id else None
        # Odoo's links and its picture stand in the body that Odoo writes.
        is_tracked_by_odoo = bool(self.mailing_id) and not self.provider_template
        for index, email_values in enumerate(email_list):
            reference = Reference(
                trace_id=self.mailing_trace_ids[:1].id or 0,
                message_id=self.mail_message_id_int,
                partner_id=email_values["partner_id"].id if email_values["partner_id"] else 0,
            )
            instructions = Instructions(
                reference=make_reference(self.env, reference),
                campaign=campaign,
                tracking=server._tracks(is_tracked_by_odoo),
                template=self.provider_template or None,
                variables=self.provider_variables or {},
            )
            email_list[index] = email_values = provider.instruct(email_values, instructions)
            if provider.replaces_message_id:
                # A reply names the provider's Message-Id; Odoo finds its thread by this one.
                references = (email_values["references"], email_values["message_id"])
                email_values["references"] = " ".join(filter(None, references))
        return email_list

    def _is_template_of(self, provider):
        """Tell whether the mail's template can be one of the provider's.

        :param providers.base.Provider provider: None for none
        """
        if not provider or provider.check_template(self.provider_template):
            return False
        return self.provider_of_template in (False, provider.code)
