# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import new_test_user

from ..providers.base import ADVICE, FAILURES
from .common import ProviderTransactionCase
from .test_access import MARKETER
from .test_apply import HARD, SOFT

AT = "2026-03-02 0%s:00:00"


class EmailsCase(ProviderTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trace = cls.make_trace("ana@example.com")
        cls.email = cls.trace.mail_delivery_ids
        cls.email.write(dict.fromkeys(("create_date", "called_at", "accepted_at"), AT % 1))

    def event(self, name, hour=2, **values):
        return self.apply(self.aldeamo_event(self.trace, name, timestamp=AT % hour, **values))

    def steps(self, email=None):
        email = email or self.email
        email.invalidate_recordset()
        return email.timeline

    def kinds(self, email=None):
        return [step["kind"] for step in self.steps(email)]


class TestTimeline(EmailsCase):
    def test_before_anything_is_reported(self):
        handed_over, accepted, nothing = self.steps()
        self.assertEqual(handed_over["details"], ["Through Aldeamo, by SMTP"])
        self.assertEqual((handed_over["at"], accepted["at"]), (AT % 1, AT % 1))
        self.assertEqual((nothing["kind"], nothing["at"]), ("nothing", False))

    def test_in_the_order_of_their_times(self):
        self.event("click", 4)
        self.event("sent", 2)
        self.event("open", 3)
        arrived = ["handed_over", "accepted", "delivered", "opened", "clicked"]
        self.assertEqual(self.kinds(), arrived)

    def test_opens_are_taken_together_and_those_by_machines_apart(self):
        opened = self.event("open", 2) | self.event("open", 4) | self.event("open", 5)
        by_machine = self.event("open", 3)
        opened.write({"client": "Gmail", "system": "Android", "device_type": "mobile"})
        opened[0].write({"city": "Bogotá", "country_id": self.env.ref("base.co").id})
        by_machine.machine = by_machine._fields["machine"].get_values(self.env)[0]
        people, machine = self.steps()[-2:]
        self.assertEqual(people["title"], "Opened 3 times")
        times = opened[0].occurred_at, opened[-1].occurred_at
        self.assertEqual((people["at"], people["until"]), tuple(map(str, times)))
        details = ["Gmail on Android, Phone", "Bogotá, Colombia"]
        self.assertEqual(people["details"], details)
        self.assertFalse(people["machine"])
        self.assertEqual((machine["title"], machine["until"]), ("Opened", False))
        self.assertTrue(machine["machine"])

    def test_links_lead_where_they_lead(self):
        link = self.env["link.tracker"].create(
            {"url": "https://empresa.example/sale", "title": "Sale"}
        )
        short = f"{link.short_url}/m/{self.trace.id}"
        self.event("click", 2, destination=short)
        self.event("click", 3, destination=link.short_url)
        self.event("click", 4, destination="https://otra.example/r")
        sale, other = self.steps()[-2:]
        self.assertEqual(sale["link"], "https://empresa.example/sale")
        self.assertEqual(sale["title"], "Clicked 2 times")
        self.assertEqual(other["link"], "https://otra.example/r")

    def test_a_bounce_says_why_and_what_to_do(self):
        [bounce] = self.event("bounce", 2, **HARD)
        step = self.steps()[-1]
        self.assertEqual((step["kind"], step["title"]), ("bounced", "Bounced permanently (hard)"))
        self.assertIn(bounce.reason, step["said"])
        self.assertEqual(step["advice"], ADVICE[bounce.failure or None])

    def test_a_provider_that_explains_has_its_own_advice(self):
        [bounce] = self.event("bounce", 2, **HARD)
        bounce.write({"provider": "mailjet", "provider_error": "user unknown"})
        step = self.steps()[-1]
        self.assertIn("Correct it, or remove it.", step["said"])
        self.assertFalse(step["advice"])

    def test_of_others_it_says_who(self):
        self.email.email_to = "ana@example.com, leo@example.com"
        self.event("open", 2, email="leo@example.com")
        self.assertEqual(self.steps()[-1]["person"], "leo@example.com")
        self.event("open", 3)
        self.assertFalse(self.steps()[-1]["person"])

    def test_what_is_left_when_events_are_gone(self):
        events = self.event("sent", 2) | self.event("click", 3)
        events.unlink()
        arrived = ["handed_over", "accepted", "delivered", "opened", "clicked"]
        self.assertEqual(self.kinds(), arrived)
        self.event("bounce", 4, **SOFT).unlink()
        self.assertIn("bounced", self.kinds())

    def test_on_its_way_out(self):
        for state, kind, advises in (
            ("waiting", "waiting", False),
            ("calling", "waiting", False),
            ("in_doubt", "in_doubt", False),
            ("refused", "rejected", True),
            ("canceled", "canceled", False),
        ):
            with self.subTest(state=state):
                email = self.make_delivery("eva@example.com", state=state, accepted_at=False)
                step = self.steps(email)[-1]
                self.assertEqual((step["kind"], bool(step.get("advice"))), (kind, advises))

    def test_every_cause_has_its_advice(self):
        self.assertEqual(set(ADVICE), {None, *FAILURES})
        emails = self.env["mail.delivery"]
        self.assertEqual(emails._advice("content"), ADVICE["content"])
        self.assertEqual(emails._advice(False), ADVICE[None])


class TestAddress(EmailsCase):
    def found(self, text):
        return self.env["mail.delivery"].search(
            [("address", "ilike", text), ("id", ">=", self.email.id)]
        )

    def test_whole_addresses_and_parts(self):
        longer = self.make_delivery("ana@example.com.co")
        for text in ("ana@example.com", " Ana@Example.COM ", "Ana <ana@example.com>"):
            with self.subTest(text=text):
                self.assertEqual(self.found(text), self.email)
        self.assertEqual(self.found("ana@exam"), self.email | longer)
        self.assertEqual(self.found("example.com.co"), longer)

    def test_a_domain_in_either_spelling(self):
        email = self.make_delivery("eva@cañón.example")
        for text in ("eva@cañón.example", "eva@xn--can-8mak.example", "eva@cañ"):
            with self.subTest(text=text):
                self.assertEqual(self.found(text), email)


class TestButton(EmailsCase):
    def test_contacts_and_mailings_say_what_became_of_the_last_one(self):
        partner = self.env["res.partner"].create({"name": "Eva", "email": "Eva@Example.com"})
        contact = self.make_contact("eva@example.com")
        for record in (partner, contact):
            self.assertFalse(record.last_email_status)
        first = self.make_delivery("other@example.com", partner_id=partner.id, status="sent")
        partner.invalidate_recordset()
        self.assertEqual(partner.last_email_status, "sent")
        last = self.make_delivery("eva@example.com", mass_mailing_id=self.mailing.id, status="open")
        self.env.invalidate_all()
        for record, emails in (
            (partner, first | last),
            (contact, last),
            (self.mailing, last | self.email),
        ):
            with self.subTest(model=record._name):
                self.assertEqual(record.last_email_status, "open")
                action = record.action_view_deliveries()
                self.assertEqual(self.env["mail.delivery"].search(action["domain"]), emails)

    def test_marketers_see_those_of_mailings(self):
        marketer = new_test_user(self.env, "marketer", groups=MARKETER)
        partner = self.env["res.partner"].create({"name": "Ana", "email": "ana@example.com"})
        self.make_delivery("ana@example.com", partner_id=partner.id, status="open")
        self.assertEqual(partner.last_email_status, "open")
        self.assertEqual(partner.with_user(marketer).last_email_status, "pending")
