# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, fields, models
from odoo.exceptions import UserError

from ..providers import PROVIDERS
from ..providers.base import Instructions
from ..tools.reference import Reference, make_reference


class MailMail(models.Model):
    _inherit = "mail.mail"

    provider_template = fields.Char(readonly=True)
    provider_variables = fields.Json(readonly=True)

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
        if not server_id:
            if self.provider_template:
                raise UserError(
                    _(
                        "This email is a template of an email provider (%s), so it can leave "
                        "through that provider's mail server only.",
                        self.provider_template,
                    )
                )
            return email_list
        server = self.env["ir.mail_server"].sudo().browse(server_id)
        provider = PROVIDERS[server.provider]
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
                # In the chatter's mails it stands already.
                references = (email_values["references"] or "").split()
                references.append(email_values["message_id"])
                email_values["references"] = " ".join(dict.fromkeys(filter(None, references)))
        return email_list
