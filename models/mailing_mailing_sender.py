# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from email.utils import parseaddr

from odoo import _, api, fields, models
from odoo.tools import formataddr

from ..addresses import sender_address
from ..providers import PROVIDERS


class MailingMailing(models.Model):
    """Whether the provider accepts a mailing's *Send From*."""

    _inherit = "mailing.mailing"

    sender_problem = fields.Char(compute="_compute_sender_problem")
    sender_proposal = fields.Char(string="Usable Sender", compute="_compute_sender_problem")

    @api.depends("email_from", "mail_server_id", "state", "mailing_type")
    @api.depends_context("lang")
    def _compute_sender_problem(self):
        for mailing in self:
            server = mailing.mail_server_id.sudo()
            email = sender_address(mailing.email_from or "")
            is_known = server.has_account and server.provider_senders_datetime
            mailing.sender_problem = mailing.sender_proposal = False
            is_open = mailing.mailing_type == "mail" and mailing.state != "done"
            if not email or not is_known or not is_open:
                continue
            if not server._is_usable_sender(email):
                mailing.sender_problem = _(
                    "%(provider)s will refuse this mailing, because the account may not send from "
                    "%(address)s.",
                    provider=PROVIDERS[server.provider].name,
                    address=email,
                )
                name = parseaddr(mailing.email_from)[0]
                proposal = server._proposed_sender()
                mailing.sender_proposal = proposal and formataddr((name, proposal))

    def action_use_proposed_sender(self):
        """Set the proposed address in *Send From*, with the same name."""
        for mailing in self:
            if mailing.sender_proposal:
                mailing.email_from = mailing.sender_proposal
