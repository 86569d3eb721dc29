# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from .common import SandboxCase


class TestReferences(SandboxCase):
    def test_every_message_is_named_once(self):
        """Odoo adds a chatter message there too, and Mailjet replaces its Message-Id."""
        for transport in ("api", "smtp"):
            with self.subTest(transport=transport):
                server = self.account_server("mailjet", transport)
                document, customer = self.partners("Documento", "Ana")
                self.mailjet.received.clear()
                for number in range(2):
                    message, mail = self.post(server, document, customer)
                    self.send(mail)
                    references = self.mailjet.delivered[number]["References"].split()
                    self.assertEqual(len(references), len(set(references)), references)
                    self.assertEqual(references[-1], message.message_id)
