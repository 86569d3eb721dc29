# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import Form

from ..models.mail_delivery.follow import FAILURE_TYPES
from ..providers.base import FAILURES
from .common import ProviderTransactionCase

PREBLOCKED = {"error_related_to": "mailjet", "error": "preblocked"}
DUPLICATE = {"error_related_to": "mailjet", "error": "duplicate in campaign"}
BLACKLISTED = {"error_related_to": "recipient", "error": "blacklisted"}
CONTENT = {"error_related_to": "spam", "error": "content blocked", "hard_bounce": True}
UNKNOWN_USER = {"error_related_to": "recipient", "error": "user unknown", "hard_bounce": True}


class TestRejections(ProviderTransactionCase):
    """Why Mailjet did not deliver: on Odoo's own records, in the sender's language."""

    provider = "mailjet"

    def test_failures_are_odoos(self):
        values = self.env["mailing.trace"]._fields["failure_type"].get_values(self.env)
        self.assertLessEqual(set(FAILURE_TYPES), set(FAILURES))
        self.assertLessEqual(set(FAILURE_TYPES.values()), set(values))

    def test_reason_explains_and_quotes(self):
        trace = self.make_trace("ana@example.com")
        event = self.apply(self.mailjet_event(trace, "blocked", **PREBLOCKED))
        self.assertEqual((trace.trace_status, trace.failure_type), ("error", "mail_email_invalid"))
        self.assertTrue(event.explanation.startswith("Mailjet did not try: this address bounced"))
        self.assertEqual(trace.failure_reason, f"{event.explanation}\nmailjet: preblocked")

    def test_explanation_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.mailing.user_id.lang = "es_ES"
        trace = self.make_trace("ana@example.com")
        event = self.apply(self.mailjet_event(trace, "blocked", **PREBLOCKED))
        spanish = event.with_context(lang="es_ES").explanation
        self.assertTrue(spanish.startswith("Mailjet no lo intentó"), spanish)
        self.assertTrue(event.with_context(lang="en_US").explanation.startswith("Mailjet did not"))
        self.assertEqual(trace.failure_reason, f"{spanish}\nmailjet: preblocked")

    def test_event_without_explanation(self):
        trace = self.make_trace("ana@example.com")
        event = self.apply(self.mailjet_event(trace, "blocked", error="no such word"))
        self.assertFalse(event.explanation)
        self.assertEqual(
            (trace.trace_status, trace.failure_type, trace.failure_reason),
            ("error", "unknown", "no such word"),
        )
        silent = self.make_trace("eva@example.com")
        self.apply(self.mailjet_event(silent, "blocked"))
        self.assertEqual((silent.trace_status, silent.failure_reason), ("error", False))

    def test_form_explains(self):
        trace = self.make_trace("ana@example.com")
        event = self.apply(self.mailjet_event(trace, "blocked", **PREBLOCKED))
        form = Form(event)
        self.assertEqual(form.explanation, event.explanation)
        self.assertEqual((form.failure, form.reason), ("invalid_address", "mailjet: preblocked"))

    def test_mailing_counts_duplicates_as_canceled(self):
        for index, error in enumerate((DUPLICATE, PREBLOCKED, CONTENT, UNKNOWN_USER)):
            trace = self.make_trace(f"{index}@example.com")
            self.apply(self.mailjet_event(trace, "bounce", **error))
        mailing = self.mailing
        self.assertEqual((mailing.canceled, mailing.failed, mailing.bounced), (1, 2, 1))

    def test_who_canceled_stays_canceled_for_his_own_reason(self):
        trace = self.make_trace("ana@example.com", "cancel", failure_type="mail_optout")
        self.apply(self.mailjet_event(trace, "blocked", **PREBLOCKED))
        self.assertEqual((trace.trace_status, trace.failure_type), ("cancel", "mail_optout"))

    def test_rejection_does_not_blacklist(self):
        trace = self.make_trace("ana@example.com")
        self.apply(self.mailjet_event(trace, "blocked", **BLACKLISTED))
        contact = self.env["mailing.contact"].browse(trace.res_id)
        self.assertEqual((contact.is_blacklisted, contact.message_bounce), (False, 0))

    def test_content_does_not_count_towards_odoos_blacklisting(self):
        traces = [self.make_trace("ana@example.com") for _index in range(5)]
        for trace in traces[:4]:
            self.apply(self.mailjet_event(trace, "bounce", **CONTENT))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_trace SET write_date = write_date - interval '8 days' WHERE id = %s",
            [traces[0].id],
        )
        self.apply(self.mailjet_event(traces[4], "bounce", **UNKNOWN_USER))
        self.assertEqual(traces[4].trace_status, "bounce")
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", "ana@example.com")]))

    def test_process_again_learns_the_cause(self):
        trace = self.make_trace("ana@example.com")
        event = self.apply(self.mailjet_event(trace, "blocked", error="no such word"))
        event.payload = event.payload.replace("no such word", "blacklisted")
        event.action_process_again()
        self.run_job()
        self.assertEqual((event.failure, event.provider_error), ("opted_out", "blacklisted"))
        self.assertEqual(trace.failure_type, "mail_bl")


class TestRejectionsInChatter(ProviderTransactionCase):
    provider = "mailjet"

    def setUp(self):
        super().setUp()
        record, self.ana = self.env["res.partner"].create(
            [{"name": "Record"}, {"name": "Ana", "email": "ana@example.com"}]
        )
        self.message = record.message_post(
            body="Hello", partner_ids=self.ana.ids, message_type="comment"
        )
        self.notification = self.message.notification_ids
        self.notification.notification_status = "sent"
        self.delivery = self.make_delivery(
            "ana@example.com", mail_message_id=self.message.id, partner_id=self.ana.id
        )

    def event(self, event, **values):
        return {
            "event": event,
            "time": 1772452800,
            "email": "ana@example.com",
            "CustomID": self.delivery.token,
            **values,
        }

    def test_each_failure(self):
        for error, status, failure_type in (
            (PREBLOCKED, "exception", "mail_email_invalid"),
            (BLACKLISTED, "exception", "unknown"),  # the chatter knows no blacklist
            (CONTENT, "exception", "unknown"),
            (UNKNOWN_USER, "bounce", "mail_bounce"),
            (DUPLICATE, "canceled", "unknown"),
        ):
            with self.subTest(error=error["error"]), self.env.cr.savepoint() as savepoint:
                event = self.apply(self.event("bounce", **error))
                self.assertEqual(
                    (self.notification.notification_status, self.notification.failure_type),
                    (status, failure_type),
                )
                words = f"{error['error_related_to']}: {error['error']}"
                self.assertEqual(self.notification.failure_reason, f"{event.explanation}\n{words}")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_reason_is_in_the_authors_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.notification.author_id.lang = "es_ES"
        self.apply(self.event("blocked", **PREBLOCKED))
        self.assertTrue(self.notification.failure_reason.startswith("Mailjet no lo intentó"))

    def test_delivered_after_all(self):
        self.apply(self.event("bounce", **CONTENT))
        self.apply(self.event("sent"))
        self.assertEqual(
            (
                self.notification.notification_status,
                self.notification.failure_type,
                self.notification.failure_reason,
            ),
            ("sent", False, False),
        )
