# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# pylint: disable=invalid-commit

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, registry
from odoo.tests.common import BaseCase, get_db_name, tagged

from ..models import transactions
from ..models.mail_tracking import apply as mail_tracking_job
from ..models.mail_tracking.apply import MailTracking
from ..models.mail_tracking.mail_tracking import JOB
from ..models.mail_tracking.wake import WAKE_INTERVAL
from .common import ProviderCase
from .test_apply import HARD, SOFT

PATIENCE = 30  # seconds


@tagged("post_install", "-at_install", "slow")
class TestConcurrency(ProviderCase, BaseCase):
    """Concurrent transactions write to the same records while the job runs.

    The tests commit their data, and delete them afterwards.
    """

    def setUp(self):
        super().setUp()
        self.registry = registry(get_db_name())
        self.env = self.new_env()
        type(self).env = self.env
        self.set_up_provider()
        self.addCleanup(self.remove_everything)
        self.addCleanup(self.wait_for_timers)
        self.pool = ThreadPoolExecutor(2)
        self.addCleanup(self.pool.shutdown)
        self.trace = self.make_trace("ana@example.com", "sent")
        self.contact = self.env["mailing.contact"].browse(self.trace.res_id)

    def new_env(self):
        cursor = self.registry.cursor()
        self.addCleanup(cursor.close)
        return api.Environment(cursor, SUPERUSER_ID, {})

    def wait_for_timers(self):
        """Wait for pending triggers, which would disturb other tests."""
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join(PATIENCE)

    def remove_everything(self):
        self.env.cr.rollback()
        of_server = [("mail_server_id", "=", self.server.id)]
        self.env["mail.tracking"].search(of_server).unlink()
        self.env["mail.delivery"].search(of_server).unlink()
        blacklist = self.env["mail.blacklist"].with_context(active_test=False)
        blacklist.search([("email", "=", "ana@example.com")]).unlink()
        self.trace.unlink()
        self.contact.unlink()
        self.mailing.unlink()
        self.mailing_list.unlink()
        self.server.unlink()
        self.env.cr.commit()

    def store(self, *payloads):
        events = self.receive(*payloads)
        self.env.cr.commit()
        return events

    def start_job(self):
        """Run the job as Odoo does, in a thread and transactions of its own."""

        def run():
            with self.registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["mail.tracking"]._cron_apply()

        return self.pool.submit(run)

    def wait_until_blocked(self):
        """Wait until the job waits for a lock."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.env.cr.execute(
                """
                SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                 WHERE NOT granted AND datname = current_database()
                """
            )
            (blocked,) = self.env.cr.fetchone()
            self.env.cr.commit()
            if blocked:
                return
            self.assertLess(time.monotonic(), deadline, "the job waits for nobody")
            time.sleep(0.02)

    def assert_tried_again(self, logs, words):
        self.assertTrue(any(words in line for line in logs.output), logs.output)

    def watch_retries(self):
        # By number: Odoo has a level of its own with this name.
        return self.assertLogs(transactions.__name__, logging.INFO)

    def triggers(self):
        """Return the number of triggers of the job."""
        self.env.cr.commit()
        job = self.env.ref(JOB)
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])

    def wait_for_triggers(self, number):
        deadline = time.monotonic() + PATIENCE
        while self.triggers() < number:
            self.assertLess(time.monotonic(), deadline, "the job isn't triggered")
            time.sleep(0.02)

    def forget_triggers(self):
        time.sleep(WAKE_INTERVAL)  # for earlier triggers
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref(JOB).id)]).unlink()
        self.env.cr.commit()

    def test_the_job_is_triggered_once_a_second(self):
        self.forget_triggers()
        start = time.monotonic()
        for number in range(20):
            self.store(self.aldeamo_event(self.trace, "open", subject=str(number)))
        seconds = time.monotonic() - start
        time.sleep(WAKE_INTERVAL + 0.5)  # for the last event
        self.assertGreaterEqual(self.triggers(), 1)
        self.assertLessEqual(self.triggers(), seconds / WAKE_INTERVAL + 2)
        self.forget_triggers()

    def test_what_comes_in_right_after_a_trigger_triggers_the_job_again(self):
        self.forget_triggers()
        self.store(self.aldeamo_event(self.trace, "open"))
        self.wait_for_triggers(1)
        self.store(self.aldeamo_event(self.trace, "click"))
        self.wait_for_triggers(2)
        self.forget_triggers()

    def test_who_stores_an_event_does_not_wait_for_the_jobs(self):
        """An upgrade may lock the jobs for minutes; afterwards the job is triggered."""
        self.forget_triggers()
        other = self.new_env().cr
        other.execute("SELECT * FROM ir_cron FOR UPDATE")
        start = time.monotonic()
        with self.watch_retries():
            self.store(self.aldeamo_event(self.trace, "open"))
            self.assertLess(time.monotonic() - start, 1)
            time.sleep(0.5)
            self.assertEqual(self.triggers(), 0)
            other.rollback()
        self.wait_for_triggers(1)
        self.forget_triggers()

    def test_a_secret_that_is_read_while_it_changes_does_not_stay(self):
        former = f"{self.server.id}-{self.server.webhook_secret}"
        self.env.cr.commit()
        self.server.webhook_secret = "changed"
        self.server.flush_recordset()
        # Like another thread, which does not see the change yet
        others = self.new_env()["ir.mail_server"]
        self.assertTrue(others._authenticate_webhook(former))
        self.env.cr.commit()
        others.env.cr.commit()
        self.assertFalse(others._authenticate_webhook(former))
        self.assertTrue(others._authenticate_webhook(f"{self.server.id}-changed"))

    def test_serialization_failure(self):
        events = self.store(
            self.aldeamo_event(self.trace, "open"), self.aldeamo_event(self.trace, "bounce", **HARD)
        )
        other = self.new_env().cr
        other.execute(
            "UPDATE mailing_trace SET open_datetime = '2026-01-01' WHERE id = %s", [self.trace.id]
        )
        with self.watch_retries() as logs:
            job = self.start_job()
            self.wait_until_blocked()
            other.commit()
            job.result(PATIENCE)
        self.assert_tried_again(logs, "could not serialize access")
        self.assertEqual(events.mapped("state"), ["done", "done"])
        self.assertEqual(self.trace.trace_status, "bounce")
        self.assertEqual(str(self.trace.open_datetime), "2026-01-01 00:00:00")
        self.assertEqual(self.contact.message_bounce, 1)

    def test_deadlock(self):
        event = self.store(self.aldeamo_event(self.trace, "bounce", **HARD))
        other = self.new_env().cr
        other.execute("UPDATE mailing_contact SET name = 'Ana' WHERE id = %s", [self.contact.id])
        with self.watch_retries() as logs:
            job = self.start_job()
            # The job has written to the trace, and waits for the contact. PostgreSQL aborts the
            # transaction that has waited for a second: the job's.
            self.wait_until_blocked()
            other.execute("UPDATE mailing_trace SET email = email WHERE id = %s", [self.trace.id])
            other.commit()
            job.result(PATIENCE)
        self.assert_tried_again(logs, "deadlock detected")
        self.assertEqual((event.state, self.trace.trace_status), ("done", "bounce"))
        self.assertEqual((self.contact.message_bounce, self.contact.name), (1, "Ana"))

    def test_gives_up_in_the_end_and_the_next_run_goes_on(self):
        event = self.store(self.aldeamo_event(self.trace, "bounce", **HARD))
        other = self.new_env().cr
        other.execute("SELECT 1")
        failure = None
        with (
            patch.object(transactions, "MAX_TRIES_ON_CONCURRENCY_FAILURE", 1),
            self.registry.cursor() as cr,
        ):
            other.execute("UPDATE mailing_trace SET email = email WHERE id = %s", [self.trace.id])
            cr.execute("SET lock_timeout = '50ms'")
            job = api.Environment(cr, SUPERUSER_ID, {})["mail.tracking"]
            future = self.pool.submit(job._cron_apply)
            failure = future.exception(PATIENCE)
            other.rollback()
        self.assertTrue(transactions.is_concurrent(failure), failure)
        self.env.invalidate_all()
        self.assertEqual((event.state, self.contact.message_bounce), ("pending", 0))
        self.env.cr.commit()
        self.start_job().result(PATIENCE)
        self.env.invalidate_all()
        self.assertEqual((event.state, self.contact.message_bounce), ("done", 1))

    def run_two_jobs(self):
        """Run two jobs that each claim one event, then apply both at the same time."""
        both = threading.Barrier(2, timeout=PATIENCE)
        met = set()
        take_effect = MailTracking._apply_to_odoo_records

        def wait_for_the_other(model, due, matches):
            if threading.get_ident() not in met:
                met.add(threading.get_ident())
                both.wait()
            take_effect(model, due, matches)

        with (
            patch.object(mail_tracking_job, "CHUNK", 1),
            patch.object(MailTracking, "_apply_to_odoo_records", wait_for_the_other),
            self.watch_retries() as logs,
        ):
            for job in [self.start_job(), self.start_job()]:
                job.result(PATIENCE)
        self.assertEqual(len(met), 2)
        return logs

    def test_two_jobs_with_events_of_the_same_mail(self):
        """Neither sees the other's event, but the delivered event must win."""
        events = self.store(
            self.aldeamo_event(self.trace, "bounce", **SOFT),
            self.aldeamo_event(self.trace, "sent"),
        )
        self.assert_tried_again(self.run_two_jobs(), "could not serialize access")
        self.assertEqual(events.mapped("state"), ["done", "done"])
        self.assertEqual(self.trace.trace_status, "sent")

    def test_two_jobs_with_events_of_the_same_address(self):
        """Subscribing again must revert the unsubscription that the other job applies."""
        events = self.store(
            *(
                {
                    "event": "unsubscribed",
                    "type": "SMTP",
                    "subscription_type": f"domain subscription {kind}",
                    "email": "ana@example.com",
                    "timestamp": timestamp,
                }
                for kind, timestamp in (
                    ("cancelled", "2026-03-02 07:00:00"),
                    ("reactivated", "2026-03-02 08:00:00"),
                )
            )
        )
        self.run_two_jobs()
        self.assertEqual(events.mapped("state"), ["done", "done"])
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", "ana@example.com")]))
