# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """When Odoo's bounce handling searches the models of contacts, answer without a query."""
        known = self.env.context.get("mail_tracking_known")
        query = known and known.query(self, domain, "is_mail_blacklist", ("=",))
        return super()._search(domain, *args, **kwargs) if query is None else query
