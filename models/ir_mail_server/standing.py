# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ...providers import PROVIDERS
from .attributes import ADMIN, NOTED
from .state import STATES


class IrMailServer(models.Model):
    """The provider's limits, and whether the account may send."""

    _inherit = "ir.mail_server"

    provider_limits_help = fields.Char(compute="_compute_limits_help")
    account_state = fields.Selection(STATES, string="Account", **NOTED)
    account_state_text = fields.Json(copy=False, **ADMIN)
    account_state_reason = fields.Char(compute="_compute_account_state_reason", **ADMIN)

    @api.depends("provider")
    @api.depends_context("lang")
    def _compute_limits_help(self):
        for server in self:
            provider = PROVIDERS.get(server.provider)
            # pylint: disable=translation-required
            server.provider_limits_help = provider and _(provider.limits_help)

    @api.depends("account_state_text")
    @api.depends_context("lang")
    def _compute_account_state_reason(self):
        for server in self:
            server.account_state_reason = self._translate_stored(server.account_state_text)

    def _note_standing(self, standing):
        """Store whether the account may send.

        :param account.Standing standing: None if it is not known
        """
        self.write(
            {
                "account_state": standing and standing.state,
                "account_state_text": standing and standing.text.as_json(),
            }
        )
