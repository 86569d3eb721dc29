# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo import fields
from odoo.tests.common import tagged

from .common import FIXTURES, SAMPLES, SampleCase

# The mails of the manual's SMTP samples
BOUNCED_MAIL = "d3f26a70-075b-11eb-b547-478382137ef6"
OPENED_MAIL = "fd7a40e0-075e-11eb-b547-478382137ef6"


@tagged("post_install", "-at_install")
class TestSamples(SampleCase):
    """The 15 samples of Aldeamo's manual, posted over HTTP, in any order and twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_lists = cls.env["mailing.list"].create(
            [{"name": "category2"}, {"name": "Category3"}, {"name": "Category4"}]
        )
        cls.contact = cls.make_contact("test@testdomain.com", cls.mailing_list | cls.other_lists)
        cls.contact.subscription_ids.with_context(mail_tracking_job=True).filtered(
            lambda subscription: subscription.list_id.name == "Category3"
        ).opt_out = True
        cls.make_contact("test4@testdomain.com")
        cls.bounced = cls.make_trace("test@testdomain.com", sent_datetime="2020-10-05 22:40:50")
        cls.opened = cls.make_trace("test@testdomain.com", sent_datetime="2020-10-05 23:03:32")
        # As after sending through the API: the provider's id of each mail.
        for trace, provider_message_id in ((cls.bounced, BOUNCED_MAIL), (cls.opened, OPENED_MAIL)):
            trace.mail_delivery_ids.provider_message_id = provider_message_id

    def effects(self):
        self.env.flush_all()
        self.env.invalidate_all()
        contacts = self.env["mailing.contact"].search([("email", "like", "@testdomain.com")])
        return {
            "traces": [
                (
                    trace.trace_status,
                    trace.failure_type,
                    trace.failure_reason,
                    trace.sent_datetime,
                    trace.open_datetime,
                    trace.links_click_datetime,
                )
                for trace in self.bounced | self.opened
            ],
            "blacklist": self.env["mail.blacklist"].search([]).mapped("email"),
            "subscriptions": {
                (subscription.list_id.name, subscription.opt_out, subscription.opt_out_datetime)
                for subscription in self.contact.subscription_ids
            },
            "bounces": {contact.email: contact.message_bounce for contact in contacts},
        }

    def assert_effects(self):
        at = fields.Datetime.to_datetime
        effects = self.effects()
        self.assertEqual(
            effects["traces"],
            [
                (
                    "bounce",
                    "mail_bounce",
                    "550 5.5.0 Requested action not taken: mailbox unavailable.",
                    at("2020-10-05 22:40:50"),
                    False,
                    False,
                ),
                (
                    "open",
                    False,
                    False,
                    at("2020-10-05 23:03:32"),
                    at("2020-10-05 23:04:08"),
                    at("2020-10-05 23:10:57"),
                ),
            ],
        )
        # test4 complained and unsubscribed; test@ subscribed again without an unsubscription.
        self.assertEqual(effects["blacklist"], ["test4@testdomain.com"])
        self.assertEqual(
            effects["subscriptions"],
            {
                ("Category1", True, at("2020-10-05 22:17:07")),
                ("category2", True, at("2020-10-05 22:17:07")),
                ("Category3", False, False),
                ("Category4", False, False),
            },
        )
        # The bounce of the mail, and that of Aldeamo's own campaign
        self.assertEqual(effects["bounces"], {"test@testdomain.com": 2, "test4@testdomain.com": 0})

    def test_each_sample_gives_one_record_that_says_it_all(self):
        self.assertEqual(len(SAMPLES), 15)
        for path in SAMPLES:
            with self.subTest(sample=path.stem):
                event = self.post(path.read_bytes())
                expected = json.loads(path.with_suffix(".event.json").read_text())
                self.assert_says_it_all(event, json.loads(path.read_text()), expected)
        self.run_job()
        unsettled = self.posted().filtered(lambda event: event.state in ("pending", "failed"))
        self.assertFalse(unsettled.mapped("payload"))
        self.assert_effects()

    def test_the_misprinted_ones_are_kept(self):
        for path in sorted((FIXTURES / "aldeamo" / "as_printed").glob("*.txt")):
            with self.subTest(sample=path.stem):
                event = self.post(path.read_bytes())
                self.assertEqual((event.state, event.payload), ("failed", path.read_text()))
                self.assertIn("Not valid JSON", event.state_reason)
        self.assertEqual(len(self.posted()), 5)
        before = self.effects()
        self.run_job()
        self.assertEqual(self.effects(), before)

    def test_all_twice(self):
        for path in SAMPLES * 2:
            self.post(path.read_bytes())
        self.assertEqual(len(self.posted()), 15)
        self.run_job()
        self.assert_effects()
        for path in SAMPLES:
            self.post(path.read_bytes())
        self.run_job()
        self.assertEqual(len(self.posted()), 15)
        self.assert_effects()

    def test_in_reverse_order_one_by_one(self):
        for path in reversed(SAMPLES):
            self.post(path.read_bytes())
            self.run_job()
        self.assert_effects()

    def test_processed_again(self):
        for path in SAMPLES:
            self.post(path.read_bytes())
        self.run_job()
        for event in self.posted():
            event.action_process_again()
            self.run_job()
        self.assert_effects()
