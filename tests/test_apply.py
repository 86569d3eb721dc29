# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tools import mute_logger

from ..models.mail_tracking import apply as mail_tracking_job
from .common import ProviderTransactionCase

HARD = {"status": "Rebote duro", "response": "550 5.1.1 no such user"}
SOFT = {"status": "Rebote suave", "response": "452 4.2.2 mailbox full"}


class TestApplyToTraces(ProviderTransactionCase):
    def test_each_event(self):
        for event, values, status in (
            ("sent", {}, "sent"),
            ("open", {}, "open"),
            ("click", {"destination": "https://example.com"}, "open"),
            ("bounce", HARD, "bounce"),
            ("bounce", SOFT, "bounce"),
            ("complaint", {}, "sent"),
        ):
            for start in ("pending", "sent", "error"):
                with self.subTest(event=event, values=values, start=start):
                    trace = self.make_trace(f"{event}.{start}@example.com", start)
                    record = self.apply(self.aldeamo_event(trace, event, **values))
                    self.assertEqual(record.state, "done")
                    self.assertEqual(record.mailing_trace_id, trace)
                    self.assertEqual(record.mass_mailing_id, self.mailing)
                    self.assertEqual(trace.trace_status, status)

    def test_times_are_the_events(self):
        trace = self.make_trace("ana@example.com", "error")
        self.apply(
            self.aldeamo_event(trace, "click", timestamp="2026-03-02 09:00:00"),
            self.aldeamo_event(trace, "click", timestamp="2026-03-02 10:00:00"),
            self.aldeamo_event(trace, "open", timestamp="2026-03-02 08:00:00"),
            self.aldeamo_event(trace, "sent", timestamp="2026-03-02 07:00:00"),
        )
        at = fields.Datetime.to_datetime
        self.assertEqual(trace.sent_datetime, trace.mail_delivery_ids.accepted_at)
        self.assertEqual(trace.mail_delivery_ids.delivered_at, at("2026-03-02 12:00:00"))
        self.assertEqual(trace.open_datetime, at("2026-03-02 13:00:00"))
        self.assertEqual(trace.links_click_datetime, at("2026-03-02 15:00:00"))

    def test_clicks_go_through_odoos_setter(self):
        trace = self.make_trace("ana@example.com")
        click = self.aldeamo_event(trace, "click")
        trace_class = type(trace)
        with patch.object(
            trace_class, "set_clicked", autospec=True, side_effect=trace_class.set_clicked
        ) as set_clicked:
            self.apply(click)
            self.assertEqual(set_clicked.call_args.args[0], trace)
            self.apply(self.aldeamo_event(trace, "open"))
            self.assertFalse(set_clicked.call_args.args[0], "no new click")
        self.assertEqual(
            trace.links_click_datetime, fields.Datetime.to_datetime("2026-03-02 12:00:00")
        )

    def test_what_odoo_saw_itself_stays(self):
        at = fields.Datetime.to_datetime
        trace = self.make_trace("ana@example.com", sent_datetime="2026-03-02 11:59:00")
        trace.write({"trace_status": "open", "open_datetime": "2026-03-02 12:30:00"})
        self.apply(
            self.aldeamo_event(trace, "sent"),
            self.aldeamo_event(trace, "open", timestamp="2026-03-02 09:00:00"),
        )
        self.assertEqual(trace.sent_datetime, at("2026-03-02 11:59:00"))
        self.assertEqual(trace.open_datetime, at("2026-03-02 12:30:00"))

    def test_ladder(self):
        for events, status in (
            (("bounce hard", "open"), "bounce"),
            (("open", "bounce hard"), "bounce"),
            (("open", "sent"), "open"),
            (("bounce soft", "sent"), "sent"),
            (("sent", "bounce soft"), "sent"),
            (("bounce soft", "open"), "open"),
            (("bounce soft", "bounce hard"), "bounce"),
        ):
            with self.subTest(events=events):
                trace = self.make_trace(f"{'.'.join(events).replace(' ', '-')}@example.com")
                for event in events:
                    name, _space, kind = event.partition(" ")
                    values = {"hard": HARD, "soft": SOFT}.get(kind, {})
                    self.apply(self.aldeamo_event(trace, name, **values))
                self.assertEqual(trace.trace_status, status)
                self.assertEqual(trace.failure_type, "mail_bounce" if status == "bounce" else False)
                if status == "bounce":
                    self.assertEqual(trace.failure_reason, HARD["response"])
                else:
                    self.assertFalse(trace.failure_reason)

    def test_reply_and_cancel_stay(self):
        for status in ("reply", "cancel"):
            trace = self.make_trace(f"{status}@example.com", status)
            self.apply(
                self.aldeamo_event(trace, "bounce", **HARD), self.aldeamo_event(trace, "open")
            )
            self.assertEqual(trace.trace_status, status)

    def test_bounce_message_that_odoo_got_itself_stays(self):
        trace = self.make_trace("ana@example.com")
        trace.set_bounced(bounce_message="Mailbox unknown")
        self.apply(self.aldeamo_event(trace, "sent"), self.aldeamo_event(trace, "open"))
        self.assertEqual((trace.trace_status, trace.failure_reason), ("bounce", "Mailbox unknown"))

    def test_statistics_of_the_mailing(self):
        for index, events in enumerate(
            (["sent"], ["sent", "open"], ["sent", "open", "click"], ["bounce"])
        ):
            trace = self.make_trace(f"{index}@example.com")
            for event in events:
                self.apply(self.aldeamo_event(trace, event, **(HARD if event == "bounce" else {})))
        mailing = self.mailing
        self.assertEqual(
            (mailing.expected, mailing.delivered, mailing.opened, mailing.clicked, mailing.bounced),
            (4, 3, 2, 1, 1),
        )
        self.assertEqual(mailing.clicks_ratio, 25)
        self.assertTrue(mailing.last_email_status)
        emails = self.env["mail.delivery"].search(mailing.action_view_deliveries()["domain"])
        self.assertEqual(len(emails), 4)
        self.assertEqual(len(emails.mail_tracking_ids), 7)

    def test_mail_that_was_accepted_without_an_id(self):
        """The answer of the API was malformed: the events have an unknown id."""
        trace = self.make_trace("ana@example.com")
        delivery = trace.mail_delivery_ids
        delivery.write(
            {
                "transport": "api",
                "provider_message_id": False,
                "subject": "Hola",
                "called_at": "2026-03-02 06:00:00",
            }
        )
        opened = self.aldeamo_event(trace, "open", subject="Hola", msgid="m-1", custom_headers={})
        [event] = self.apply(opened)
        self.assertEqual((event.delivery_id, event.state), (delivery, "done"))
        self.assertEqual((delivery.provider_message_id, delivery.status), ("m-1", "open"))

    def test_retried_mailing_keeps_its_events(self):
        trace = self.make_trace("ana@example.com")
        event = self.apply(self.aldeamo_event(trace, "bounce", **HARD))
        trace.unlink()
        self.assertTrue(event.exists())
        self.assertFalse(event.mailing_trace_id)


class TestWaiting(ProviderTransactionCase):
    def due(self, event):
        """Move the retry time of an event into the past."""
        event.retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()

    def age(self, event, **delta):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_tracking SET create_date = %s, retry_at = NULL WHERE id = %s",
            [fields.Datetime.now() - timedelta(**delta), event.id],
        )
        self.env.invalidate_all()

    def test_until_another_event_names_its_mail(self):
        trace = self.make_trace("ana@example.com")
        click = self.apply(self.aldeamo_event(trace, "click", custom_headers={}, msgid="d3f26a70"))
        self.assertEqual(click.state, "pending")
        self.apply(self.aldeamo_event(trace, "sent", msgid="d3f26a70"))
        self.due(click)
        self.run_job()
        self.assertEqual((click.state, click.mailing_trace_id), ("done", trace))
        self.assertTrue(trace.links_click_datetime)

    def test_for_an_unknown_mail_an_hour(self):
        event = self.apply({"event": "open", "type": "SMTP", "msgid": "x", "email": "a@b.example"})
        self.assertEqual(event.state, "pending")
        self.age(event, hours=2)
        self.run_job()
        self.assertEqual((event.state, event.is_unmatched), ("ignored", True))
        self.assertIn("belongs to no email that this database", event.state_reason)

    def test_waits_longer_and_longer(self):
        event = self.apply({"event": "open", "type": "SMTP", "msgid": "x", "email": "a@b.example"})
        waits = []
        for minutes in (0, 6, 18, 50):
            self.age(event, minutes=minutes)
            self.run_job()
            waits.append(event.retry_at - fields.Datetime.now())
        self.assertEqual(waits, sorted(waits))
        self.assertGreater(waits[1], waits[0])
        self.assertLessEqual(waits[-1], timedelta(minutes=15))

    def test_not_for_a_token_that_nobody_knows(self):
        """For example, of a deleted email, or of one sent after the backup was made."""
        trace = self.make_trace("ana@example.com")
        unknown = {"custom_headers": {"x-odoo-reference": "0123456789abcdefghijkl"}}
        event = self.apply(self.aldeamo_event(trace, "open", **unknown))
        self.assertEqual((event.state, event.is_unmatched), ("ignored", True))
        self.assertIn("belongs to no email that this database", event.state_reason)
        self.assertEqual(trace.trace_status, "sent")

    def test_effects_on_the_address_need_no_email(self):
        trace = self.make_trace("ana@example.com")
        contact = self.env["mailing.contact"].browse(trace.res_id)
        unknown = {"custom_headers": {"x-odoo-reference": "0123456789abcdefghijkl"}}
        bounce, complaint = self.apply(
            self.aldeamo_event(trace, "bounce", **HARD, **unknown),
            self.aldeamo_event(trace, "complaint", **unknown),
        )
        self.assertEqual((bounce.state, complaint.state), ("done", "done"))
        self.assertEqual(contact.message_bounce, 1)
        self.assertTrue(contact.is_blacklisted)
        self.assertEqual(trace.trace_status, "sent", "it is another email")

    def test_not_for_events_that_name_no_mail(self):
        event = self.apply({"event": "open", "type": "SMTP", "email": "a@b.example"})
        self.assertEqual(event.state, "ignored")
        campaign = self.apply({"event": "open", "type": "Email marketing", "campid": "1"})
        self.assertEqual((campaign.state, campaign.is_unmatched), ("ignored", False))
        self.assertIn("campaign", campaign.state_reason)


class TestBounces(ProviderTransactionCase):
    def test_hard_bounce_raises_the_counter_once_per_mail(self):
        trace = self.make_trace("ana@example.com")
        contact = self.env["mailing.contact"].browse(trace.res_id)
        for minute in range(3):
            timestamp = f"2026-03-02 07:0{minute}:00"
            self.apply(self.aldeamo_event(trace, "bounce", timestamp=timestamp, **HARD))
        self.assertEqual(contact.message_bounce, 1)
        again = self.make_trace("ana@example.com")
        self.apply(self.aldeamo_event(again, "bounce", **HARD))
        self.assertEqual(contact.message_bounce, 2)

    def test_soft_bounce_leaves_the_address_alone(self):
        trace = self.make_trace("ana@example.com")
        self.apply(self.aldeamo_event(trace, "bounce", **SOFT))
        contact = self.env["mailing.contact"].browse(trace.res_id)
        self.assertEqual(contact.message_bounce, 0)

    def test_odoo_blacklists_who_bounces_again_and_again(self):
        traces = [self.make_trace("ana@example.com") for _index in range(5)]
        contacts = self.env["mailing.contact"].search([("email", "=", "ana@example.com")])
        for trace in traces[:4]:
            self.apply(self.aldeamo_event(trace, "bounce", **HARD))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_trace SET write_date = write_date - interval '8 days' WHERE id = %s",
            [traces[0].id],
        )
        self.assertFalse(contacts[0].is_blacklisted)
        self.apply(self.aldeamo_event(traces[4], "bounce", **HARD))
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", "ana@example.com")]))

    def test_bounce_in_a_campaign_of_the_providers_own(self):
        contact = self.make_contact("ana@example.com")
        event = self.apply(
            {
                "event": "bounce",
                "type": "Email marketing",
                "campid": "7",
                "to": "ana@example.com",
                **HARD,
            }
        )
        self.assertEqual(event.state, "done")
        self.assertEqual(contact.message_bounce, 1)


class TestChatter(ProviderTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record, cls.ana, cls.eva = cls.env["res.partner"].create(
            [
                {"name": "Record"},
                {"name": "Ana", "email": "ana@example.com"},
                {"name": "Eva", "email": "Eva <EVA@example.com>"},
            ]
        )
        cls.message = cls.record.message_post(
            body="Hello", partner_ids=(cls.ana | cls.eva).ids, message_type="comment"
        )
        cls.notifications = cls.message.notification_ids
        cls.notifications.write({"notification_status": "sent"})
        cls.deliveries = {
            partner: cls.make_delivery(
                partner.email_normalized, mail_message_id=cls.message.id, partner_id=partner.id
            )
            for partner in cls.ana | cls.eva
        }

    def event(self, partner, event, **values):
        return {
            "type": "SMTP",
            "event": event,
            "email": partner.email_normalized,
            "timestamp": "2026-03-02 07:00:00",
            "custom_headers": {"x-odoo-reference": self.deliveries[partner].token},
            **values,
        }

    def status(self, partner):
        notification = self.notifications.filtered(lambda n: n.res_partner_id == partner)
        return notification.notification_status, notification.failure_type

    def test_bounce_shows_at_its_recipient_only(self):
        event = self.apply(self.event(self.eva, "bounce", **HARD))
        self.assertEqual((event.state, event.partner_id), ("done", self.eva))
        self.assertEqual(self.status(self.eva), ("bounce", "mail_bounce"))
        self.assertEqual(self.status(self.ana), ("sent", False))

    def test_bounce_of_a_copy_changes_nobody_elses_status(self):
        """A bounced blind copy counts only for its own address."""
        salesman = self.env["res.partner"].create({"name": "Leo", "email": "leo@example.com"})
        event = self.apply(self.event(self.ana, "bounce", email="leo@example.com", **HARD))
        self.assertEqual(event.delivery_id, self.deliveries[self.ana])
        self.assertEqual(self.status(self.ana), ("sent", False))
        self.assertEqual((salesman.message_bounce, self.ana.message_bounce), (1, 0))
        opened = self.apply(self.event(self.ana, "open", email="leo@example.com"))
        self.assertEqual(opened.state, "ignored")
        self.assertIn("another recipient", opened.state_reason)
        self.assertEqual(self.deliveries[self.ana].status, "pending")

    def test_first_attempt_decides_no_more(self):
        """After a second attempt, a repeated bounce of the first one has no effect."""
        self.apply(self.event(self.ana, "bounce", **HARD))
        self.assertEqual(self.status(self.ana), ("bounce", "mail_bounce"))
        first = self.deliveries[self.ana]
        again = self.make_delivery(
            "ana2@example.com", mail_message_id=self.message.id, partner_id=self.ana.id
        )
        self.notifications.write({"notification_status": "process", "failure_type": False})
        self.apply(self.event(self.ana, "bounce", timestamp="2026-03-02 09:00:00", **HARD))
        self.assertEqual(self.status(self.ana), ("process", False))
        self.deliveries[self.ana] = again
        self.apply(self.event(self.ana, "sent", email="ana2@example.com"))
        self.assertEqual(self.status(self.ana), ("sent", False))
        self.deliveries[self.ana] = first

    def test_envelope_in_the_chatter_is_updated(self):
        with patch.object(
            type(self.message), "_notify_message_notification_update", autospec=True
        ) as update:
            self.apply(self.event(self.ana, "bounce", **HARD))
            self.assertEqual(update.call_args.args[0], self.message)

    def test_ladder(self):
        self.apply(self.event(self.ana, "bounce", **SOFT))
        self.assertEqual(self.status(self.ana), ("bounce", "mail_bounce"))
        self.apply(self.event(self.ana, "sent"))
        self.assertEqual(self.status(self.ana), ("sent", False))
        self.apply(self.event(self.ana, "bounce", **HARD))
        self.apply(self.event(self.ana, "open"))
        self.assertEqual(self.status(self.ana), ("bounce", "mail_bounce"))

    def test_what_waits_to_be_sent_again_stays(self):
        self.notifications.write({"notification_status": "ready"})
        self.apply(self.event(self.ana, "bounce", **HARD))
        self.assertEqual(self.status(self.ana), ("ready", False))


class TestIsolation(ProviderTransactionCase):
    @mute_logger(mail_tracking_job.__name__)
    def test_a_poison_event_stops_no_other(self):
        traces = [self.make_trace(f"{index}@example.com") for index in range(5)]
        poison = traces[2]
        trace_class = type(self.env["mailing.trace"])
        set_opened = trace_class.set_opened

        def fail_on_poison(traces, domain=None):
            if poison in traces:
                raise ZeroDivisionError("poison")
            return set_opened(traces, domain)

        with patch.object(trace_class, "set_opened", fail_on_poison):
            events = self.apply(*(self.aldeamo_event(trace, "open") for trace in traces))
        self.assertEqual(events.mapped("state"), ["done", "done", "failed", "done", "done"])
        self.assertEqual(events[2].state_reason, "ZeroDivisionError: poison")
        self.assertEqual(
            [trace.trace_status for trace in traces], ["open", "open", "sent", "open", "open"]
        )
        events[2].action_process_again()
        self.run_job()
        self.assertEqual((events[2].state, poison.trace_status), ("done", "open"))

    @mute_logger(mail_tracking_job.__name__)
    def test_an_error_of_the_database_is_poison_too(self):
        trace = self.make_trace("ana@example.com")
        error = psycopg2.errors.ProgramLimitExceeded("index row size exceeds")
        with patch.object(type(trace), "set_opened", side_effect=error):
            event = self.apply(self.aldeamo_event(trace, "open"))
        self.assertEqual(event.state, "failed")

    def test_more_than_a_chunk(self):
        traces = [self.make_trace(f"{index}@example.com") for index in range(7)]
        with patch.object(mail_tracking_job, "CHUNK", 3):
            events = self.apply(*(self.aldeamo_event(trace, "open") for trace in traces))
        self.assertEqual(set(events.mapped("state")), {"done"})

    def test_process_again_keeps_what_is_still_not_understood(self):
        self.env["mail.tracking"]._receive(self.server.id, "aldeamo", b"no json")
        event = self.env["mail.tracking"].search([("payload", "=", "no json")])
        event.action_process_again()
        self.run_job()
        self.assertEqual(event.state, "failed")
        self.assertIn("Not valid JSON", event.state_reason)

    def test_unknown_kind_of_event(self):
        event = self.apply({"event": "invented", "type": "SMTP"})
        self.assertEqual((event.event_type, event.state), ("unknown", "ignored"))

    def test_process_again_reads_the_raw_text_again(self):
        trace = self.make_trace("ana@example.com")
        event = self.apply(self.aldeamo_event(trace, "invented"))
        event.payload = event.payload.replace("invented", "open")
        event.action_process_again()
        self.run_job()
        self.assertEqual((event.event_type, event.state), ("opened", "done"))
        self.assertEqual(trace.trace_status, "open")
