# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.exceptions import UserError

from ...providers.aldeamo.send import AldeamoApi
from .common import SandboxCase


class TestCredentials(SandboxCase):
    """*Check the Keys* if Aldeamo's API uses another port than its manual says."""

    def setUp(self):
        super().setUp()
        self.wrong, self.right = self.aldeamo.api.plain_port_url, self.aldeamo.api_url
        change = patch.object(AldeamoApi, "urls", (self.wrong, self.right))
        change.start()
        self.addCleanup(change.stop)

    def check(self, server):
        return server.action_check_keys()["params"]["message"]

    def test_the_port_that_speaks_https_is_kept(self):
        server = self.account_server("aldeamo", api_url=self.wrong)
        message = self.check(server)
        self.assertEqual(server.api_url, self.right)
        self.assertIn(f"at {self.right} and not at {self.wrong}", message)
        self.assertEqual(self.check(server), "The credentials are correct.")
        mail = self.mail(server)
        self.send(mail)
        self.assertEqual(mail.state, "sent")
        self.assertEqual(len(self.aldeamo.received), 1)

    def test_the_other_way_round(self):
        with patch.object(AldeamoApi, "urls", (self.right, self.wrong)):
            server = self.account_server("aldeamo", api_url=self.wrong)
            server.test_smtp_connection()
            self.assertEqual(server.api_url, self.right)

    def test_a_wrong_key_is_what_the_user_hears_of(self):
        server = self.account_server("aldeamo", api_url=self.wrong, api_key="wrong")
        self.assertIn("doesn't know this API key", self.check(server))
        with self.assertRaisesRegex(UserError, "doesn't know this API key"):
            server.test_smtp_connection()
        self.assertEqual(server.api_url, self.wrong)

    def test_an_address_of_ones_own_stays(self):
        with patch.object(AldeamoApi, "urls", (self.right,)):
            server = self.account_server("aldeamo", api_url=self.wrong)
            self.assertIn("There is no https at", self.check(server))
            self.assertEqual(server.api_url, self.wrong)
        self.assertFalse(self.aldeamo.api.calls)
