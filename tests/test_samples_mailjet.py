# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo.tests.common import tagged

from .common import SampleCase, payload_files

# Status and failure type of the trace, and the effect on the contact
UNCHANGED = ("pending", False, "nothing")
DELIVERED = ("sent", False, "nothing")
OPENED = ("open", False, "nothing")
COMPLAINED = ("sent", False, "blacklisted")
UNSUBSCRIBED = ("sent", False, "opted out")
HARD = ("bounce", "mail_bounce", "bounce counted")
SOFT = ("bounce", "mail_bounce", "nothing")
FAILED = ("error", "unknown", "nothing")
INVALID = ("error", "mail_email_invalid", "nothing")
LISTED = ("error", "mail_bl", "nothing")
DUPLICATE = ("cancel", "mail_dup", "nothing")
OUTCOMES = {
    "sent": DELIVERED,
    "sent_as_in_old_days": UNCHANGED,  # has no token
    "open": OPENED,
    "open_by_proxy": OPENED,
    "open_without_ids": OPENED,
    "click": OPENED,
    "spam": COMPLAINED,
    "unsub": UNSUBSCRIBED,
    "unsub_from_list": UNSUBSCRIBED,
    "unknown": UNCHANGED,
    # recipient
    "bounce_hard": HARD,
    "bounce_hard_as_text": HARD,
    "bounce_user_unknown_in_other_letters": HARD,
    "bounce_user_unknown_not_called_hard": HARD,
    "bounce_mailbox_inactive": HARD,
    "bounce_quota_exceeded": SOFT,
    "bounce_quota_exceeded_hard": HARD,
    "bounce_blacklisted": LISTED,
    "bounce_spam_reporter": LISTED,
    "bounce_recipient_unheard_of": HARD,
    "blocked_user_unknown": INVALID,
    "blocked_mailbox_inactive": INVALID,
    "blocked_quota_exceeded": FAILED,
    "blocked_blacklisted": LISTED,
    "blocked_spam_reporter": LISTED,
    # domain
    "bounce_invalid_domain": HARD,
    "bounce_no_mail_host": SOFT,
    "bounce_no_mail_host_hard": HARD,
    "bounce_relay_access_denied": SOFT,
    "bounce_relay_access_denied_hard": HARD,
    "bounce_greylisted": UNCHANGED,
    "bounce_greylisted_hard": HARD,
    "bounce_typofix": INVALID,
    "blocked_invalid_domain": INVALID,
    "blocked_no_mail_host": INVALID,
    "blocked_relay_access_denied": INVALID,
    "blocked_greylisted": FAILED,
    "blocked_typofix": INVALID,
    # content
    "bounce_bad_or_empty_template": FAILED,
    "bounce_error_in_template_language": FAILED,
    "bounce_content_unheard_of": FAILED,
    "blocked_bad_or_empty_template": FAILED,
    "blocked_error_in_template_language": FAILED,
    # spam
    "bounce_sender_blocked": FAILED,
    "bounce_sender_blocked_hard": FAILED,
    "bounce_content_blocked": FAILED,
    "bounce_content_blocked_hard": FAILED,
    "bounce_policy_issue": FAILED,
    "bounce_policy_issue_hard": FAILED,
    "bounce_error_in_class": FAILED,
    "bounce_spam_unheard_of": FAILED,
    "blocked_sender_blocked": FAILED,
    "blocked_content_blocked": FAILED,
    "blocked_policy_issue": FAILED,
    "blocked_called_hard": FAILED,
    # system
    "bounce_system_issue": FAILED,
    "bounce_system_issue_hard": FAILED,
    "bounce_protocol_issue": FAILED,
    "bounce_protocol_issue_hard": FAILED,
    "bounce_connection_issue": FAILED,
    "bounce_connection_issue_hard": FAILED,
    "bounce_system_unheard_of": FAILED,
    "blocked_system_issue": FAILED,
    "blocked_protocol_issue": FAILED,
    "blocked_connection_issue": FAILED,
    # mailjet, account
    "bounce_preblocked": INVALID,
    "bounce_duplicate_in_campaign": DUPLICATE,
    "bounce_spam_preblocked": FAILED,
    "bounce_mailjet_unheard_of": FAILED,
    "bounce_account": FAILED,
    "bounce_says_nothing": SOFT,
    "blocked_preblocked": INVALID,
    "blocked_error_in_class": INVALID,
    "blocked_duplicate_in_campaign": DUPLICATE,
    "blocked_spam_preblocked": FAILED,
    "blocked_account": FAILED,
    "blocked_says_nothing": FAILED,
    # Version 2
    "grouped_all_types": (
        *(DELIVERED, OPENED, OPENED, SOFT, HARD, INVALID, COMPLAINED, UNSUBSCRIBED, UNCHANGED),
    ),
    "grouped_errors": (DUPLICATE, UNCHANGED, FAILED, FAILED),
    "grouped_one": (OPENED,),
}


class Sample:
    """A Mailjet fixture; each of its events is about another mail."""

    def __init__(self, case, path):
        self.name = path.stem
        content = json.loads(path.read_text())
        events = json.loads(path.with_suffix(".event.json").read_text())
        self.is_grouped = isinstance(content, list)
        self.payloads = content if self.is_grouped else [content]
        self.events = events if self.is_grouped else [events]
        self.traces = []
        for index, (payload, event) in enumerate(zip(self.payloads, self.events, strict=True)):
            email = f"{self.name}.{index}@cliente.example"
            trace = case.make_trace(email, "pending", sent_datetime="2025-12-31 23:59:00")
            payload["email"] = event["recipient"] = email
            if "CustomID" in payload:
                payload["CustomID"] = event["token"] = case.token_of(trace)
            self.traces.append(trace)

    @property
    def body(self):
        return json.dumps(self.payloads if self.is_grouped else self.payloads[0]).encode()

    @property
    def outcomes(self):
        return OUTCOMES[self.name] if self.is_grouped else (OUTCOMES[self.name],)


@tagged("post_install", "-at_install", "slow")
class TestMailjetSamples(SampleCase):
    """Every event type and every error of Mailjet's, alone and grouped, posted over HTTP."""

    provider = "mailjet"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = [Sample(cls, path) for path in payload_files("mailjet")]
        cls.count = sum(len(sample.payloads) for sample in cls.samples)

    def outcome(self, trace):
        contact = self.env["mailing.contact"].browse(trace.res_id)
        marks = {
            "bounce counted": contact.message_bounce,
            "blacklisted": contact.is_blacklisted,
            "opted out": contact.subscription_ids.opt_out,
        }
        effects = " and ".join(name for name, applies in marks.items() if applies)
        return trace.trace_status, trace.failure_type, effects or "nothing"

    def assert_outcomes(self):
        self.assertEqual(len(self.posted()), self.count)
        for sample in self.samples:
            with self.subTest(sample=sample.name):
                outcomes = tuple(self.outcome(trace) for trace in sample.traces)
                self.assertEqual(outcomes, sample.outcomes)

    def test_each_event_gives_one_record_that_says_it_all(self):
        for sample in self.samples:
            with self.subTest(sample=sample.name):
                records = self.post(sample.body)
                self.assertEqual(len(records), len(sample.payloads))
                for parts in zip(records, sample.payloads, sample.events, strict=True):
                    self.assert_says_it_all(*parts)
        self.run_job()
        self.assert_outcomes()
        self.assertFalse(self.posted().filtered(lambda event: event.state == "failed"))
        waiting = self.posted().filtered(lambda event: event.state == "pending")
        self.assertEqual(waiting.mapped("recipient"), ["sent_as_in_old_days.0@cliente.example"])

    def test_all_twice(self):
        for sample in self.samples * 2:
            self.post(sample.body)
        self.run_job()
        self.assert_outcomes()
        for sample in self.samples:
            self.assertFalse(self.post(sample.body))
        self.run_job()
        self.assert_outcomes()

    def test_in_reverse_order_one_by_one(self):
        for sample in reversed(self.samples):
            self.post(sample.body)
            self.run_job()
        self.assert_outcomes()
