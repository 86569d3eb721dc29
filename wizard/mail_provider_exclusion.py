# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..addresses import sender_address, spellings
from ..models.dialogs import opened
from ..providers import PROVIDERS
from ..providers.api import ApiError


class MailProviderExclusion(models.TransientModel):
    """Asks the providers' accounts whether they exclude an address."""

    _name = "mail.provider.exclusion"
    _description = "Address at the Email Providers"

    email = fields.Char(string="Address", required=True, readonly=True)
    line_ids = fields.One2many("mail.provider.exclusion.line", "wizard_id", readonly=True)
    exclusion_help = fields.Char(compute="_compute_exclusion_help")
    rejected_at = fields.Datetime(compute="_compute_rejection")
    rejected_reason = fields.Char(compute="_compute_rejection")

    @api.depends("line_ids.mail_server_id")
    @api.depends_context("lang")
    def _compute_exclusion_help(self):
        for wizard in self:
            codes = dict.fromkeys(wizard.line_ids.mail_server_id.mapped("provider"))
            texts = []
            for code in codes:
                help_text = PROVIDERS[code].account.exclusion_help
                texts.append(_(help_text))  # pylint: disable=translation-required
            wizard.exclusion_help = "\n".join(texts)

    @api.depends("email")
    def _compute_rejection(self):
        """Show the last rejected e-mail to the address, if the user may read it."""
        for wizard in self:
            delivery = self.env["mail.delivery"].search(
                [
                    ("recipient", "in", spellings(wizard.email)),
                    ("failed_kind", "=", "rejected"),
                    ("failure", "in", ("opted_out", "invalid_address")),
                ],
                limit=1,
            )
            wizard.rejected_at = delivery.failed_at
            wizard.rejected_reason = delivery.reason

    @api.model
    def _servers(self):
        """Return one server for each account with credentials."""
        servers = {}
        for server in self.env["ir.mail_server"].sudo().search([("provider", "!=", False)]):
            if server.has_account and server._has_api_credentials():
                servers.setdefault(server._account_name(), server)
        return list(servers.values())

    @api.model
    def _open(self, text):
        """Ask all accounts about an address, and return the action that shows the answers.

        :param str text: the address, perhaps with a name
        :raises UserError: there is no address, or no account
        """
        email, servers = sender_address(text or ""), self._servers()
        if not email:
            raise UserError(_("The record has no email address."))
        if not servers:
            raise UserError(
                _("Odoo can't ask: no outgoing mail server has the credentials of an account.")
            )
        wizard = self.create({"email": email})
        wizard._ask(servers)
        return wizard._reopened()

    def _ask(self, servers):
        self.line_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create({"mail_server_id": server.id, **self._answer(server)})
                for server in servers
            ),
        ]

    def _answer(self, server):
        """Return state and explanation of the address in a server's account."""
        try:
            with server._open_account() as account:
                contact = account.contact(self.email)
        except ApiError as error:
            return {"state": "failed", "problem": server._translate_text(error.reason)}
        if not contact:
            return {"state": "unknown"}
        return {
            "state": "excluded" if contact.is_excluded else "allowed",
            "problem": contact.is_complaining and _("The recipient has reported an email as spam."),
        }

    def _reopened(self):
        return opened(self, _("Address at the Email Provider"))


class MailProviderExclusionLine(models.TransientModel):
    _name = "mail.provider.exclusion.line"
    _description = "Address at an Email Provider"

    wizard_id = fields.Many2one("mail.provider.exclusion", required=True, ondelete="cascade")
    mail_server_id = fields.Many2one(
        "ir.mail_server", string="Account", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("allowed", "Not excluded"),
            ("excluded", "Excluded"),
            ("unknown", "Unknown to the provider"),
            ("failed", "Not available"),
        ],
        string="Status",
        required=True,
        readonly=True,
    )
    problem = fields.Char(string="Remark", readonly=True)

    def action_allow(self):
        """Let the account stop excluding the address, and ask again.

        :raises UserError: the account refuses; the text says why
        """
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        wizard, server = self.wizard_id, self.mail_server_id.sudo()
        try:
            with server._open_account() as account:
                account.allow(wizard.email)
        except ApiError as error:
            raise UserError(server._translate_text(error.reason)) from error
        wizard._ask(wizard._servers())
        return wizard._reopened()
