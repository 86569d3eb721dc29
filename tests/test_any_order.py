# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests.common import tagged

from .common import SAMPLES, ProviderTransactionCase
from .test_apply import HARD, SOFT
from .test_samples import BOUNCED_MAIL, OPENED_MAIL


class UndoError(Exception):
    """Rolls back a savepoint."""


class AnyOrderCase(ProviderTransactionCase):
    """The final state depends on the set of events, not on their order, duplicates or chunks."""

    def outcome(self, chunks):
        """Return the result of applying the chunks of payloads, and roll it back."""
        state = None
        try:
            with self.env.cr.savepoint():
                for chunk in chunks:
                    self.apply(*chunk)
                self.env.cr.execute("UPDATE mail_tracking SET retry_at = NULL")
                self.run_job()
                state = self.state()
                raise UndoError
        except UndoError:
            self.env.invalidate_all()
        return state

    def state(self):
        self.env.flush_all()
        self.env.invalidate_all()
        contacts = self.env["mailing.contact"].search([("email", "like", "testdomain")])
        return {
            "traces": self.traces.read(
                [
                    "trace_status",
                    "failure_type",
                    "failure_reason",
                    "sent_datetime",
                    "open_datetime",
                    "links_click_datetime",
                ]
            ),
            "machines": self.traces.mail_delivery_ids.sorted("id").read(
                ["is_machine_open", "is_machine_click"]
            ),
            "events": Counter(
                self.env["mail.tracking"]
                .search([])
                .mapped(
                    lambda event: (event.event_type, event.occurred_at, event.url, event.machine)
                )
            ),
            "blacklist": sorted(self.env["mail.blacklist"].search([]).mapped("email")),
            "subscriptions": contacts.subscription_ids.sorted("id").read(
                ["opt_out", "opt_out_datetime"]
            ),
            "bounces": [contact.message_bounce for contact in contacts.sorted("id")],
            "waiting": self.env["mail.tracking"].search_count([("state", "=", "pending")]),
            "failed": self.env["mail.tracking"].search_count([("state", "=", "failed")]),
        }

    def assert_same_in_any_order(self, payloads, expected, examples):
        """Check that the payloads have the expected result in any order."""
        indexes = list(range(len(payloads)))

        @settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],  # shrinking an example would take an hour
        )
        @given(
            order=st.permutations(indexes),
            repeated=st.lists(st.sampled_from(indexes), max_size=10),
            size=st.integers(1, len(indexes)),
        )
        def same(order, repeated, size):
            sequence = [payloads[index] for index in [*order, *repeated]]
            chunks = [sequence[start : start + size] for start in range(0, len(sequence), size)]
            self.assertEqual(self.outcome(chunks), expected)

        same()


@tagged("slow")
class TestAnyOrder(AnyOrderCase):
    FOREIGN = {"x-odoo-reference": "t1-00000000000000000000000000000000"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_lists = cls.env["mailing.list"].create(
            [{"name": "Category2"}, {"name": "Category3"}]
        )
        cls.contact = cls.make_contact("test@testdomain.com", cls.mailing_list | cls.other_lists)
        cls.traces = cls.env["mailing.trace"]
        for email in ("test@testdomain.com", "test@testdomain.com", "test4@testdomain.com"):
            cls.traces |= cls.make_trace(email)
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE mailing_trace SET sent_datetime = NULL, trace_status = 'error'")
        cls.env.invalidate_all()

    def payloads(self):
        samples = [json.loads(path.read_text()) for path in SAMPLES]
        first, second, third = self.traces
        at = "2020-10-05 1{}:00:00".format
        return [
            *samples,
            # These events give the deliveries the provider's ids of the samples.
            self.aldeamo_event(first, "sent", msgid=BOUNCED_MAIL, timestamp=at(7)),
            self.aldeamo_event(second, "sent", msgid=OPENED_MAIL, timestamp=at(8)),
            self.aldeamo_event(third, "bounce", timestamp=at(1), **SOFT),
            self.aldeamo_event(third, "bounce", timestamp=at(2), **(SOFT | {"response": "452"})),
            self.aldeamo_event(third, "sent", timestamp=at(5)),
            self.aldeamo_event(third, "sent", timestamp=at(4)),
            self.aldeamo_event(third, "click", timestamp=at(6)),
            self.aldeamo_event(first, "bounce", timestamp=at(9), **(HARD | {"response": "551"})),
            {
                "event": "unsubscribed",
                "type": "SMTP",
                "subscription_type": "domain subscription cancelled",
                "email": "test@testdomain.com",
                "timestamp": "2020-10-02 10:00:00",
            },
            # A mail of another database: no trace changes.
            self.aldeamo_event(second, "open", custom_headers=self.FOREIGN),
            {
                "event": "unsubscribed",
                "type": "SMTP",
                "subscription_type": "domain category update",
                "categories": {"Category1": "active", "Category3": "cancelled"},
                "email": "test@testdomain.com",
                "timestamp": "2020-10-05 17:17:07",
            },
        ]

    def test_any_order_any_chunks_any_duplicates(self):
        payloads = self.payloads()
        expected = self.outcome([payloads])
        self.assertEqual(
            [trace["trace_status"] for trace in expected["traces"]], ["bounce", "open", "open"]
        )
        self.assertEqual(expected["blacklist"], ["test4@testdomain.com"])
        self.assertEqual((expected["waiting"], expected["failed"]), (0, 0))
        self.assert_same_in_any_order(payloads, expected, examples=40)


@tagged("slow")
class TestAnyOrderOfMailjet(AnyOrderCase):
    """The status precedence with Mailjet's own events: rejections and their causes."""

    provider = "mailjet"
    DUPLICATE = {"error_related_to": "mailjet", "error": "duplicate in campaign"}
    PREBLOCKED = {"error_related_to": "mailjet", "error": "preblocked"}
    CONTENT = {"error_related_to": "spam", "error": "content blocked", "hard_bounce": True}
    FULL = {"error_related_to": "recipient", "error": "quota exceeded", "hard_bounce": False}
    GREYLISTED = {"error_related_to": "domain", "error": "greylisted", "hard_bounce": False}
    UNKNOWN_USER = {"error_related_to": "recipient", "error": "user unknown", "hard_bounce": True}

    # Events of a mail, and the resulting status and failure type
    MAILS = (
        ((("blocked", DUPLICATE), ("blocked", DUPLICATE)), "cancel", "mail_dup"),
        ((("blocked", DUPLICATE), ("bounce", GREYLISTED), ("sent", {})), "sent", False),
        ((("blocked", DUPLICATE), ("blocked", PREBLOCKED)), "error", "mail_email_invalid"),
        ((("blocked", DUPLICATE), ("bounce", CONTENT)), "error", "unknown"),
        ((("bounce", FULL), ("bounce", CONTENT), ("blocked", PREBLOCKED)), "bounce", "mail_bounce"),
        ((("bounce", CONTENT), ("sent", {})), "sent", False),
        ((("bounce", CONTENT), ("blocked", DUPLICATE), ("open", {})), "open", False),
        ((("open", {}), ("bounce", UNKNOWN_USER), ("bounce", CONTENT)), "bounce", "mail_bounce"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.traces = cls.env["mailing.trace"]
        for index in range(len(cls.MAILS)):
            cls.traces |= cls.make_trace(f"{index}@testdomain.com", "pending")

    def test_any_order_any_chunks_any_duplicates(self):
        payloads = [
            self.mailjet_event(trace, name, time=1772452800 + minute * 60, **values)
            for trace, (events, _status, _failure) in zip(self.traces, self.MAILS, strict=True)
            for minute, (name, values) in enumerate(events)
        ]
        # At the same time: the reason must not depend on the order either.
        payloads += [
            self.mailjet_event(self.traces[2], "blocked", time=1772460000, error=error)
            for error in ("typofix", "mailbox inactive", "user unknown")
        ]
        expected = self.outcome([payloads])
        self.assertEqual(
            [(trace["trace_status"], trace["failure_type"]) for trace in expected["traces"]],
            [(status, failure_type) for _events, status, failure_type in self.MAILS],
        )
        self.assertEqual(expected["bounces"], [0] * 7 + [1])
        self.assertEqual((expected["waiting"], expected["failed"]), (0, 0))
        self.assert_same_in_any_order(payloads, expected, examples=25)
