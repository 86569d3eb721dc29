# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ..providers import PROVIDERS
from ..providers.base import FAILURES
from ..tools.failures import FAILURE_TYPES


class MailTracking(models.Model):
    """Why a mail bounced or was rejected, what that means, and what to do."""

    _inherit = "mail.tracking"

    failure = fields.Selection(selection=list(FAILURES.items()), string="Cause")
    provider_error = fields.Char(help="The provider's own name of the cause.")
    explanation = fields.Char(string="What It Means", compute="_compute_explanation")

    @api.depends("provider", "provider_error")
    @api.depends_context("lang")
    def _compute_explanation(self):
        # pylint: disable=translation-required
        for tracking in self:
            provider = PROVIDERS.get(tracking.provider)
            text = provider.explanations.get(tracking.provider_error) if provider else None
            tracking.explanation = text and _(text)

    def _failure_of(self, status, reader):
        """Return failure type and reason of a mail that this event brought to a status.

        :param str status: of `mailing.trace`: "bounce", "error" or "cancel"
        :param res.users|res.partner reader: whose language the reason is to be in
        """
        self.ensure_one()
        failure_type = FAILURE_TYPES.get(self.failure, "unknown")
        explanation = self.with_context(lang=reader.lang).explanation
        reason = "\n".join(filter(None, (explanation, self.reason)))
        return "mail_bounce" if status == "bounce" else failure_type, reason or False
