# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..addresses import mail_domain
from ..providers import PROVIDERS

MOST_PROPOSED = 5


class MailProviderIdentityAdd(models.TransientModel):
    """Adds an address or a domain to a provider's account; a domain makes its addresses usable."""

    _name = "mail.provider.identity.add"
    _description = "Add a Sender at the Email Provider"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade"
    )
    sender_id = fields.Many2one("mail.provider.identity", readonly=True, ondelete="cascade")
    is_address = fields.Boolean(compute="_compute_is_address")
    email = fields.Char(related="sender_id.email")
    domain = fields.Char(
        compute="_compute_proposals", store=True, readonly=False, help="For example example.com"
    )
    proposals = fields.Char(compute="_compute_proposals", store=True)
    name = fields.Char(
        string="Sender's Name",
        default=lambda self: self.env.company.name,
        help="This name is shown in the provider's account.",
    )
    email_type = fields.Selection(
        selection="_selection_email_type",
        string="Kind of Email",
        compute="_compute_email_type",
        store=True,
        readonly=False,
    )

    @api.model
    def _selection_email_type(self):
        accounts = [provider.account for provider in PROVIDERS.values() if provider.account]
        choices = {}
        for account in accounts:
            for code, label in account.email_types.items():
                choices[code] = _(label)  # pylint: disable=translation-required
        return list(choices.items())

    @api.depends("mail_server_id.mass_mail")
    def _compute_email_type(self):
        for wizard in self:
            wizard.email_type = "bulk" if wizard.mail_server_id.mass_mail else "transactional"

    @api.depends("sender_id")
    def _compute_is_address(self):
        for wizard in self:
            wizard.is_address = bool(wizard.sender_id) and not wizard.sender_id.is_domain

    @api.depends("mail_server_id", "sender_id")
    def _compute_proposals(self):
        for wizard in self:
            server = wizard.mail_server_id
            rows = server.provider_domain_ids.filtered(lambda row: row.state != "missing")
            present = set(rows.mapped("domain"))
            wanted = [name for name in server._sender_domains() if name not in present]
            wizard.proposals = ", ".join(wanted[:MOST_PROPOSED])
            wizard.domain = wizard.sender_id.domain or (wanted[0] if wanted else False)

    def action_add(self):
        """Add the sender. For a domain, the page then shows the TXT record; for an address, the
        provider sends an activation email.
        """
        self.ensure_one()
        email = self.email if self.is_address else f"*@{self._normalized()}"
        server = self.mail_server_id
        with server._account() as account:
            account.add_sender(email, (self.name or "").strip(), self.email_type)
            server._refresh_senders(account)
        if self.is_address:
            return self.sender_id._notice_mail()
        return {"type": "ir.actions.act_window_close"}

    def _normalized(self):
        """Return the ASCII domain of the entered domain, address or URL.

        :raises UserError: the text has no domain
        """
        name = mail_domain(self.domain or "")
        if not name:
            raise UserError(
                _("“%s” isn't a domain. Enter a domain such as example.com.", self.domain)
            )
        return name
