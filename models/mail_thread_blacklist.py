# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from .dialogs import opened


class MailBlackListMixin(models.AbstractModel):
    _inherit = "mail.thread.blacklist"

    # Indexed, because Odoo searches the contacts of each address that bounces or unsubscribes.
    email_normalized = fields.Char(index="btree_not_null")

    def action_ask_provider(self):
        """Show whether the email providers exclude the address."""
        self.ensure_one()
        self.check_access_rule("read")
        return self.env["mail.provider.exclusion"]._open(self.email_normalized)

    def action_why_blocked(self):
        """Open the blacklist entry of the address, with the cause."""
        self.ensure_one()
        self.check_access_rule("read")
        entry = self.env["mail.blacklist"].search([("email", "=", self.email_normalized)])
        return opened(entry, _("Why Blocked?"), target="current")

    @api.model
    def _search(self, domain, *args, **kwargs):
        """When Odoo's bounce handling searches an address, answer from the prefetched records."""
        known = self.env.context.get("mail_tracking_known")
        query = known and known.query(self, domain, "email_normalized", ("=",))
        return super()._search(domain, *args, **kwargs) if query is None else query
