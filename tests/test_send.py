# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import TransactionCase

from odoo.addons.base.tests.common import MockSmtplibCase

from .common import ProviderCase


class TestSend(ProviderCase, MockSmtplibCase, TransactionCase):
    """What a mail carries to the provider. The conversation itself is in tests/standalone/e2e."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_config()
        cls.set_up_provider()
        cls.mailjet = cls.env["ir.mail_server"].create(
            {
                "name": "Mailjet",
                "provider": "mailjet",
                "smtp_host": "in-v3.mailjet.com",
                "smtp_port": 587,
                "smtp_user": "key",
                "smtp_pass": "secret",
                "sequence": 100,
            }
        )
        cls.plain = cls.env["ir.mail_server"].create(
            {"name": "Plain", "smtp_host": "localhost", "smtp_user": "x", "sequence": 100}
        )

    @classmethod
    def _init_mail_config(cls):
        cls.env["ir.mail_server"].search([]).active = False

    def send(self, server, **values):
        """Send a mail through a server; return its emails as `email.message` objects."""
        mail = self.env["mail.mail"].create(
            {
                "subject": "Hello",
                "body_html": "<p>Hello</p>",
                "email_from": "Empresa <ventas@empresa.example>",
                "mail_server_id": server.id,
                "auto_delete": False,
                **values,
            }
        )
        with self.mock_smtplib_connection():
            mail.send()
        self.assertEqual(mail.state, "sent", mail.failure_reason)
        return mail, [email["message"] for email in self.emails]

    def partners(self, *names):
        return self.env["res.partner"].create(
            [{"name": name, "email": f"{name.lower()}@example.com"} for name in names]
        )

    def references(self, messages, header):
        import email

        found = [email.message_from_string(message)[header] for message in messages]
        return [read_reference(self.env, token) for token in found]

    def test_each_recipient_has_a_reference_of_his_own(self):
        for server, header in ((self.server, "X-Odoo-Reference"), (self.mailjet, "X-MJ-CustomID")):
            with self.subTest(server=server.name):
                partners = self.partners("Ana", "Eva")
                mail, messages = self.send(server, recipient_ids=[(6, 0, partners.ids)])
                self.assertEqual(
                    self.references(messages, header),
                    [
                        Reference(message_id=mail.mail_message_id.id, partner_id=partner.id)
                        for partner in partners
                    ],
                )

    def test_mail_of_a_mailing_names_its_trace(self):
        trace = self.make_trace("ana@example.com", "outgoing")
        _mail, messages = self.send(
            self.mailjet,
            email_to="ana@example.com",
            mailing_id=self.mailing.id,
            mailing_trace_ids=[(6, 0, trace.ids)],
        )
        self.assertEqual(self.references(messages, "X-MJ-CustomID"), [Reference(trace_id=trace.id)])
        self.assertIn(f"X-Mailjet-Campaign: odoo-mailing-{self.mailing.id}", messages[0])

    def test_replies_find_their_thread_where_the_message_id_is_replaced(self):
        mail, (message,) = self.send(
            self.mailjet, email_to="ana@example.com", references="<earlier@example.com>"
        )
        self.assertIn(f"references: <earlier@example.com> {mail.message_id}", message)
        mail, (message,) = self.send(self.mailjet, email_to="ana@example.com")
        self.assertIn(f"references: {mail.message_id}", message)
        _mail, (message,) = self.send(self.server, email_to="ana@example.com")
        self.assertNotIn("references:", message)

    def test_other_servers_get_plain_mail(self):
        _mail, (message,) = self.send(self.plain, email_to="ana@example.com")
        self.assertNotIn("X-Odoo-Reference", message)
        self.assertNotIn("X-MJ-", message)
