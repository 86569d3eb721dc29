# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.exceptions import ValidationError

from ..models import transactions
from ..models.mail_tracking import retention as mail_tracking_retention
from .common import ProviderTransactionCase
from .test_apply import HARD


class TestRetention(ProviderTransactionCase):
    def setUp(self):
        super().setUp()
        self.trace = self.make_trace("ana@example.com")

    def age(self, events, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_tracking SET create_date = create_date - make_interval(days => %s)"
            " WHERE id = ANY(%s)",
            [days, events.ids],
        )
        self.env.invalidate_all()

    def keep(self, **days):
        """Set for how long events are kept, and delete those that are older."""
        settings = {f"mail_tracking_retention_{name}": value for name, value in days.items()}
        self.env["res.config.settings"].create(settings).set_values()
        self.env["mail.tracking"]._gc_trackings()
        self.env.invalidate_all()

    def test_old_events_go_and_subscription_changes_stay(self):
        events = self.apply(
            self.aldeamo_event(self.trace, "open"),
            self.aldeamo_event(self.trace, "complaint"),
            {"event": "unsubscribed", "type": "SMTP", "email": "ana@example.com"},
        )
        waiting = self.receive(self.aldeamo_event(self.trace, "click"))
        self.age(events | waiting, 31)
        young = self.receive(self.aldeamo_event(self.trace, "sent"))
        young.state = "done"
        self.env["mail.tracking"]._gc_trackings()
        self.assertTrue(events[0].exists(), "within the default retention")
        self.keep(days=30)
        self.assertEqual((events | waiting | young).exists(), events[1:] | waiting | young)

    def test_per_type(self):
        opened, clicked, bounced, delivered = self.apply(
            self.aldeamo_event(self.trace, "open"),
            self.aldeamo_event(self.trace, "click"),
            self.aldeamo_event(self.trace, "bounce", **HARD),
            self.aldeamo_event(self.trace, "sent"),
        )
        everything = opened | clicked | bounced | delivered
        self.age(everything, 31)
        self.keep(days=60, reading_days=30, failure_days=90)
        self.assertEqual(everything.exists(), bounced | delivered)
        self.age(everything.exists(), 31)
        self.keep(days=60, reading_days=30, failure_days=90)
        self.assertEqual(everything.exists(), bounced)
        self.keep(days=60, failure_days=0)
        self.assertFalse(everything.exists(), "like the others, as nothing else is set")

    def test_raw_texts_go_first_but_not_of_what_was_not_understood(self):
        events = self.apply(
            self.aldeamo_event(self.trace, "open"),
            self.aldeamo_event(self.trace, "complaint"),
            "no event",
        )
        self.assertEqual(events.mapped("state"), ["done", "done", "failed"])
        young = self.apply(self.aldeamo_event(self.trace, "click"))
        self.age(events, 31)
        self.keep(days=60)
        self.assertEqual((events | young).filtered("payload"), events[2] | young)
        self.assertEqual(self.trace.trace_status, "open")
        events[0].action_process_again()
        self.run_job()
        self.assertEqual((events[0].state, self.trace.trace_status), ("done", "open"))

    def test_more_than_a_chunk(self):
        events = self.apply(
            *(
                self.aldeamo_event(self.trace, "open", timestamp=f"2026-03-02 07:00:0{second}")
                for second in range(5)
            )
        )
        self.age(events, 200)
        with patch.object(mail_tracking_retention, "CHUNK", 2):
            self.env["mail.tracking"]._gc_trackings()
        self.assertFalse(events.exists())

    def test_goes_on_later_if_it_takes_long(self):
        events = self.apply(
            self.aldeamo_event(self.trace, "open"), self.aldeamo_event(self.trace, "click")
        )
        self.age(events, 200)
        cleaning = self.env.ref("base.autovacuum_job")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cleaning.id)])
        with (
            patch.object(mail_tracking_retention, "CHUNK", 1),
            patch.object(transactions, "CLEANING_TIME", -1),
        ):
            self.env["mail.tracking"]._gc_trackings()
        self.assertEqual(len(events.exists()), 1)
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cleaning.id)]), triggers + 1
        )

    def test_has_bounds(self):
        for name, days in (
            *(("days", days) for days in (0, -1, 5000)),
            *(("reading_days", days) for days in (-1, 5000)),
            *(("failure_days", days) for days in (-1, 5000)),
        ):
            with self.subTest(name=name, days=days), self.assertRaises(ValidationError):
                self.env["res.config.settings"].create({f"mail_tracking_retention_{name}": days})
