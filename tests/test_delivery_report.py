# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError
from odoo.tests.common import new_test_user

from ..report.mail_delivery_report import COUNTED, OUTCOMES, RATES
from .test_access import MARKETER
from .test_apply import HARD, SOFT
from .test_mailing_results import AT, ResultsCase


class TestDeliveryReport(ResultsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["mail.delivery.report"].with_context(tz="UTC")

    def grouped(self, *groupby, measures=("sent",), domain=()):
        self.env.flush_all()
        domain = [("mail_server_id", "=", self.server.id), *domain]
        return self.report.read_group(domain, list(measures), list(groupby), lazy=False)

    def test_every_email_is_a_row_and_every_measure_adds_up(self):
        ana = self.sent("ana@uno.example")
        self.happen(ana, "sent")
        self.happen(ana, "open", "click", "complaint", timestamp=AT % 8)
        self.happen(self.sent("leo@uno.example"), "sent", "open")
        self.happen(self.sent("eva@uno.example"), "sent")
        self.happen(self.sent("luz@uno.example"), "bounce", **HARD)
        self.happen(self.sent("may@uno.example"), "bounce", **SOFT)
        self.sent("pia@uno.example", state="refused", status="error")
        [row] = self.grouped(measures=[*COUNTED, "complained", "unsubscribed"])
        expected = {
            "sent": 5,
            "delivered": 3,
            "opened": 2,
            "machine_opened": 0,
            "clicked": 1,
            "bounced_hard": 1,
            "bounced_soft": 1,
            "failed": 1,
            "complained": 1,
            "unsubscribed": 0,
        }
        self.assertEqual({name: row[name] for name in expected}, expected)
        self.assertEqual(row["__count"], 6)
        outcomes = self.grouped("outcome")
        self.assertEqual(sum(group["__count"] for group in outcomes), 6)
        self.assertEqual(
            [group["outcome"][2:] for group in outcomes],
            ["clicked", "opened", "delivered", "soft", "hard", "failed"],
        )

    def test_outcomes_are_in_the_order_of_the_selection_everywhere(self):
        self.assertEqual([key for key, _label in OUTCOMES], sorted(key for key, _ in OUTCOMES))

    def test_the_rate_of_a_group_is_no_average_of_rates(self):
        other = self.mailing.copy({"subject": "Other"})
        for number in range(9):
            self.happen(self.sent(f"a{number}@uno.example"), "sent")
        self.happen(self.sent("b@uno.example", other), "sent", "open", "click")
        rates = {
            group["mass_mailing_id"][0]: group["opened_rate"]
            for group in self.grouped("mass_mailing_id", measures=["opened_rate"])
        }
        self.assertEqual(rates, {self.mailing.id: 0, other.id: 100})
        [row] = self.grouped(measures=list(RATES))
        self.assertEqual(
            {name: row[name] for name in RATES},
            {
                "delivered_rate": 100,
                "opened_rate": 10,
                "clicked_rate": 10,
                "clicked_of_opened_rate": 100,
                "bounced_rate": 0,
            },
        )

    def test_what_is_no_part_of_the_whole_is_none_of_the_rate(self):
        self.happen(self.sent("ana@uno.example"), "sent", "open")
        self.happen(self.sent("luz@uno.example"), "bounce", **HARD)
        [row] = self.grouped(measures=["opened_rate", "delivered_rate"])
        self.assertEqual((row["opened_rate"], row["delivered_rate"]), (100, 50))

    def test_hours_are_those_of_the_reader(self):
        self.sent("ana@uno.example")
        self.assertEqual([group["hour"] for group in self.grouped("hour")], [12])
        self.report = self.report.with_context(tz="America/Bogota")
        [group] = self.grouped("hour")
        self.assertEqual(group["hour"], 7)
        found = self.report.search([("hour", "=", 7), ("mail_server_id", "=", self.server.id)])
        self.assertEqual(found.delivery_id.recipient, "ana@uno.example")

    def test_filters(self):
        self.happen(self.sent("ana@uno.example"), "sent")
        self.happen(self.sent("luz@dos.example"), "bounce", **HARD)
        self.sent("eva@uno.example", is_test=True)
        rows = self.grouped("domain", domain=[("is_test", "=", False)])
        found = {row["domain"]: row["__count"] for row in rows}
        self.assertEqual(found, {"uno.example": 1, "dos.example": 1})
        [row] = self.grouped("provider", domain=[("outcome", "=", "6_hard")])
        self.assertEqual((row["provider"], row["__count"]), ("aldeamo", 1))

    def test_rights_are_those_of_the_deliveries(self):
        self.sent("ana@uno.example")
        letter = self.make_delivery("otro@uno.example")
        self.env.flush_all()
        marketer = new_test_user(self.env, "marketer", groups=MARKETER)
        report = self.report.with_user(marketer)
        found = report.search([("mail_server_id", "=", self.server.id)])
        self.assertEqual(found.delivery_id.recipient, "ana@uno.example")
        with self.assertRaises(AccessError):
            report.browse(letter.id).read(["domain"])
        with self.assertRaises(AccessError):
            found.write({"sent": 0})
        admin = self.env.ref("base.user_admin")
        everything = self.report.with_user(admin).search([("mail_server_id", "=", self.server.id)])
        self.assertIn(letter.id, everything.ids)
