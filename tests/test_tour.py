# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import HttpCase, tagged


@tagged("post_install", "-at_install", "slow")
class TestTour(HttpCase):
    def test_set_up_aldeamo_server(self):
        self.env["ir.mail_server"].search([]).active = False
        self.start_tour(
            "/web#action=base.action_ir_mail_server_list",
            "mail_mailjet_aldeamo_server",
            login="admin",
        )
        server = self.env["ir.mail_server"].search([("provider", "=", "aldeamo")])
        self.assertEqual(server.smtp_host, "email-smtp-2.aldeamo.com")
        self.assertEqual((server.smtp_port, server.smtp_encryption), (2589, "starttls"))
        self.assertEqual((server.smtp_user, server.smtp_pass), ("empresa", "secreto"))
        self.assertTrue(server.is_mass_mailing_default)
