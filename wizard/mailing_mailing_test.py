# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailingMailingTest(models.TransientModel):
    _inherit = "mailing.mailing.test"

    def send_mail_test(self):
        """When a mailing with a provider's template is tested, send the template."""
        mailing = self.mass_mailing_id
        record = self.env[mailing.mailing_model_real].search([], limit=1)
        values = mailing._provider_template_values(record.ids).get(record.id, {})
        defaults = {f"default_{name}": value for name, value in values.items()}
        return super(MailingMailingTest, self.with_context(**defaults)).send_mail_test()
