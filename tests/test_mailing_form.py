# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import TransactionCase


class TestMailingForm(TransactionCase):
    def test_others_find_odoos_field_first(self):
        """As `mass_mailing_sms` does, which couldn't be installed otherwise."""
        form = self.env.ref("mass_mailing.view_mail_mass_mailing_form")._get_combined_arch()
        first, *_others = form.xpath("//field[@name='mail_server_id']")
        self.assertIn("mail_server_available", first.get("invisible"))
