# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from .common import SAMPLES, ProviderTransactionCase
from .plans import fill, full_reads, recorded
from .test_apply import HARD, SOFT


class TestPlans(ProviderTransactionCase):
    """No statement of intake, job or retention reads a whole table that grows with the mails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fill(cls.env.cr, cls.mailing, 20_000)

    def assert_no_full_reads(self, statements):
        self.assertTrue(statements)
        self.assertFalse(full_reads(self.env.cr, statements))

    def payloads(self):
        """Return events of all kinds, matched in all ways, of mailings and of other mail."""
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

    def test_intake(self):
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
        self.selects_of_bounces(1)  # what is read once and for all
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

    def test_a_reading_of_all_is_found(self):
        with recorded() as statements:
            self.env["mailing.trace"].search([("message_id", "=", "<1@example.com>")])
            self.env["mail.tracking"].search([("place", "=", "Bogotá 100%")], order="id")
        found = [node for node, _statement in full_reads(self.env.cr, statements)]
        self.assertEqual(len(found), 2)
