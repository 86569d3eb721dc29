# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, models

from ...providers.base import ADVICE


class MailDelivery(models.Model):
    """What to do about an e-mail that failed."""

    _inherit = "mail.delivery"

    @api.model
    def _advice(self, failure):
        """Return what to do about a cause: one sentence, in the user's language.

        :param str failure: a key of `FAILURES`; None or False: the cause is not known
        """
        return _(ADVICE[failure or None])  # pylint: disable=translation-required
