# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import TransactionCase

from ..tools.reference import Reference, make_reference, read_reference


class TestReference(TransactionCase):
    def test_what_is_made_is_read(self):
        for reference in (
            Reference(trace_id=1),
            Reference(trace_id=2147483647, partner_id=2147483647),
            Reference(message_id=7),
            Reference(message_id=7, partner_id=3),
        ):
            token = make_reference(self.env, reference)
            self.assertEqual(read_reference(self.env, token), reference)
            self.assertTrue(token.isascii())
            self.assertLessEqual(len(token), 60)

    def test_a_trace_hides_its_message(self):
        token = make_reference(self.env, Reference(trace_id=1, message_id=2))
        self.assertEqual(read_reference(self.env, token), Reference(trace_id=1))

    def test_what_was_not_made_here_is_not_read(self):
        token = make_reference(self.env, Reference(trace_id=12, partner_id=3))
        name, signature = token.split("-")
        for forged in (
            None,
            "",
            "t12.3",
            f"t13.3-{signature}",
            f"t12.4-{signature}",
            f"m12.3-{signature}",
            f"t12-{signature}",
            f"{name}-{signature[:-1]}0"[:-1] + ("1" if signature[-1] == "0" else "0"),
            f" {token}",
            f"{token}\n",
            token.upper(),
            "t١٢.3-" + signature,
        ):
            with self.subTest(forged=forged):
                self.assertIsNone(read_reference(self.env, forged))

    def test_another_database_signs_differently(self):
        token = make_reference(self.env, Reference(trace_id=1))
        self.env["ir.config_parameter"].set_param("database.secret", "another")
        self.assertIsNone(read_reference(self.env, token))
