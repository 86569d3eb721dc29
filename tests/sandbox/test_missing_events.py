# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import new_test_user, tagged

from lab.sandbox import Step

from ...models.ir_mail_server import missing_events
from .common import SandboxCase


@tagged("post_install", "-at_install")
class TestMissingEvents(SandboxCase):
    """Fetching events that Mailjet has but never posted, or that were lost."""

    provider = "mailjet"

    def setUp(self):
        super().setUp()
        self.server = self.account_server(delivery_rule="event")

    def sent(self, *emails):
        """Return the traces of accepted mails to addresses."""
        mails = self.env["mail.mail"]
        traces = self.env["mailing.trace"]
        for email in emails:
            mail, trace = self.mailing_mail(self.server, email)
            mails |= mail
            traces |= trace
        self.send(mails)
        return traces

    def happens(self, email, *steps, seconds=0):
        """Let steps happen at Mailjet; return the events, which are not posted."""
        at = fields.Datetime.now() + timedelta(seconds=seconds)
        (message,) = (mail for mail in self.mailjet.received if email in mail.recipients)
        aware = at.replace(tzinfo=message.received_at.tzinfo)
        return [event for step in steps for event in self.mailjet.events_for(message, step, aware)]

    def fetch(self, **values):
        dialog = self.env["mail.provider.missing.events"].create(
            {"mail_server_id": self.server.id, **values}
        )
        notice = dialog.action_fetch()
        self.committed()
        self.run_job()
        return notice["params"]

    def events(self, *states):
        domain = [("mail_server_id", "=", self.server.id)]
        if states:
            domain.append(("state", "in", states))
        return self.env["mail.tracking"].search(domain, order="id")

    def test_statuses_follow(self):
        traces = self.sent(*(f"{name}@cliente.example" for name in ("ana", "eva", "leo", "luz")))
        self.assertEqual(set(traces.mapped("trace_status")), {"pending"})
        self.happens("ana@cliente.example", Step.DELIVERED, Step.OPENED)
        self.happens("eva@cliente.example", Step.HARD_BOUNCE)
        self.happens("leo@cliente.example", Step.BLOCKED)
        notice = self.fetch()
        self.assertIn("Missing events fetched from Mailjet: 4.", notice["message"])
        self.assertEqual(traces.mapped("trace_status"), ["open", "bounce", "error", "pending"])
        self.assertIn("knows no such address", traces[1].failure_reason)
        self.assertIn("550 5.1.1", traces[1].failure_reason)
        self.assertEqual(set(self.events().mapped("is_fetched")), {True})
        self.assertEqual(set(self.events().mapped("state")), {"done"})
        self.assertEqual(self.server.missing_events_count, 4)
        self.assertTrue(self.server.missing_events_datetime)
        self.assertFalse(self.server.missing_events_from)
        # No new events.
        before = len(self.mailjet.api.calls)
        self.assertIn("No events are missing", self.fetch()["message"])
        asked = [call.path for call in self.mailjet.api.calls[before:]]
        self.assertFalse([path for path in asked if "history" in path])
        self.assertEqual(len(self.events()), 4)

    def test_complaints_and_unsubscriptions(self):
        self.sent("ana@cliente.example", "eva@cliente.example")
        self.happens("ana@cliente.example", Step.DELIVERED)
        self.happens("ana@cliente.example", Step.COMPLAINED, seconds=5)
        self.happens("eva@cliente.example", Step.DELIVERED)
        self.happens("eva@cliente.example", Step.UNSUBSCRIBED, seconds=5)
        self.fetch()
        blocked = self.env["mail.blacklist"].search([("email", "=like", "%@cliente.example")])
        self.assertEqual(blocked.mapped("email"), ["ana@cliente.example"])
        subscription = self.env["mailing.subscription"].search(
            [("contact_id.email", "=", "eva@cliente.example")]
        )
        self.assertTrue(subscription.opt_out)

    def test_what_was_posted_is_not_applied_twice(self):
        (trace,) = self.sent("ana@cliente.example")
        contact = self.env["mailing.contact"].browse(trace.res_id)
        bounce = self.happens("ana@cliente.example", Step.HARD_BOUNCE)
        self.apply(*bounce)
        self.assertEqual(contact.message_bounce, 1)
        # After a later event, Mailjet is asked; its answer has nothing new.
        self.happens("ana@cliente.example", Step.COMPLAINED, seconds=5)
        self.fetch()
        self.assertEqual(self.events("done").mapped("event_type"), ["bounced", "complained"])
        self.assertEqual(self.events("ignored").mapped("is_fetched"), [True])
        self.assertIn("had already sent this event", self.events("ignored").state_reason)
        self.assertEqual(contact.message_bounce, 1)

    def test_what_is_posted_later_is_not_applied_twice(self):
        (trace,) = self.sent("ana@cliente.example")
        contact = self.env["mailing.contact"].browse(trace.res_id)
        bounce = self.happens("ana@cliente.example", Step.HARD_BOUNCE)
        self.fetch()
        self.assertEqual((contact.message_bounce, trace.trace_status), (1, "bounce"))
        posted = self.apply(*bounce)
        self.assertEqual((posted.state, posted.is_fetched), ("ignored", False))
        self.assertIn("had already fetched this event", posted.state_reason)
        self.assertEqual(contact.message_bounce, 1)

    def test_posted_and_fetched_at_once(self):
        (trace,) = self.sent("ana@cliente.example")
        contact = self.env["mailing.contact"].browse(trace.res_id)
        bounce = self.happens("ana@cliente.example", Step.HARD_BOUNCE)
        dialog = self.env["mail.provider.missing.events"].create({"mail_server_id": self.server.id})
        dialog.action_fetch()
        self.receive(*bounce)
        self.run_job()
        self.assertEqual(self.events("done").mapped("is_fetched"), [False])
        self.assertEqual(contact.message_bounce, 1)
        self.events().action_process_again()
        self.run_job()
        self.assertEqual(self.events("done").mapped("is_fetched"), [False])
        self.assertEqual(trace.trace_status, "bounce")

    def test_each_opening_counts(self):
        (trace,) = self.sent("ana@cliente.example")
        self.happens("ana@cliente.example", Step.DELIVERED)
        posted = self.happens("ana@cliente.example", Step.OPENED, seconds=2)
        self.happens("ana@cliente.example", Step.OPENED, seconds=4)
        self.happens("ana@cliente.example", Step.CLICKED, seconds=6)
        self.apply(*posted)
        self.fetch()
        self.assertEqual(
            sorted(self.events("done").mapped("event_type")),
            ["clicked", "delivered", "opened", "opened"],
        )
        self.assertEqual(len(self.events("ignored")), 1)
        self.assertTrue(trace.links_click_datetime)

    def test_others_in_the_account_are_left_alone(self):
        self.sent("ana@cliente.example")
        elsewhere = self.account_server(name="elsewhere")
        self.send(self.mail(elsewhere, "eva@cliente.example"))
        self.env["mail.delivery"].search([("recipient", "=", "eva@cliente.example")]).token = "x"
        self.happens("eva@cliente.example", Step.DELIVERED)
        self.assertIn("No events are missing", self.fetch()["message"])
        self.assertFalse(self.events())

    def test_period(self):
        self.sent("ana@cliente.example")
        self.happens("ana@cliente.example", Step.DELIVERED)
        now = fields.Datetime.now()
        day = timedelta(days=1)
        notice = self.fetch(date_from=now - 3 * day, date_until=now - 2 * day)
        self.assertIn("No email was sent through this account", notice["message"])
        with self.assertRaisesRegex(UserError, "must be before its end"):
            self.fetch(date_from=now, date_until=now - day)
        with self.assertRaisesRegex(UserError, "at most 30 days"):
            self.fetch(date_from=now - 40 * day, date_until=now)
        self.assertIn("fetched from Mailjet: 1.", self.fetch(date_from=now - day)["message"])

    def test_errors_are_told(self):
        self.sent("ana@cliente.example")
        self.mailjet.api.revoke()
        with self.assertRaisesRegex(UserError, "doesn't accept the API key"):
            self.fetch()

    def test_rest_is_fetched_by_the_job(self):
        emails = [f"p{number}@cliente.example" for number in range(5)]
        traces = self.sent(*emails)
        for email in emails:
            self.happens(email, Step.DELIVERED)
        now = fields.Datetime.now()
        self.server._begin_fetching(now - timedelta(hours=1), now + timedelta(minutes=1))
        clock = SimpleNamespace(monotonic=iter(range(100)).__next__)
        with patch.object(missing_events, "time", clock):
            self.server._fetch_step(1)
        self.assertEqual(self.server.missing_events_count, 2)
        self.assertEqual(self.server.missing_events_position, 2)
        # Both are not asked for again, although they have not been applied yet.
        before = len(self.mailjet.api.calls)
        self.env["ir.mail_server"]._cron_fetch_missing_events()
        asked = [call.path for call in self.mailjet.api.calls[before:]]
        self.assertEqual(len([path for path in asked if "history" in path]), 3)
        self.assertEqual(self.server.missing_events_count, 5)
        self.assertFalse(self.server.missing_events_from)
        self.run_job()
        self.assertEqual(set(traces.mapped("trace_status")), {"sent"})

    def run_daily(self):
        self.env["ir.mail_server"]._cron_fetch_missing_events()
        self.run_job()

    def test_daily_where_the_webhook_was_silent(self):
        (talkative,) = self.sent("eva@cliente.example")
        self.apply(*self.happens("eva@cliente.example", Step.DELIVERED))
        self.let_time_pass(hours=5)
        (trace,) = self.sent("ana@cliente.example")
        self.happens("ana@cliente.example", Step.DELIVERED)
        self.run_daily()
        self.assertEqual(trace.trace_status, "pending")  # it may still be posted
        self.env.flush_all()
        accepted = "UPDATE mail_delivery SET accepted_at = called_at - interval '2 hours'"
        self.env.cr.execute(accepted)
        self.env.invalidate_all()
        self.run_daily()
        self.assertEqual((talkative.trace_status, trace.trace_status), ("sent", "sent"))
        # Only once a day.
        self.happens("ana@cliente.example", Step.OPENED, seconds=9)
        before = len(self.mailjet.api.calls)
        self.run_daily()
        self.assertEqual(len(self.mailjet.api.calls), before)

    def test_no_webhook_no_job(self):
        (trace,) = self.sent("ana@cliente.example")
        self.happens("ana@cliente.example", Step.DELIVERED)
        self.let_time_pass(hours=3)
        self.env.cr.execute(
            "UPDATE mail_delivery SET accepted_at = accepted_at - interval '3 hours'"
        )
        before = len(self.mailjet.api.calls)
        self.run_daily()
        self.assertEqual(trace.trace_status, "pending")
        self.assertEqual(len(self.mailjet.api.calls), before)

    def test_fetching_is_no_sign_of_life(self):
        self.server.delivery_rule = "auto"
        self.sent("ana@cliente.example")
        self.happens("ana@cliente.example", Step.DELIVERED)
        self.fetch()
        self.assertTrue(self.events())
        self.assertFalse(self.server._is_webhook_alive())
        self.assertFalse(self.server.tracking_last_datetime)

    def test_only_administrators(self):
        marketer = new_test_user(
            self.env, "m", groups="base.group_user,mass_mailing.group_mass_mailing_user"
        )
        dialogs = self.env["mail.provider.missing.events"].with_user(marketer)
        with self.assertRaises(AccessError):
            dialogs.create({"mail_server_id": self.server.id})
