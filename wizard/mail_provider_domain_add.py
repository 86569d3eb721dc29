# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..addresses import mail_domain


class MailProviderDomainAdd(models.TransientModel):
    """Adding a whole domain to a provider's account, so that all of its addresses can be used."""

    _name = "mail.provider.domain.add"
    _description = "Add a Domain at the Email Provider"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade"
    )
    domain = fields.Char(
        compute="_compute_proposals", store=True, readonly=False, help="For example empresa.com"
    )
    proposals = fields.Char(compute="_compute_proposals", store=True)

    @api.depends("mail_server_id")
    def _compute_proposals(self):
        for wizard in self:
            server = wizard.mail_server_id
            present = set(server.provider_domain_ids.mapped("domain"))
            wanted = [name for name in server._sender_domains() if name not in present]
            wizard.proposals = ", ".join(wanted)
            wizard.domain = wanted[0] if wanted else False

    def action_add(self):
        """Add the domain; the page then shows the TXT record that proves whose it is."""
        self.ensure_one()
        domain = self._normalized()
        server = self.mail_server_id
        with server._account() as account:
            account.add_sender(f"*@{domain}")
            server._refresh_senders(account)
        return {"type": "ir.actions.act_window_close"}

    def _normalized(self):
        """Return the domain, also of an address or a URL, as the DNS spells it.

        :raises UserError: it isn't one
        """
        name = mail_domain(self.domain or "")
        if not name:
            raise UserError(_("“%s” isn't a domain: enter one such as empresa.com.", self.domain))
        return name
