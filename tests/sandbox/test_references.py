# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from .common import SandboxCase


class TestReferences(SandboxCase):
    def test_every_message_is_named_once(self):
        """Odoo names the message itself, and Mailjet replaces its Message-Id."""
        self.account_server("mailjet", sequence=1)
        document = self.env["res.partner"].create({"name": "Documento"})
        (customer,) = self.partners("Ana")
        messages = self.env["mail.message"]
        for body in ("Uno", "Dos"):
            messages |= document.message_post(
                body=body,
                partner_ids=customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.committed()
        for message, mail in zip(messages.sorted("id"), self.mailjet.delivered, strict=True):
            references = mail["References"].split()
            self.assertEqual(len(references), len(set(references)), references)
            self.assertIn(message.message_id, references)
