# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from odoo import _, api, fields, models

from ...addresses import normalize

WHOLE_ADDRESS = re.compile(r"\S+@\S+\.[^\W\d_]{2,}>?")


class MailDelivery(models.Model):
    """The person that an e-mail was sent to, as people look for it."""

    _inherit = "mail.delivery"

    address = fields.Char(string="Recipient", compute="_compute_address", search="_search_address")

    @api.depends("recipient", "is_anonymous")
    @api.depends_context("lang")
    def _compute_address(self):
        for delivery in self:
            delivery.address = _("Anonymous") if delivery.is_anonymous else delivery.recipient

    @api.model
    def _search_address(self, operator, value):
        """Look a whole address up in the index, in either spelling of its domain.

        For a part of an address PostgreSQL reads all of them.
        """
        email = isinstance(value, str) and WHOLE_ADDRESS.search(value) and normalize(value)
        if email and operator in ("=", "like", "ilike"):
            return [("recipient", "=", email)]
        return [("recipient", operator, value)]
