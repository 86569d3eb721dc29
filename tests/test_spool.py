# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import timedelta

from odoo.tests.common import tagged

from ..models.mail_tracking.spool import ABANDONED
from ..webhook import spool
from .common import ProviderTransactionCase


@tagged("post_install", "-at_install")
class TestSpool(ProviderTransactionCase):
    """Bodies that a webhook server left in its spool when it ended."""

    def spool(self, age, *payloads):
        received_at = spool.now() - age
        spool.append(
            self.env.cr,
            [
                (self.server.id, self.provider, received_at, json.dumps(payload).encode(), "", "")
                for payload in payloads
            ],
        )

    def waiting(self):
        self.env.cr.execute("SELECT count(*) FROM mail_tracking_spool")
        return self.env.cr.fetchone()[0]

    def events(self):
        return self.env["mail.tracking"].search([("mail_server_id", "=", self.server.id)])

    def test_the_job_drains_what_was_abandoned(self):
        payload = {"event": "invented", "email": "ana@example.com"}
        self.spool(ABANDONED + timedelta(seconds=1), payload, payload, {"no": "event"})
        self.run_job()
        self.assertEqual(self.waiting(), 0)
        self.assertEqual(set(self.events().mapped("state")), {"ignored", "failed"})
        self.assertEqual(len(self.events()), 2)

    def test_the_job_leaves_what_the_webhook_server_is_about_to_drain(self):
        self.spool(timedelta(0), {"event": "invented", "email": "ana@example.com"})
        self.run_job()
        self.assertEqual(self.waiting(), 1)
        self.assertFalse(self.events())

    def test_an_upgrade_locks_nobody_out(self):
        """`init` does not change a correct table."""
        self.env["mail.tracking"].init()
        self.env.cr.execute(
            """
            SELECT DISTINCT mode FROM pg_locks
             WHERE pid = pg_backend_pid() AND relation = 'mail_tracking'::regclass
               AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
            """
        )
        self.assertEqual(self.env.cr.fetchall(), [])
