# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from ..models.mail_delivery import machines
from .test_any_order import AnyOrderCase

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/112.0.0.0 Safari/537.36"
)
APPLE = "Mozilla/5.0"
START = 1772452800


class MachineCase(AnyOrderCase):
    provider = "mailjet"
    # Events of a mail (type, seconds, User-Agent, link), and whether only machines opened and
    # clicked
    MAILS = (
        ([("sent", 0), ("open", 2, APPLE)], (True, False)),
        ([("sent", 0), ("open", 2, APPLE), ("open", 9, CHROME)], (False, False)),
        ([("sent", 0), ("open", 2, APPLE), ("click", 60, CHROME, "a")], (False, False)),
        ([("sent", 0), ("click", 3, CHROME, "a")], (True, True)),
        ([("sent", 0), ("open", 3, CHROME), ("click", 3, CHROME, "a")], (True, True)),
        ([("click", 600 + index, CHROME, str(index)) for index in range(3)], (True, True)),
        ([("click", 600 + index, CHROME, str(index)) for index in range(2)], (False, False)),
        (
            [("sent", 0), ("click", 3, CHROME, "a"), ("click", 700, CHROME, "a")],
            (False, False),
        ),
        # A person opened it after the scanner, and clicked nothing.
        (
            [("sent", 0), ("open", 3, CHROME), ("click", 3, CHROME, "a"), ("open", 700, CHROME)],
            (False, True),
        ),
        ([("sent", 0), ("open", 3, "curl/8.0"), ("click", 90, "curl/8.0", "a")], (True, True)),
        ([("sent", 0)], (False, False)),
        ([("sent", 0), ("open", 9, CHROME)], (False, False)),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.traces = cls.env["mailing.trace"]
        for index in range(len(cls.MAILS)):
            cls.traces |= cls.make_trace(f"{index}@testdomain.com", "pending")

    def event(self, trace, name, seconds, agent=None, link=None, **values):
        url = link and f"https://empresa.example/{link}"
        told = {"time": START + seconds, "agent": agent, "url": url, "geo": "CO"}
        return self.mailjet_event(trace, name, **told, **values)

    def payloads(self):
        return [
            self.event(trace, *happened)
            for trace, (events, _flags) in zip(self.traces, self.MAILS, strict=True)
            for happened in events
        ]

    def flags(self):
        deliveries = self.traces.mail_delivery_ids.sorted("id")
        return [(row.is_machine_open, row.is_machine_click) for row in deliveries]


class TestMachines(MachineCase):
    """Opens and clicks by machines are marked, but still count."""

    def test_machines_alone(self):
        self.apply(*self.payloads())
        self.assertEqual(self.flags(), [flags for _events, flags in self.MAILS])

    def test_any_order_any_chunks_any_duplicates(self):
        payloads = self.payloads()
        expected = self.outcome([payloads])
        self.assert_same_in_any_order(payloads, expected, examples=25)

    def test_nothing_is_dropped(self):
        """Statuses and times are the same as after an open by a person."""
        events = self.apply(*self.payloads())
        trace = self.traces[0]
        self.assertEqual(trace.trace_status, "open")
        self.assertTrue(trace.mail_delivery_ids.opened_at)
        self.assertTrue(trace.open_datetime)
        self.assertEqual(set(events.mapped("state")), {"done"})
        of_first = events.filtered(lambda event: event.mailing_trace_id == trace)
        self.assertEqual(of_first.mapped("machine"), [False, "apple_privacy"])

    def test_an_event_of_somebody_in_copy(self):
        """It does not change the flags of the recipient's delivery."""
        trace = self.traces[0]
        self.apply(
            self.event(trace, "sent", 0),
            self.event(trace, "open", 2, APPLE),
            self.event(trace, "click", 9, CHROME, "a", email="copia@testdomain.com"),
        )
        self.assertEqual(self.flags()[0], (True, False))
        self.apply(
            self.event(trace, "click", 3, CHROME, "b"),
            self.event(trace, "click", 4, CHROME, "a", email="copia@testdomain.com"),
        )
        self.assertEqual(self.flags()[0], (True, True))

    def test_what_was_deleted_stands(self):
        """The delivery remembers a person's open after its event was deleted."""
        trace = self.traces[0]
        self.apply(self.event(trace, "sent", 0), self.event(trace, "open", 900, CHROME)).unlink()
        self.apply(self.event(trace, "click", 90_000, "curl/8.0", "a"))
        self.assertEqual(self.flags()[0], (False, True))

    def test_processed_again(self):
        events = self.apply(*self.payloads())
        events.action_process_again()
        self.run_job()
        self.assertEqual(self.flags(), [flags for _events, flags in self.MAILS])

    def test_a_mail_that_was_passed_around(self):
        """If there are too many events to read them each time, each is judged separately."""
        trace = self.traces[0]
        with patch.object(machines, "MOST_READINGS", 3):
            for index in range(6):
                self.apply(self.event(trace, "click", 900 + index * 60, CHROME, "a"))
        self.assertEqual(self.flags()[0], (False, False))

    def test_shown_beside_in_the_list(self):
        self.apply(*self.payloads())
        found = self.env["mail.delivery"].search([("is_machine_open", "=", True)])
        self.assertEqual(len(found), sum(flags[0] for _events, flags in self.MAILS))
        by_machines = self.env["mail.tracking"].search([("machine", "!=", False)])
        self.assertTrue(by_machines)
        self.assertLess(
            max(by_machines.mapped("occurred_at")) - min(by_machines.mapped("occurred_at")),
            timedelta(hours=1),
        )
