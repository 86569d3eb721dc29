# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.addons.mass_mailing.controllers.main import MassMailController


class UnsubscribeController(MassMailController):
    def _fetch_subscription_optouts(self):
        """When the unsubscribe page lists the reasons, leave out those that events set."""
        return super()._fetch_subscription_optouts().filtered(lambda reason: not reason.is_reported)
