# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.addons.mass_mailing.controllers.main import MassMailController


class UnsubscribeController(MassMailController):
    def _fetch_subscription_optouts(self):
        """Offer the reasons that people have, and not those that events are."""
        return super()._fetch_subscription_optouts().filtered(lambda reason: not reason.is_reported)
