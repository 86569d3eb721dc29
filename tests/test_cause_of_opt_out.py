# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests.common import HttpCase, new_test_user, tagged

from .test_access import MARKETER
from .test_apply import HARD
from .test_subscriptions import EMAIL, SubscriptionCase


class TestCauseOfOptOut(SubscriptionCase):
    """Why an address is blocked: the reason and the e-mail, in the user's language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "marketer", groups=MARKETER)

    def reason(self, record=None):
        return (record or self.entry()).opt_out_reason_id.name

    def test_complaint_about_a_mailing(self):
        trace = self.make_trace(EMAIL, sent_datetime="2026-03-01 00:00:00")
        event = self.apply(self.complaint(subject="Test message subject", reason="abuse"))
        entry = self.entry().with_user(self.marketer)
        self.assertEqual(self.reason(), "Reported an email as spam")
        self.assertEqual(entry.opt_out_happened_at, event.occurred_at)
        self.assertEqual(entry.opt_out_mailing_id, self.mailing)
        self.assertEqual(entry.opt_out_delivery_id, trace.mail_delivery_ids)
        self.assertTrue(entry.opt_out_delivery_id.subject)

    def test_nothing_is_worded_by_the_job(self):
        """The chatter would keep text, language and time zone of the job."""
        self.apply(self.complaint(), self.subscription_event("cancelled", "2026-03-02 09:00:00"))
        self.entry().action_archive()
        self.env.cr.precommit.run()
        self.by_hand(self.entry(), days=-400)
        self.apply(self.complaint("2026-03-03 09:00:00"))
        self.env.cr.precommit.run()
        messages = self.entry().message_ids
        self.assertNotIn("spam", " ".join(messages.mapped("body")))
        self.assertNotIn("UTC", " ".join(messages.mapped("body")))
        self.assertNotIn("opt_out_reason_id", messages.tracking_value_ids.field_id.mapped("name"))
        self.assertIn("active", messages.tracking_value_ids.field_id.mapped("name"))

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.apply(self.complaint())
        reason = self.entry().opt_out_reason_id
        reason.with_context(lang="es_ES").name = "Marcó un correo como spam"
        entry = self.entry().with_context(lang="es_ES")
        self.assertEqual(self.reason(entry), "Marcó un correo como spam")
        self.assertEqual(self.reason(), "Reported an email as spam")

    def test_email_that_the_reader_may_not_read(self):
        record, partner = self.env["res.partner"].create(
            [{"name": "Record"}, {"name": "Eva", "email": EMAIL}]
        )
        message = record.message_post(body="Salary", partner_ids=partner.ids, force_send=False)
        self.make_delivery(
            EMAIL,
            subject="Salary",
            mail_message_id=message.id,
            create_date="2026-03-01 00:00:00",
            called_at="2026-03-01 00:00:00",
        )
        event = self.apply(self.complaint(subject="Salary", reason="secret"))
        self.assertEqual(event.delivery_id.subject, "Salary")
        entry = self.entry().with_user(self.marketer)
        self.assertEqual(entry.opt_out_happened_at, event.occurred_at)
        self.assertEqual(entry.opt_out_reason_id.name, "Reported an email as spam")
        self.assertFalse(
            entry.opt_out_delivery_id or entry.opt_out_mailing_id or entry.opt_out_words
        )
        self.assertEqual(self.entry().opt_out_delivery_id, event.delivery_id)
        with self.assertRaises(AccessError):
            entry.read(["opt_out_event_id"])
        with self.assertRaises(AccessError):
            entry.write({"opt_out_event_id": event.id})
        values = {"email": "leo@example.com"}
        other = entry.with_context(mail_tracking_cause=event.id).create(values)
        self.assertFalse(other.opt_out_happened_at)

    def test_bounced_again_and_again(self):
        self.env["res.partner"].create({"name": "Ana", "email": EMAIL, "message_bounce": 9})
        traces = [self.make_trace(EMAIL, "bounce") for _number in range(5)]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_trace SET write_date = write_date - interval '10 days' WHERE id = %s",
            [traces[0].id],
        )
        self.env.invalidate_all()
        event = self.apply(self.aldeamo_event(self.make_trace(EMAIL), "bounce", **HARD))
        self.assertTrue(self.entry().active)
        self.assertEqual(self.reason(), "Emails bounced again and again")
        self.assertEqual(self.entry().opt_out_delivery_id, event.delivery_id)

    def test_blocked_by_hand_after_an_event(self):
        self.apply(self.complaint())
        self.entry().action_archive()
        self.assertEqual(self.reason(), "Reported an email as spam", "that is why it was blocked")
        self.entry().action_unarchive()
        self.assertFalse(self.reason())
        self.assertFalse(self.entry().opt_out_happened_at)

    def test_reason_that_somebody_gives_stays(self):
        own = self.env.ref("mass_mailing.mailing_subscription_optout_data_1")
        self.env["mail.blacklist"]._add(EMAIL).opt_out_reason_id = own
        self.apply(self.complaint())
        self.assertEqual(self.entry().opt_out_reason_id, own)

    def test_reason_that_somebody_gave_outlives_an_unblocking(self):
        """As on Odoo's page: unsubscribed, with a reason; changed his mind; changed it again."""
        entry = self.env["mail.blacklist"]._add(EMAIL)
        own = self.env["mailing.subscription.optout"].create({"name": "Own reason"})
        entry.opt_out_reason_id = own
        entry.action_archive()
        entry.action_unarchive()
        self.assertEqual(entry.opt_out_reason_id, own)

    def test_opt_out_of_a_list(self):
        trace = self.make_trace(EMAIL)
        event = self.mailjet_unsub(trace, datetime(2026, 3, 2, 8))
        subscription = self.subscription.with_user(self.marketer)
        self.assertTrue(subscription.opt_out)
        self.assertEqual(self.reason(subscription), "Unsubscribed, as the email provider reported")
        self.assertEqual(subscription.opt_out_mailing_id, self.mailing)
        self.assertEqual(subscription.opt_out_delivery_id, event.delivery_id)

    def test_new_subscription_forgets_the_cause(self):
        self.apply(self.categories(Category1="cancelled"))
        self.assertEqual(self.reason(self.subscription), "Changed the categories of newsletters")
        self.apply(self.categories("2026-03-02 08:00:00", Category1="active"))
        self.assertFalse(self.subscription.opt_out or self.reason(self.subscription))
        self.assertFalse(self.subscription.opt_out_happened_at)

    def test_opt_in_by_hand_forgets_the_cause(self):
        self.apply(self.categories(Category1="cancelled"))
        self.subscription.opt_out = False
        self.assertFalse(self.reason(self.subscription))
        self.assertFalse(self.subscription.opt_out_happened_at)

    def test_own_reason_of_a_subscription_stays(self):
        own = self.env.ref("mass_mailing.mailing_subscription_optout_data_1")
        self.subscription.with_context(mail_tracking_job=True).write(
            {"opt_out": True, "opt_out_reason_id": own.id}
        )
        event = self.mailjet_unsub(self.make_trace(EMAIL), datetime(2026, 3, 2, 8))
        self.assertEqual(self.subscription.opt_out_reason_id, own)
        self.assertEqual(self.subscription.opt_out_event_id, event)

    def test_why_blocked(self):
        self.apply(self.complaint())
        action = self.contact.with_user(self.marketer).action_why_blocked()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (self.entry()._name, self.entry().id)
        )
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        partner = self.env["res.partner"].create({"name": "Ana", "email": EMAIL})
        with self.assertRaises(AccessError):
            partner.with_user(employee).action_why_blocked()

    def test_job_that_is_done_again_keeps_the_cause(self):
        event = self.apply(self.complaint())
        event.action_process_again()
        self.run_job()
        self.assertEqual(self.entry().opt_out_event_id, event)


@tagged("post_install", "-at_install")
class TestReasonsOnOdoosPage(HttpCase):
    def test_events_are_no_choice(self):
        reported = self.env["mailing.subscription.optout"].search([("is_reported", "=", True)])
        self.assertEqual(len(reported), 4)
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Hola",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [
                    (0, 0, {"name": "News", "contact_ids": [(0, 0, {"email": EMAIL})]})
                ],
            }
        )
        contact = mailing.contact_list_ids.contact_ids
        url = mailing._get_unsubscribe_url(EMAIL, contact.id)
        page = self.url_open(url).text
        self.assertIn("I changed my mind", page)
        for reason in reported:
            self.assertNotIn(reason.name, page)
