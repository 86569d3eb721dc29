# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import TransactionCase


class TestMailingForm(TransactionCase):
    def test_others_find_odoos_field_first(self):
        """Like `mass_mailing_sms`, which could not be installed otherwise."""
        form = self.env.ref("mass_mailing.view_mail_mass_mailing_form")._get_combined_arch()
        first, *_others = form.xpath("//field[@name='mail_server_id']")
        self.assertIn("mail_server_available", first.get("invisible"))
