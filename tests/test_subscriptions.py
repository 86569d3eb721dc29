# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import datetime, timedelta

from odoo import fields

from .common import ProviderTransactionCase
from .test_apply import HARD

EMAIL = "ana@example.com"


class SubscriptionCase(ProviderTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.make_contact(EMAIL)
        cls.subscription = cls.contact.subscription_ids

    @classmethod
    def by_hand(cls, record, **delta):
        """Change `record` manually, some time from now."""
        record.manual_datetime = fields.Datetime.now() + timedelta(**delta)

    def subscription_event(self, kind, timestamp="2026-03-02 07:00:00", **values):
        return {
            "event": "unsubscribed",
            "type": "SMTP",
            "subscription_type": f"domain subscription {kind}",
            "email": EMAIL,
            "timestamp": timestamp,
            **values,
        }

    def complaint(self, timestamp="2026-03-02 07:00:00", **values):
        return {
            "event": "complaint",
            "campid": "SMTP",
            "email": EMAIL,
            "timestamp": timestamp,
            **values,
        }

    def categories(self, timestamp="2026-03-02 07:00:00", **categories):
        return {
            "event": "unsubscribed",
            "type": "SMTP",
            "subscription_type": "domain category update",
            "email": EMAIL,
            "categories": categories,
            "timestamp": timestamp,
        }

    def mailjet_unsub(self, trace, time):
        """Receive an unsubscription with its mail, which Aldeamo's never have."""
        payload = {
            "event": "unsub",
            "email": EMAIL,
            "time": int(time.timestamp()),
            "CustomID": self.token_of(trace),
        }
        self.env["mail.tracking"]._receive(self.server.id, "mailjet", json.dumps(payload).encode())
        self.run_job()
        return self.env["mail.tracking"].search([], order="id DESC", limit=1)

    def entry(self):
        return (
            self.env["mail.blacklist"]
            .with_context(active_test=False)
            .search([("email", "=", EMAIL)])
        )


class TestSubscriptions(SubscriptionCase):
    def test_complaint_blacklists_and_is_about_the_last_mail(self):
        self.make_trace(EMAIL, sent_datetime="2026-02-20 00:00:00")
        trace = self.make_trace(EMAIL, sent_datetime="2026-03-01 00:00:00")
        self.make_trace(EMAIL, sent_datetime="2026-03-03 00:00:00")
        event = self.apply(self.complaint(subject="Test message subject"))
        self.assertEqual(event.mailing_trace_id, trace)
        self.assertTrue(self.entry().active)
        self.assertEqual(self.entry().opt_out_reason_id.name, "Reported an email as spam")
        self.assertFalse(self.subscription.opt_out)

    def test_complaint_about_an_unknown_mail(self):
        self.make_trace(EMAIL, sent_datetime="2025-01-01 00:00:00")
        for subject in ("Test message subject", "Another", None):
            event = self.apply(self.complaint(subject=subject))
            self.assertFalse(event.mailing_trace_id)
            self.assertEqual(event.state, "done")
        self.assertTrue(self.entry().active)

    def test_cancelled_and_reactivated(self):
        self.apply(self.subscription_event("cancelled", reason="Demasiados correos"))
        self.assertTrue(self.entry().active)
        self.assertEqual(self.entry().opt_out_words, "Demasiados correos")
        self.apply(self.subscription_event("reactivated", "2026-03-02 08:00:00"))
        self.assertFalse(self.entry().active)
        self.apply(self.subscription_event("cancelled", "2026-03-02 07:30:00"))
        self.assertFalse(self.entry().active, "older than the reactivation")
        self.apply(self.subscription_event("cancelled", "2026-03-02 09:00:00"))
        self.assertTrue(self.entry().active)

    def test_reactivated_does_not_undo_a_complaint(self):
        self.apply(
            self.complaint(),
            self.subscription_event("cancelled", "2026-03-02 08:00:00"),
            self.subscription_event("reactivated", "2026-03-02 09:00:00"),
        )
        self.assertTrue(self.entry().active)

    def test_reactivated_does_not_undo_what_somebody_did_by_hand(self):
        entry = self.env["mail.blacklist"]._add(EMAIL)
        self.by_hand(entry, days=-300)
        self.apply(
            self.subscription_event("cancelled"),
            self.subscription_event("reactivated", "2026-03-02 09:00:00"),
        )
        self.assertTrue(entry.active)

    def test_what_was_undone_by_hand_is_not_done_again_by_an_old_event(self):
        event = self.apply(self.complaint())
        self.entry().action_archive()
        event.action_process_again()
        self.run_job()
        self.assertFalse(self.entry().active)
        older = self.apply(self.complaint("2026-03-01 07:00:00"))
        self.assertEqual(older.state, "ignored")
        self.assertIn("manually", older.state_reason)
        self.assertFalse(self.entry().active)
        now = fields.Datetime.now() + timedelta(hours=-5, minutes=1)
        self.apply(self.complaint(fields.Datetime.to_string(now)))
        self.assertTrue(self.entry().active, "a new complaint counts")

    def test_categories_are_lists_of_the_same_name(self):
        self.apply(self.categories(CATEGORY1="cancelled"))
        self.assertTrue(self.subscription.opt_out)
        self.assertEqual(
            self.subscription.opt_out_datetime, fields.Datetime.to_datetime("2026-03-02 12:00:00")
        )
        self.apply(self.categories("2026-03-02 06:00:00", Category1="active"))
        self.assertTrue(self.subscription.opt_out, "an older event")
        self.apply(self.categories("2026-03-02 08:00:00", Category1="active"))
        self.assertFalse(self.subscription.opt_out)
        self.assertFalse(self.entry())

    def test_categories_without_a_list(self):
        event = self.apply(self.categories(Ofertas="cancelled"))
        self.assertEqual(event.state, "ignored")
        self.assertIn("Ofertas", event.state_reason)

    def test_nobody_is_put_on_a_list(self):
        self.env["mailing.list"].create({"name": "Ofertas"})
        self.apply(self.categories(Ofertas="active"))
        self.assertEqual(self.contact.list_ids, self.mailing_list)

    def test_unsubscribing_from_a_mailing_is_from_its_lists(self):
        other = self.env["mailing.list"].create({"name": "Other"})
        contact = self.make_contact(EMAIL, other)
        trace = self.make_trace(EMAIL)
        event = self.mailjet_unsub(trace, fields.Datetime.now())
        self.assertTrue(event.applies_to_mailing_lists)
        self.assertTrue(self.subscription.opt_out)
        self.assertFalse(contact.subscription_ids.opt_out)
        self.assertFalse(self.entry())

    def test_unsubscribing_from_a_mailing_without_lists_blacklists(self):
        self.mailing.mailing_model_id = self.env["ir.model"]._get("res.partner")
        trace = self.make_trace(EMAIL)
        self.mailjet_unsub(trace, fields.Datetime.now())
        self.assertTrue(self.entry().active)

    def test_what_was_changed_by_hand_is_not_changed_by_an_old_event(self):
        trace = self.make_trace(EMAIL)
        self.by_hand(self.subscription, seconds=-1)
        self.mailjet_unsub(trace, fields.Datetime.now() - timedelta(days=1))
        self.assertFalse(self.subscription.opt_out)
        self.mailjet_unsub(trace, fields.Datetime.now() + timedelta(minutes=1))
        self.assertTrue(self.subscription.opt_out)

    def test_changing_by_hand_is_noted(self):
        self.assertFalse(self.subscription.manual_datetime)
        self.subscription.opt_out = True
        self.assertTrue(self.subscription.manual_datetime)
        entry = self.env["mail.blacklist"]._add(EMAIL)
        self.assertTrue(entry.manual_datetime and entry.is_manual_block)
        entry.action_archive()
        self.assertFalse(entry.is_manual_block)
        self.apply(self.complaint(fields.Datetime.to_string(fields.Datetime.now())))
        self.assertTrue(entry.active)
        self.assertFalse(entry.is_manual_block)

    def test_hand_made_change_stands_however_events_fall_into_runs(self):
        later = [
            fields.Datetime.to_string(fields.Datetime.now() + timedelta(hours=-5, minutes=minute))
            for minute in (1, 2)
        ]
        for runs in (1, 2):
            with self.subTest(runs=runs):
                self.env["mail.tracking"].search([]).unlink()
                self.apply(self.complaint(subject=str(runs)))
                self.entry().action_archive()
                events = [
                    self.subscription_event("cancelled", later[0]),
                    self.subscription_event("reactivated", later[1]),
                ]
                if runs == 1:
                    self.apply(*events)
                else:
                    self.apply(events[0])
                    self.assertTrue(self.entry().active)
                    self.apply(events[1])
                self.assertFalse(self.entry().active)

    def test_complaint_about_an_email_that_is_not_known_counts(self):
        """After a restore, or if the email was deleted, the address is still blocked."""
        unknown = {"x-odoo-reference": "0123456789abcdefghijkl"}
        event = self.apply(self.complaint(custom_headers=unknown))
        self.assertEqual((event.state, event.is_unmatched), ("done", False))
        self.assertFalse(event.delivery_id)
        self.assertTrue(self.entry().active)

    def test_archived_lists_are_left_too(self):
        trace = self.make_trace(EMAIL)
        self.mailing_list.active = False
        event = self.mailjet_unsub(trace, fields.Datetime.now())
        self.assertTrue(event.applies_to_mailing_lists)
        self.assertTrue(self.subscription.opt_out)
        self.assertFalse(self.entry())

    def test_processed_again_changes_nothing(self):
        event = self.apply(self.subscription_event("cancelled"))
        event.action_process_again()
        self.run_job()
        self.assertEqual(event.state, "done")
        self.apply(self.subscription_event("reactivated", "2026-03-02 08:00:00"))
        self.assertFalse(self.entry().active)

    def test_event_without_time_does_not_become_new_by_processing_it_again(self):
        event = self.apply(self.subscription_event("cancelled", timestamp="soon"))
        self.assertTrue(self.entry().active)
        received = fields.Datetime.now() - timedelta(days=1)
        event.occurred_at = received
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_tracking SET create_date = %s WHERE id = %s", [received, event.id]
        )
        self.env.invalidate_all()
        self.entry().action_archive()
        event.action_process_again()
        self.run_job()
        self.assertFalse(self.entry().active)
        self.assertEqual(event.occurred_at, received)


class TestNoEffect(SubscriptionCase):
    """An event without effect says so; the mail, too, identifies who unsubscribes."""

    def test_address_corrected_after_sending_lists(self):
        trace = self.make_trace(EMAIL)
        contact = self.env["mailing.contact"].browse(trace.res_id)
        contact.email = "ana.nueva@example.com"
        event = self.mailjet_unsub(trace, fields.Datetime.now())
        self.assertTrue(contact.subscription_ids.opt_out)
        self.assertEqual((event.state, event.state_reason), ("done", False))

    def test_address_corrected_after_sending_blacklist(self):
        self.mailing.mailing_model_id = self.env["ir.model"]._get("res.partner")
        partner = self.env["res.partner"].create({"name": "Ana", "email": EMAIL})
        trace = self.make_trace(EMAIL, model="res.partner", res_id=partner.id)
        partner.email = "ana.nueva@example.com"
        self.mailjet_unsub(trace, fields.Datetime.now())
        self.assertTrue(partner.is_blacklisted)
        self.assertTrue(self.entry().active)

    def test_address_corrected_after_sending_in_any_order(self):
        self.mailing.mailing_model_id = self.env["ir.model"]._get("res.partner")
        new = "ana.nueva@example.com"
        for order in (1, -1):
            with self.subTest(order=order):
                partner = self.env["res.partner"].create({"name": "Ana", "email": EMAIL})
                trace = self.make_trace(EMAIL, model="res.partner", res_id=partner.id)
                partner.email = new
                steps = [
                    lambda trace=trace: self.mailjet_unsub(trace, datetime(2026, 3, 2, 12)),
                    lambda order=order: self.apply(
                        self.subscription_event(
                            "reactivated", "2026-03-02 08:00:00", email=new, subject=str(order)
                        )
                    ),
                ]
                for step in steps[::order]:
                    step()
                self.assertFalse(partner.is_blacklisted)
                self.assertTrue(self.entry().active)
                self.env["mail.tracking"].search([]).unlink()
                self.env["mail.blacklist"].with_context(active_test=False).search([]).unlink()

    def test_somebody_in_copy_does_not_unsubscribe_the_contact(self):
        trace = self.make_trace("leo@example.com")
        contact = self.env["mailing.contact"].browse(trace.res_id)
        event = self.mailjet_unsub(trace, fields.Datetime.now())
        self.assertFalse(contact.subscription_ids.opt_out)
        self.assertTrue(self.subscription.opt_out, "who unsubscribed is on the list, too")
        self.assertEqual(event.state, "done")

    def test_nobody_on_the_lists(self):
        trace = self.make_trace("leo@example.com")
        self.contact.unlink()
        event = self.mailjet_unsub(trace, fields.Datetime.now())
        self.assertEqual(event.state, "ignored")
        self.assertIn("No contact of these mailing lists", event.state_reason)
        event = self.apply(self.categories(Category1="cancelled"))
        self.assertEqual(event.state, "ignored")
        self.assertIn("No contact of these mailing lists", event.state_reason)

    def test_subscription_changed_by_hand_since(self):
        trace = self.make_trace(EMAIL)
        traced = self.env["mailing.contact"].browse(trace.res_id).subscription_ids
        self.by_hand(self.subscription | traced, seconds=-1)
        event = self.mailjet_unsub(trace, fields.Datetime.now() - timedelta(days=1))
        self.assertEqual(event.state, "ignored")
        self.assertIn("manually", event.state_reason)

    def test_nothing_to_change(self):
        first, again = (self.apply(self.complaint(f"2026-03-02 0{hour}:00:00")) for hour in (7, 8))
        self.assertFalse(first.state_reason)
        self.assertEqual(again.state, "done")
        self.assertIn("was on the blacklist already", again.state_reason)
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(["mail_mailjet_aldeamo"], ["es_ES"])
        self.assertIn("lista negra", again.with_context(lang="es_ES").state_words)
        back = self.apply(self.subscription_event("reactivated", "2026-03-02 09:00:00"))
        self.assertIn("stays on the blacklist", back.state_reason)

    def test_nothing_to_undo(self):
        event = self.apply(self.subscription_event("reactivated"))
        self.assertIn("was not on the blacklist", event.state_reason)
        self.apply(self.subscription_event("cancelled", "2026-03-02 08:00:00"))
        self.apply(self.subscription_event("reactivated", "2026-03-02 10:00:00"))
        event = self.apply(self.subscription_event("cancelled", "2026-03-02 09:00:00"))
        self.assertIn("subscribed again later", event.state_reason)

    def test_subscription_was_so_already(self):
        first, again = (
            self.apply(self.categories(f"2026-03-02 0{hour}:00:00", Category1="cancelled"))
            for hour in (7, 8)
        )
        self.assertFalse(first.state_reason)
        self.assertIn("already had this status", again.state_reason)

    def test_bounce_of_nobody(self):
        bounce = {"event": "bounce", "type": "Email marketing", "campid": "7", **HARD}
        event = self.apply({**bounce, "to": "nobody@example.com"})
        self.assertIn("no contact has this address", event.state_reason)
        event = self.apply({**bounce, "to": EMAIL})
        self.assertFalse(event.state_reason)
        self.assertEqual(self.contact.message_bounce, 1)
