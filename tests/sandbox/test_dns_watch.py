# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import TransactionCase, new_test_user, tagged

from lab.demo_dns import RIGHT

from .dns_common import DnsCase

KEY = f"mailjet._domainkey.{RIGHT}"


@tagged("post_install", "-at_install")
class TestDnsWatch(DnsCase, TransactionCase):
    """The weekly check."""

    DOMAINS = [RIGHT]

    def setUp(self):
        super().setUp()
        self.admin = new_test_user(self.env, "boss", groups="base.group_system")
        self.mailjet.dns_watch = True
        self.run_cron()
        self.key = self.panel.txt(KEY)[0]

    def run_cron(self):
        self.env["mail.dns.check"]._cron_watch()

    @property
    def record(self):
        return self.mailjet.dns_check_ids

    def activities(self):
        return self.record.activity_ids.filtered(lambda one: one.user_id == self.admin)

    def test_nothing_is_said_while_all_is_right(self):
        self.assertEqual(self.record.domain, RIGHT)
        self.assertEqual(self.record.state, "ok")
        self.run_cron()
        self.assertFalse(self.activities())

    def test_something_breaks_and_is_mended(self):
        self.panel.enter(KEY, "TXT", "p=")
        self.run_cron()
        [activity] = self.activities()
        self.assertIn(RIGHT, activity.summary)
        self.assertIn("DKIM", activity.note)
        self.assertEqual(self.record.state, "fail")
        self.assertEqual(
            self.record.activity_ids.user_id, self.env["mail.dns.check"]._administrators()
        )
        # The error persists: no second activity.
        self.run_cron()
        self.assertEqual(len(self.activities()), 1)
        # The administrator fixes it and checks manually.
        self.panel.enter(KEY, "TXT", self.key)
        self.check(self.mailjet, RIGHT)
        self.assertFalse(self.activities())
        self.panel.enter(KEY, "TXT", "p=")
        self.run_cron()
        self.assertEqual(len(self.activities()), 1)

    def test_an_answer_that_does_not_come_is_not_broken(self):
        self.dns.trouble(KEY, "SERVFAIL")
        self.run_cron()
        self.assertEqual(self.record.state, "unknown")
        self.assertFalse(self.activities())
        # A new error in the same check is noticed.
        self.panel.enter(KEY, "TXT", "p=")
        self.run_cron()
        self.assertEqual(len(self.activities()), 1)

    def test_an_admin_who_has_seen_it_is_not_told(self):
        self.panel.enter(KEY, "TXT", "p=")
        self.check(self.mailjet, RIGHT)
        self.run_cron()
        self.assertFalse(self.activities())

    def test_the_note_is_escaped(self):
        self.panel.enter(f"_dmarc.{RIGHT}", "TXT", "v=DMARC1; p=<img src=x onerror=alert(1)>")
        self.run_cron()
        [activity] = self.activities()
        self.assertNotIn("<img", activity.note)
        self.assertIn("DMARC", activity.note)

    def test_not_watched(self):
        self.mailjet.dns_watch = False
        self.panel.enter(KEY, "TXT", "p=")
        self.run_cron()
        self.assertEqual(self.record.state, "ok")
        self.assertFalse(self.mailjet.copy().dns_watch)
