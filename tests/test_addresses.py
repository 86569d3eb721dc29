# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .. import addresses
from ..providers.base import address
from .common import ProviderTransactionCase
from .test_apply import HARD

# The domain as people write it, and as in mails and events
READABLE, CARRIED = "ivan@cañón.example", "ivan@xn--can-8mak.example"


class TestAddresses(ProviderTransactionCase):
    """Both spellings of a domain are equal; the local part is compared as Odoo does."""

    provider = "mailjet"

    def blocked(self):
        return set(self.env["mail.blacklist"].search([]).mapped("email"))

    def test_as_odoo_normalises(self):
        for text in (
            "Ana@Example.COM",
            "Ana <ANA@example.com>",
            "IVÁN@CAÑÓN.example",
            '"Núñez, Ana" <ana@example.com>',
            "ana@localhost",
            "ana",
            "",
        ):
            with self.subTest(text=text):
                self.assertEqual(address(text) or False, email_normalize(text))

    def test_complaint(self):
        for contact, event in ((READABLE, CARRIED), (CARRIED, READABLE)):
            with self.subTest(contact=contact):
                trace = self.make_trace(contact)
                self.apply(self.mailjet_event(trace, "spam", email=event))
                contact = self.env["mailing.contact"].browse(trace.res_id)
                self.assertTrue(contact.is_blacklisted)
                self.env["mail.blacklist"].search([]).unlink()
                self.env["mail.tracking"].search([]).unlink()

    def test_complaint_that_names_no_mail(self):
        trace = self.make_trace(READABLE, sent_datetime="2026-03-01 00:00:00")
        trace.mail_delivery_ids.provider = "aldeamo"
        event = self.aldeamo(event="complaint", email=CARRIED, subject="Test message subject")
        self.assertEqual((event.mailing_trace_id, event.recipient), (trace, READABLE))

    def aldeamo(self, **payload):
        last = self.env["mail.tracking"].search([], order="id DESC", limit=1).id or 0
        payload = {"type": "SMTP", "timestamp": "2026-03-02 07:00:00", **payload}
        provider, self.provider = self.provider, "aldeamo"
        self.apply(payload)
        self.provider = provider
        return self.env["mail.tracking"].search([("id", ">", last)])

    def test_unsubscription_and_new_subscription(self):
        self.make_contact(READABLE)
        values = {"event": "unsubscribed", "email": CARRIED}
        self.aldeamo(subscription_type="domain subscription cancelled", **values)
        self.assertEqual(self.blocked(), {READABLE, CARRIED})
        values["timestamp"] = "2026-03-02 08:00:00"
        self.aldeamo(subscription_type="domain subscription reactivated", **values)
        self.assertFalse(self.blocked())

    def test_unsubscription_from_lists(self):
        for contact, event in ((READABLE, CARRIED), (CARRIED, READABLE)):
            with self.subTest(contact=contact):
                trace = self.make_trace(contact)
                self.apply(self.mailjet_event(trace, "unsub", email=event))
                contact = self.env["mailing.contact"].browse(trace.res_id)
                self.assertTrue(contact.subscription_ids.opt_out)
                self.assertFalse(self.blocked())

    def test_categories(self):
        contact = self.make_contact(READABLE)
        self.aldeamo(
            event="unsubscribed",
            email=CARRIED,
            subscription_type="domain category update",
            categories=[{"name": "Category1", "status": "cancelled"}],
        )
        self.assertTrue(contact.subscription_ids.opt_out)

    def test_hard_bounce(self):
        for contact, event in ((READABLE, CARRIED), (CARRIED, READABLE)):
            with self.subTest(contact=contact):
                trace = self.make_trace(contact)
                error = {"error": "user unknown", "error_related_to": "recipient"}
                self.apply(self.mailjet_event(trace, "bounce", email=event, **error))
                contact = self.env["mailing.contact"].browse(trace.res_id)
                self.assertEqual(contact.message_bounce, 1)

    def test_envelope_in_the_chatter(self):
        record, ivan = self.env["res.partner"].create(
            [{"name": "Record"}, {"name": "Iván", "email": "Iván <IVAN@Cañón.example>"}]
        )
        message = record.message_post(
            body="Hello", partner_ids=ivan.ids, message_type="comment", subtype_xmlid="mail.mt_note"
        )
        message.notification_ids.notification_status = "sent"
        delivery = self.make_delivery(
            ivan.email_normalized, mail_message_id=message.id, partner_id=ivan.id
        )
        event = self.aldeamo(
            event="bounce",
            email=CARRIED,
            custom_headers={"x-odoo-reference": [delivery.token]},
            **HARD,
        )
        self.assertEqual(event.partner_id, ivan)
        self.assertEqual(message.notification_ids.notification_status, "bounce")
        self.assertEqual(ivan.message_bounce, 1)

    def test_capitals_of_a_local_part_outside_ascii(self):
        contact = self.make_contact("Iván@Example.com")
        self.assertEqual(contact.email_normalized, "Iván@example.com")
        self.aldeamo(event="complaint", email="Iván@EXAMPLE.com")
        self.assertTrue(contact.is_blacklisted)

    def test_another_domain_is_another_address(self):
        strasse = self.make_contact("ana@strasse.example")
        self.aldeamo(event="complaint", email="ana@xn--strae-oqa.example")
        self.assertEqual(self.blocked(), {"ana@straße.example", "ana@xn--strae-oqa.example"})
        self.assertFalse(strasse.is_blacklisted)

    def test_by_hand_counts_for_each_spelling(self):
        self.aldeamo(event="complaint", email=CARRIED)
        entry = self.env["mail.blacklist"].search([("email", "=", READABLE)])
        entry.action_archive()
        self.aldeamo(event="complaint", email=CARRIED, timestamp="2026-03-02 08:00:00")
        self.assertEqual(self.blocked(), {CARRIED})

    def test_one_domain_in_the_dialog_and_in_the_dns_check(self):
        wizard = self.env["mail.provider.identity.add"].new({"mail_server_id": self.server.id})
        checks = self.env["mail.dns.check"]
        for text, domain in (
            ("straße.example", "xn--strae-oqa.example"),
            ("STRASSE.example.", "strasse.example"),
            ("https://www.x.example/contact?a=b", "x.example"),
            ("www.x.example/contact", "x.example"),
            ("http://x.example:8069", "x.example"),
            ("Ana <ana@x.example>", "x.example"),
            ("ana@www.x.example", "www.x.example"),
            ("www.x.example", "www.x.example"),
            ("cañón.example", "xn--can-8mak.example"),
            ("xn--can-8mak.example", "xn--can-8mak.example"),
        ):
            with self.subTest(text=text):
                wizard.domain = text
                self.assertEqual(wizard._normalized(), domain)
                self.assertEqual(checks.add(self.server.id, text)["domain"], domain)
                self.assertEqual(addresses.mail_domain(domain), domain)
        for text in ("", "x", "x y.example", "1.2.3.4", "http://[::1", "a@", "-x.example", "💩.la"):
            with self.subTest(text=text):
                wizard.domain = text
                self.assertRaises(UserError, wizard._normalized)
                self.assertRaises(UserError, checks.add, self.server.id, text)

    def test_senders_of_the_account(self):
        self.server.from_filter = "ventas@straße.example, Cañón.example, x.example"
        self.assertIn("ventas@xn--strae-oqa.example", self.server._needed_senders())
        domains = self.server._sender_domains()
        wanted = {"xn--strae-oqa.example", "xn--can-8mak.example", "x.example"}
        self.assertLessEqual(wanted, set(domains))
