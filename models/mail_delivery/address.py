# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from odoo import _, api, fields, models

from ...addresses import normalize

WHOLE_ADDRESS = re.compile(r"\S+@\S+\.[^\W\d_]{2,}>?")


class MailDelivery(models.Model):
    """The recipient of an e-mail, as users search for it."""

    _inherit = "mail.delivery"

    address = fields.Char(string="Recipient", compute="_compute_address", search="_search_address")

    @api.depends("recipient", "is_anonymous")
    @api.depends_context("lang")
    def _compute_address(self):
        for delivery in self:
            delivery.address = _("Anonymous") if delivery.is_anonymous else delivery.recipient

    @api.model
    def _search_address(self, operator, value):
        """When a whole address is searched, use the index, with both spellings of its domain.

        A part of an address makes PostgreSQL read the whole table.
        """
        email = isinstance(value, str) and WHOLE_ADDRESS.search(value) and normalize(value)
        if email and operator in ("=", "like", "ilike"):
            return [("recipient", "=", email)]
        return [("recipient", operator, value)]
