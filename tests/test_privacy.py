# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo.exceptions import UserError
from odoo.tests.common import tagged

from ..models.mail_tracking.privacy import impersonal
from .test_apply import HARD
from .test_emails import EmailsCase

# Texts that identify the person
PERSONAL = ("ana", "Ana", "secret", "Bogotá", "4.6097", "mail-of-ana", "Hola Ana")


@tagged("post_install", "-at_install")
class TestPrivacy(EmailsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Ana", "email": "ana@example.com"})
        cls.email.write(
            {
                "subject": "Hola Ana",
                "partner_id": cls.partner.id,
                "model": "res.partner",
                "res_id": cls.partner.id,
                "provider_message_id": "mail-of-ana",
                "email_to": "ana@example.com, leo@example.com",
            }
        )
        cls.trace.message_id = "<ana@odoo>"

    def click(self, hour=2, **values):
        return self.event(
            "click",
            hour,
            subject="Hola Ana",
            destination="https://empresa.example/ana?token=secret",
            msgid="mail-of-ana",
            **values,
        )

    def forget(self):
        action = self.env["mail.delivery.anonymization"].open_for(self.partner)
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.action_anonymize()
        self.env.flush_all()
        self.env.invalidate_all()
        return wizard

    def assert_forgotten(self, email=None):
        """Check that no column of e-mail, events, content and trace identifies a person."""
        email = email or self.email
        for table, column, ids in (
            ("mail_delivery", "id", email.ids),
            ("mail_tracking", "delivery_id", email.ids),
            ("mail_delivery_content", "delivery_id", email.ids),
            ("mailing_trace", "id", email.mailing_trace_id.ids),
        ):
            self.env.cr.execute(f"SELECT * FROM {table} WHERE {column} = ANY(%s)", [ids])
            for row in self.env.cr.dictfetchall():
                # A random token, or the hash of a text, may hold any three letters.
                values = {key: value for key, value in row.items() if key not in RANDOM}
                text = json.dumps(values, default=str, ensure_ascii=False)
                for word in PERSONAL:
                    self.assertNotIn(word, text, table)

    def test_persons_go_and_figures_stay(self):
        event = self.click()
        event.write({"place": "Bogotá, CO", "city": "Bogotá", "latitude": 4.6097})
        event.country_id = self.env.ref("base.co")
        others = self.event("open", 3, email="leo@example.com")
        self.email.failure_text = "ana is unknown"
        before = self.email.read(["status", "opened_at", "clicked_at", "mass_mailing_id"])
        self.forget()
        self.assert_forgotten()
        self.assertEqual(self.email.read(list(before[0])), before)
        self.assertEqual((event.event_type, event.country_id.code), ("clicked", "CO"))
        self.assertEqual(event.url, "https://empresa.example/")
        self.assertEqual(event.delivery_id, self.email)
        self.assertEqual((self.email.email_to, others.recipient), ("leo@example.com",) * 2)
        self.assertEqual(self.email.display_name, "Anonymous")
        self.assertFalse(self.email.partner_id or self.email.res_id)
        self.assertEqual(self.trace.mass_mailing_id, self.mailing)

    def test_later_events_count_and_bring_nothing_back(self):
        self.forget()
        # By the token, and by the provider's id only.
        click = self.click(3)
        self.assert_forgotten()
        self.assertEqual((click.state, click.delivery_id), ("done", self.email))
        self.assertEqual((self.email.status, self.trace.trace_status), ("open", "open"))
        [bounce] = self.apply(
            self.aldeamo_event(
                self.trace,
                "bounce",
                email="ana@example.com",
                msgid="mail-of-ana",
                custom_headers={},
                **HARD,
            )
        )
        self.assertEqual(bounce.delivery_id, self.email)
        self.assert_forgotten()
        self.assertEqual((self.email.status, self.trace.trace_status), ("bounce", "bounce"))

    def test_later_events_that_name_nobody_count(self):
        self.forget()
        self.event("open", 3, email="")
        self.assertEqual(self.email.status, "open")

    def test_later_events_of_others_stay_theirs(self):
        self.forget()
        others = self.event("open", 3, email="leo@example.com")
        self.assertEqual(others.recipient, "leo@example.com")
        self.assertEqual(self.email.status, "pending")

    def test_what_comes_in_at_that_moment_has_its_effect_first(self):
        waiting = self.receive(self.aldeamo_event(self.trace, "complaint"))
        self.forget()
        self.assertFalse(waiting.recipient)
        self.assertEqual(waiting.state, "done")
        blocked = self.env["mail.blacklist"].search([("email", "=", "ana@example.com")])
        self.assertTrue(blocked)

    def test_events_that_no_email_explains(self):
        [event] = self.apply({"event": "unsubscribed", "type": "SMTP", "email": "ana@example.com"})
        self.forget()
        self.assertEqual((event.event_type, event.recipient), ("unsubscribed", False))
        self.assertFalse(event.payload)

    def test_in_copy(self):
        email = self.make_delivery("eva@example.com")
        email.email_to = "eva@example.com, ana@example.com"
        self.forget()
        self.assertEqual((email.recipient, email.email_to), ("eva@example.com",) * 2)
        self.assertFalse(email.is_anonymous)

    def test_namesakes_and_senders_stay(self):
        others = self.make_delivery("diana@example.com")
        others |= self.make_delivery("eva@example.com", email_from="ana@example.com")
        self.forget()
        self.assertFalse(any(others.mapped("is_anonymous")))

    def test_what_is_not_settled_is_refused(self):
        self.email.state = "in_doubt"
        with self.assertRaisesRegex(UserError, "not sent yet or are in doubt"):
            self.forget()

    def test_without_an_address(self):
        self.partner.email = False
        other = self.make_delivery("eva@example.com")
        self.forget()
        self.assertTrue(self.email.is_anonymous)
        self.assertFalse(other.is_anonymous)

    def test_links(self):
        for url, kept in (
            ("https://odoo.example/r/abc/m/12", "https://odoo.example/r/abc"),
            ("https://odoo.example/r/abc", "https://odoo.example/r/abc"),
            ("https://u:p@shop.example:8069/ana?x=1#y", "https://shop.example/"),
            ("mailto:ana@example.com", False),
            ("http://[", False),
            (False, False),
        ):
            with self.subTest(url=url):
                self.assertEqual(impersonal(url), kept)


RANDOM = ("token", "fingerprint")


@tagged("post_install", "-at_install")
class TestPrivacyLookup(EmailsCase):
    """Odoo's own tool."""

    def look_up(self, name="Nobody At All", email="Ana@Example.com"):
        lookup = self.env["privacy.lookup.wizard"].create({"name": name, "email": email})
        lookup.action_lookup()
        return lookup

    def found(self, lookup, model):
        lines = lookup.line_ids.filtered(lambda line: line.res_model == model)
        return self.env[model].browse(lines.mapped("res_id"))

    def test_finds_recipients(self):
        event = self.event("open")
        other = self.make_delivery("eva@example.com", email_from="ana@example.com")
        partner = self.env["res.partner"].create({"name": "Ana", "email": "ana@example.com"})
        by_contact = self.make_delivery("old@example.com", partner_id=partner.id)
        lookup = self.look_up()
        self.assertEqual(self.found(lookup, "mail.delivery"), self.email | by_contact)
        self.assertEqual(self.found(lookup, "mail.tracking"), event)
        self.assertNotIn(other, self.found(lookup, "mail.delivery"))

    def test_makes_anonymous_and_logs_it(self):
        event = self.event("open")
        kept = self.make_delivery("ana@example.com")
        lookup = self.look_up()
        lines = lookup.line_ids.filtered(
            lambda line: (line.res_model, line.res_id) != (kept._name, kept.id)
        )
        action = self.env.ref(
            "mail_mailjet_aldeamo.privacy_lookup_line_action_anonymize_emails"
        ).with_context(active_model=lines._name, active_ids=lines.ids, active_id=lines[:1].id)
        opened = action.run()
        wizard = self.env[opened["res_model"]].browse(opened["res_id"])
        self.assertEqual((wizard.delivery_count, wizard.event_count), (1, 1))
        wizard.action_anonymize()
        self.assertTrue(self.email.is_anonymous)
        self.assertFalse(event.recipient or kept.is_anonymous)
        self.env.flush_all()
        details = lookup.log_id.execution_details
        self.assertIn(f"Made anonymous: Email Delivery #{self.email.id}", details)
        self.assertIn(f"Made anonymous: Email Event #{event.id}", details)
        self.assertFalse(self.found(self.look_up(), "mail.tracking"))

    def test_from_the_contact_it_is_logged_as_well(self):
        contact = self.make_contact("ana@example.com")
        action = self.env["mail.delivery.anonymization"].open_for(contact)
        self.env[action["res_model"]].browse(action["res_id"]).action_anonymize()
        log = self.env["privacy.log"].search([], order="id DESC", limit=1)
        self.assertEqual(log.anonymized_email, "a**@e******.com")
        self.assertIn(f"#{self.email.id}", log.execution_details)
