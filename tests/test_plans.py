# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo.tests.common import new_test_user, tagged

from .common import SAMPLES, ProviderTransactionCase
from .plans import fill, full_reads, recorded
from .test_access import MARKETER
from .test_apply import HARD, SOFT


@tagged("slow")
class TestPlans(ProviderTransactionCase):
    """No statement of the webhook, the job or the retention reads a whole table of many rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fill(cls.env.cr, cls.mailing, 20_000)

    def assert_no_full_reads(self, statements):
        self.assertTrue(statements)
        self.assertFalse(full_reads(self.env.cr, statements))

    def payloads(self):
        """Return events of all types, matched in all ways, of mailings and of other mail."""
        trace = self.make_trace("ana@example.com")
        record, partner = self.env["res.partner"].create(
            [{"name": "Record"}, {"name": "Eva", "email": "eva@example.com"}]
        )
        message = record.message_post(body="Hello", partner_ids=partner.ids)
        message.notification_ids.notification_status = "sent"
        token = self.make_delivery(
            "eva@example.com", mail_message_id=message.id, partner_id=partner.id
        ).token
        in_chatter = {"email": "eva@example.com", "custom_headers": {"x-odoo-reference": token}}
        at = "2026-03-02 08:00:00"
        return [
            *(json.loads(path.read_text()) for path in SAMPLES),
            self.aldeamo_event(trace, "sent", msgid="known"),
            self.aldeamo_event(trace, "click", msgid="known", custom_headers={}),
            self.aldeamo_event(trace, "click", msgid="unknown", custom_headers={}),
            self.aldeamo_event(trace, "bounce", **HARD),
            self.aldeamo_event(trace, "bounce", timestamp=at, **HARD),
            self.aldeamo_event(trace, "bounce", **SOFT),
            self.aldeamo_event(trace, "bounce", **in_chatter, **HARD),
            self.aldeamo_event(trace, "sent", **in_chatter),
        ]

    def test_webhook_server(self):
        body = json.dumps(self.payloads()).encode()
        with recorded() as statements:
            self.env["mail.tracking"]._receive(self.server.id, self.provider, body)
        self.assert_no_full_reads(statements)

    def test_job(self):
        # An unsubscription from a mailing, which Aldeamo never reports.
        self.receive(*self.payloads())
        trace = self.make_trace("ana@example.com")
        self.provider = "mailjet"
        self.receive(self.mailjet_event(trace, "unsub"), self.mailjet_event(trace, "spam"))
        self.env.flush_all()
        with recorded() as statements:
            self.run_job()
        self.assertGreater(len(statements), 30)
        self.assert_no_full_reads(statements)

    def test_bounces_are_looked_up_together(self):
        self.selects_of_bounces(1)  # fills the caches
        self.assertEqual(self.selects_of_bounces(2), self.selects_of_bounces(20))

    def selects_of_bounces(self, count):
        traces = [self.make_trace(f"ana{count}.{index}@example.com") for index in range(count)]
        self.receive(*(self.aldeamo_event(trace, "bounce", **HARD) for trace in traces))
        self.env.flush_all()
        self.env.invalidate_all()
        with recorded() as statements:
            self.run_job()
        self.assertEqual({trace.trace_status for trace in traces}, {"bounce"})
        return sum(statement.startswith("SELECT") for statement in statements)

    def test_retention(self):
        with recorded() as statements:
            self.env["mail.tracking"]._gc_trackings()
        self.assert_no_full_reads(statements)

    def small_mailing(self):
        """Return a mailing with a few of the many emails."""
        mailing = self.mailing.copy({"subject": "Small"})
        mailing.write({"state": "done", "sent_date": "2026-03-02 12:00:00"})
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE mail_delivery SET mass_mailing_id = %(mailing)s
             WHERE id IN (SELECT id FROM mail_delivery
                           WHERE mass_mailing_id = %(large)s LIMIT 100);
            UPDATE mailing_trace SET mass_mailing_id = %(mailing)s, trace_status = 'error'
             WHERE id IN (SELECT mailing_trace_id FROM mail_delivery
                           WHERE mass_mailing_id = %(mailing)s);
            ANALYZE mail_delivery, mailing_trace
            """,
            {"mailing": mailing.id, "large": self.mailing.id},
        )
        self.env.invalidate_all()
        return mailing

    def test_results_of_a_mailing(self):
        mailing = self.small_mailing()
        with recorded() as statements:
            results = mailing.get_results()
            mailing.get_results_of_events()
        self.assertEqual(results["figures"][0]["count"], 100)
        self.assert_no_full_reads(statements)

    def test_average_of_the_last_mailings(self):
        small = self.small_mailing()
        self.mailing.state = "draft"  # half of all emails: reading all is right
        other = self.small_mailing()
        with recorded() as statements:
            self.assertEqual(other.get_results_average()["mailings"], 1)
        self.assertTrue(small)
        self.assert_no_full_reads(statements)

    def test_retry(self):
        mailing = self.small_mailing()
        with recorded() as statements:
            self.assertTrue(mailing.can_retry)
            mailing.action_retry_cause("rejected", False)
        self.assert_no_full_reads(statements)

    def test_report_of_a_mailing(self):
        mailing = self.small_mailing()
        measures = ["sent", "delivered", "opened", "clicked", "complained", "opened_rate"]
        with recorded() as statements:
            [row] = self.env["mail.delivery.report"].read_group(
                [("mass_mailing_id", "=", mailing.id)], measures, [], lazy=False
            )
        self.assertEqual(row["sent"], 100)
        self.assert_no_full_reads(statements)

    def test_report_of_a_month(self):
        """The emails of a month are stored together on the disk."""
        self.env.cr.execute(
            """
            UPDATE mail_delivery SET create_date = '2020-01-01'::timestamp + id * interval '1 hour';
            ANALYZE mail_delivery
            """
        )
        with recorded() as statements:
            self.env["mail.delivery.report"].read_group(
                [("create_date", ">=", "2020-01-10"), ("create_date", "<", "2020-01-20")],
                ["sent"],
                ["create_date:day", "outcome"],
                lazy=False,
            )
        self.assert_no_full_reads(statements)

    def test_emails_of_an_address(self):
        """The web client's list, for administrators and marketers."""
        marketer = new_test_user(self.env, "marketer", groups=MARKETER)
        for user in (self.env.ref("base.user_admin"), marketer):
            emails = self.env["mail.delivery"].with_user(user)
            names = {"address": {}, "subject": {}, "status": {}, "create_date": {}}
            with self.subTest(user=user.login), recorded() as statements:
                for address in ("User7@Domain7.example", "nobody@domain7.example"):
                    emails.web_search_read(
                        [("address", "ilike", address)], names, limit=80, count_limit=10001
                    )
            self.assert_no_full_reads(statements)

    def test_failures(self):
        """Failures are few and have their own index."""
        self.env.cr.execute(
            "UPDATE mail_delivery SET status = 'bounce', failed_at = now(), failed_kind = 'hard',"
            " failure = 'mailbox_full' WHERE mod(id, 500) = 0"
        )
        self.env.cr.execute("ANALYZE mail_delivery")
        failed = ("failed_at", "!=", False)
        for leaf in (("failure", "=", "mailbox_full"), ("status", "in", ("error", "bounce"))):
            with self.subTest(leaf=leaf), recorded() as statements:
                found = self.env["mail.delivery"].web_search_read(
                    [failed, leaf], {"address": {}}, limit=80, count_limit=10001
                )
            self.assertTrue(found["length"])
            self.assert_no_full_reads(statements)

    def test_timeline(self):
        email = self.env["mail.delivery"].search([("recipient", "=", "user7@domain7.example")])
        email.invalidate_recordset()
        with recorded() as statements:
            self.assertTrue(email.timeline)
        self.assert_no_full_reads(statements)

    def test_buttons(self):
        """For records without emails, and with very many."""
        partners = self.env["res.partner"]
        contacts = self.env["mailing.contact"]
        self.env.flush_all()
        for record in (
            partners.browse(1),
            partners.search([("email_normalized", "=", "user7@domain7.example")]),
            partners.create({"name": "Ana", "email": "ana@example.com"}),
            contacts.search([("email_normalized", "=", "user7@domain7.example")]),
            self.mailing,
            self.mailing.copy(),
        ):
            with self.subTest(record=record), recorded() as statements:
                _status = record.last_email_status
            self.assert_no_full_reads(statements)

    def test_later_events_of_anonymous_emails(self):
        trace = self.make_trace("ana@example.com")
        trace.mail_delivery_ids.provider_message_id = "known"
        trace.mail_delivery_ids._anonymize()
        self.receive(
            {
                "type": "SMTP",
                "event": "click",
                "email": "ana@example.com",
                "msgid": "known",
                "timestamp": "2026-03-02 07:00:00",
            }
        )
        self.env.flush_all()
        with recorded() as statements:
            self.run_job()
        self.assert_no_full_reads(statements)
        self.assertTrue(trace.mail_delivery_ids.clicked_at)

    def test_a_reading_of_all_is_found(self):
        with recorded() as statements:
            self.env["mailing.trace"].search([("message_id", "=", "<1@example.com>")])
            self.env["mail.tracking"].search([("place", "=", "Bogotá 100%")], order="id")
        found = [node for node, _statement in full_reads(self.env.cr, statements)]
        self.assertEqual(len(found), 2)
