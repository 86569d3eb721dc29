# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import Counter

from .common import SandboxCase

WAYS = [
    (code, transport) for code in ("mailjet", "aldeamo") for transport in ("smtp", "api")
]


class TestOutbox(SandboxCase):
    """Each mail becomes a delivery, and leaves after the commit."""

    def test_every_way(self):
        for code, transport in WAYS:
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                server = self.account_server(code, transport)
                mails = self.mails(server, 7)
                mails.send()
                self.assertEqual(mails.mapped("state"), ["sent"] * 7)
                self.assertFalse(account.received, "nothing leaves before the commit")
                deliveries = self.env["mail.delivery"].search([("mail_server_id", "=", server.id)])
                self.assertEqual(Counter(deliveries.mapped("state")), {"waiting": 7})
                self.committed()
                self.assertEqual(Counter(deliveries.mapped("state")), {"accepted": 7})
                self.assertEqual(self.received(account), Counter(mails.mapped("email_to")))
                self.assertEqual(set(deliveries.mapped("transport")), {transport})
                self.assertFalse(
                    self.env["mail.delivery.content"].search_count(
                        [("delivery_id", "in", deliveries.ids)]
                    )
                )
                account.received.clear()

    def test_savepoint_that_is_rolled_back_sends_nothing(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        mails.send(raise_exception=True)
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.committed()
        self.assertEqual(mails.mapped("state"), ["outgoing"] * 3)
        self.assertFalse(self.mailjet.received)
        self.send(mails)
        self.assertEqual(set(self.received().values()), {1})
