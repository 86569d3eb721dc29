# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..models.dialogs import opened
from ..providers.api import ApiError


class MailProviderTemplatePick(models.TransientModel):
    """Choose one of the templates that are stored at the provider.

    For all users who may edit the mailing or the email template; it shows no keys.
    """

    _name = "mail.provider.template.pick"
    _description = "Choose a Template at the Provider"

    mailing_id = fields.Many2one("mailing.mailing", ondelete="cascade", readonly=True)
    mail_template_id = fields.Many2one("mail.template", ondelete="cascade", readonly=True)
    mail_server_id = fields.Many2one("ir.mail_server", compute="_compute_server")
    has_list = fields.Boolean(compute="_compute_server")
    read_at = fields.Datetime(string="List Read On", compute="_compute_server")
    is_empty = fields.Boolean(compute="_compute_server")
    trouble = fields.Char(readonly=True)
    template_id = fields.Many2one(
        "mail.provider.template",
        domain="[('mail_server_id', '=', mail_server_id)]",
        ondelete="cascade",
    )
    subject = fields.Char(compute="_compute_preview")
    # Foreign HTML: sanitized, and shown in a frame without scripts
    preview = fields.Html(compute="_compute_preview", sanitize=True, sanitize_form=True)
    preview_trouble = fields.Char(compute="_compute_preview")

    @api.depends("mailing_id.mail_server_id", "mail_template_id.mail_server_id", "trouble")
    def _compute_server(self):
        for wizard in self:
            server = wizard._owner().sudo().mail_server_id
            wizard.mail_server_id = server
            wizard.has_list = bool(server.provider) and server._has_template_list()
            wizard.read_at = server.provider_templates_datetime
            wizard.is_empty = not server.provider_template_ids

    @api.depends("template_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            wizard.subject = wizard.preview = wizard.preview_trouble = False
            server = wizard.mail_server_id.sudo()
            template = wizard.template_id
            if not wizard.has_list or not template or template.sudo().mail_server_id != server:
                continue
            try:
                with server._open_templates() as templates:
                    content = templates.content(template.code)
            except ApiError as error:
                wizard.preview_trouble = server._translate_text(error.reason)
                continue
            wizard.subject = content.subject
            wizard.preview = content.html or plaintext2html(content.text)

    @api.model
    def _open(self, owner):
        """Return the action that opens the dialog for a mailing or an email template.

        :param mailing.mailing|mail.template owner:
        :raises UserError: its server has no provider
        """
        name = "mailing_id" if owner._name == "mailing.mailing" else "mail_template_id"
        wizard = self.create({name: owner.id})
        server = wizard._writable_owner().sudo().mail_server_id
        if not server.provider:
            raise UserError(_("Choose a mail server of an email provider first."))
        wizard.trouble = server._refresh_templates()
        offers = server.provider_template_ids
        wizard.template_id = offers.filtered(lambda offer: offer.code == owner.provider_template)
        return wizard._reopened()

    def _owner(self):
        return self.mailing_id or self.mail_template_id

    def _writable_owner(self):
        """Return the mailing or the email template after checking that the user may edit it."""
        self.ensure_one()
        owner = self._owner()
        owner.check_access_rights("write")
        owner.check_access_rule("write")
        return owner

    def action_refresh(self):
        """Read the list again."""
        server = self._writable_owner().mail_server_id.sudo()
        self.trouble = server._refresh_templates(always=True)
        return self._reopened()

    def action_pick(self):
        """Set the chosen template in the mailing or the email template."""
        owner = self._writable_owner()
        if not self.template_id:
            raise UserError(_("Choose a template first."))
        owner.provider_template = self.template_id.code
        return {"type": "ir.actions.act_window_close"}

    def _reopened(self):
        return opened(self, _("Choose a Template at the Provider"))
