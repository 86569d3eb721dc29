# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ...providers import PROVIDERS
from ...providers.base import FAILURES


class MailTracking(models.Model):
    """Why a mail bounced or was rejected, and what to do."""

    _inherit = "mail.tracking"

    failure = fields.Selection(selection=list(FAILURES.items()), string="Cause")
    provider_error = fields.Char(help="The provider's name for the cause.")
    explanation = fields.Char(string="What It Means", compute="_compute_explanation")

    @api.depends("provider", "provider_error")
    @api.depends_context("lang")
    def _compute_explanation(self):
        # pylint: disable=translation-required
        for tracking in self:
            provider = PROVIDERS.get(tracking.provider)
            text = provider.explanations.get(tracking.provider_error) if provider else None
            tracking.explanation = text and _(text)
