# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import unquote, urlsplit

from odoo.exceptions import UserError
from odoo.tests.common import TransactionCase, tagged

from .account_common import MailjetCase

FOREIGN = "https://crm:s3creto@otra.example/mailjet?x=1"
TYPES = {"sent", "open", "click", "bounce", "blocked", "spam", "unsub"}


@tagged("post_install", "-at_install")
class TestRegistration(MailjetCase, TransactionCase):
    """Registering the webhook at Mailjet."""

    def setUp(self):
        super().setUp()
        self.set_up_mailjet()
        self.server = self.make_server()

    def callbacks(self):
        return {row["EventType"]: row for row in self.rest("GET", "eventcallbackurl?Limit=100")}

    def urls(self):
        return {row["Url"] for row in self.callbacks().values()}

    def open(self):
        action = self.server.action_register_webhooks()
        return self.env[action["res_model"]].browse(action["res_id"])

    def statuses(self, wizard):
        return {line.event_type: line.status for line in wizard.line_ids}

    def test_register(self):
        wizard = self.open()
        self.assertEqual(self.statuses(wizard), dict.fromkeys(TYPES, "none"))
        self.assertFalse(wizard.takes_over or wizard.is_done)
        self.assertEqual(wizard.action_register()["params"]["type"], "success")
        self.assertEqual(set(self.callbacks()), TYPES)
        self.assertEqual({row["Version"] for row in self.callbacks().values()}, {2})
        (url,) = map(urlsplit, self.urls())
        self.assertEqual(f"{url.scheme}://{url.hostname}{url.path}", self.server.webhook_url)
        self.assertEqual((url.username, url.password), ("mailjet", self.server.webhook_password))
        self.assertGreaterEqual(len(url.password), 32)
        self.assertEqual(self.server.webhook_registered_count, 7)
        self.assertTrue(self.server.webhook_registered_datetime)

    def test_credentials_are_percent_encoded(self):
        self.server.write({"webhook_user": "a:b", "webhook_password": "p@ss/w:rd?#é"})
        self.open().action_register()
        (url,) = map(urlsplit, self.urls())
        self.assertEqual(url.hostname, "odoo.tienda.example")
        self.assertEqual((unquote(url.username), unquote(url.password)), ("a:b", "p@ss/w:rd?#é"))

    def test_registering_again_changes_nothing(self):
        self.open().action_register()
        before, writes = self.callbacks(), len(self.calls("PUT") + self.calls("POST"))
        wizard = self.open()
        self.assertTrue(wizard.is_done)
        wizard.action_register()
        self.assertEqual(self.callbacks(), before)
        self.assertEqual(len(self.calls("PUT") + self.calls("POST")), writes)

    def test_foreign_url_is_warned_of_and_replaced(self):
        self.rest("POST", "eventcallbackurl", {"EventType": "open", "Url": FOREIGN, "Version": 1})
        wizard = self.open()
        self.assertTrue(wizard.takes_over)
        self.assertEqual(self.statuses(wizard), {**dict.fromkeys(TYPES, "none"), "open": "foreign"})
        line = wizard.line_ids.filtered(lambda line: line.event_type == "open")
        self.assertEqual(line.url, "https://***@otra.example/mailjet?x=1")
        self.assertEqual(self.urls(), {FOREIGN})  # only read
        wizard.action_register()
        self.assertEqual(len(self.urls()), 1)
        self.assertEqual(self.callbacks()["open"]["Version"], 2)

    def test_foreign_url_that_was_not_shown_is_not_replaced(self):
        wizard = self.open()
        self.rest("POST", "eventcallbackurl", {"EventType": "open", "Url": FOREIGN})
        self.assertEqual(wizard.action_register()["res_id"], wizard.id)
        self.assertIn("account has changed", wizard.problem)
        self.assertTrue(wizard.takes_over)
        self.assertEqual(self.urls(), {FOREIGN})
        wizard.action_register()
        self.assertNotIn(FOREIGN, self.urls())
        self.assertFalse(wizard.problem)

    def test_another_server_of_this_odoo(self):
        other = self.make_server(name="Other")
        self.open().action_register()
        self.server, first = other, self.server
        wizard = self.open()
        self.assertEqual(self.statuses(wizard), dict.fromkeys(TYPES, "other_server"))
        self.assertTrue(wizard.takes_over)
        other.action_unregister_webhooks()
        self.assertEqual(len(self.callbacks()), 7)
        self.assertEqual(first.webhook_registered_count, 7)

    def test_copy_of_the_database_elsewhere_is_asked_for(self):
        self.open().action_register()
        self.env["ir.config_parameter"].set_param("web.base.url", "https://staging.example")
        self.server.invalidate_recordset()
        wizard = self.open()
        self.assertEqual(set(self.statuses(wizard).values()), {"moved"})
        self.assertTrue(wizard.takes_over)
        self.server.action_unregister_webhooks()
        self.assertEqual(len(self.callbacks()), 7)

    def test_url_entered_by_hand_gets_a_new_one_with_a_password(self):
        """Late events without the password are accepted as those of the old URL."""
        by_hand = self.server.webhook_url
        self.rest("POST", "eventcallbackurl", {"EventType": "open", "Url": by_hand, "Version": 2})
        token = by_hand.rpartition("/")[2]
        wizard = self.open()
        self.assertEqual(self.statuses(wizard)["open"], "outdated")
        self.assertFalse(wizard.takes_over)
        wizard.action_register()
        self.assertNotEqual(self.server.webhook_url, by_hand)
        self.env.flush_all()
        self.assertTrue(self.server._authenticate_webhook(token))

    def test_suspended_url_gets_a_new_one(self):
        self.open().action_register()
        former = self.server.webhook_url
        callback_id = self.callbacks()["click"]["ID"]
        self.rest("PUT", f"eventcallbackurl/{callback_id}", {"Status": "dead"})
        self.server.action_refresh_account()
        self.assertTrue(self.server.webhook_suspended)
        self.assertEqual(self.server.webhook_registered_count, 6)
        wizard = self.open()
        self.assertEqual(self.statuses(wizard)["click"], "suspended")
        wizard.action_register()
        self.assertNotEqual(self.server.webhook_url, former)
        self.assertEqual({row["Status"] for row in self.callbacks().values()}, {"alive"})
        self.assertEqual(self.server.webhook_registered_count, 7)
        self.assertFalse(self.server.webhook_suspended)

    def test_single_events_become_grouped(self):
        self.open().action_register()
        url = self.server.webhook_url
        self.rest("PUT", f"eventcallbackurl/{self.callbacks()['click']['ID']}", {"Version": 1})
        self.open().action_register()
        self.assertEqual({row["Version"] for row in self.callbacks().values()}, {2})
        self.assertEqual(self.server.webhook_url, url)

    def test_rotated_url_is_registered_anew(self):
        self.open().action_register()
        former = self.urls()
        self.server._rotate_webhook_secret()
        self.assertFalse(self.server.webhook_registered_count)
        wizard = self.open()
        self.assertEqual(self.statuses(wizard), dict.fromkeys(TYPES, "outdated"))
        wizard.action_register()
        self.assertFalse(self.urls() & former)
        self.assertEqual(self.server.webhook_registered_count, 7)

    def test_failure_halfway_keeps_what_was_registered(self):
        wizard = self.open()
        calls = []

        def fail_third(call):
            calls.extend([call] * (call.method == "POST"))
            if len(calls) == 3:
                self.mailjet.api.before_processing = None
                error = {"ErrorMessage": "MJ03 wrong", "StatusCode": 400}
                self.mailjet.api.fail(400, error, path="/v3/REST/eventcallbackurl")

        self.mailjet.api.before_processing = fail_third
        self.assertEqual(wizard.action_register()["res_id"], wizard.id)
        self.assertIn("spelt right", wizard.problem)
        self.assertEqual(len(self.callbacks()), 2)
        self.assertEqual(self.server.webhook_registered_count, 2)
        self.assertEqual(list(self.statuses(wizard).values()).count("current"), 2)
        password = self.server.webhook_password
        wizard.action_register()
        self.assertEqual(len(self.callbacks()), 7)
        self.assertEqual(len(self.urls()), 1)
        self.assertIn(password, self.urls().pop())
        self.assertFalse(wizard.problem)

    def test_unregister_takes_only_what_is_ours(self):
        self.open().action_register()
        rows = self.callbacks()
        self.rest("PUT", f"eventcallbackurl/{rows['open']['ID']}", {"Url": FOREIGN})
        self.server.action_unregister_webhooks()
        self.assertEqual(self.urls(), {FOREIGN})
        self.assertFalse(self.server.webhook_user or self.server.webhook_password)
        self.assertFalse(self.server.webhook_registered_count)
        self.assertFalse(self.server.webhook_registered_datetime)

    def test_another_account_has_nothing_registered(self):
        self.open().action_register()
        self.server.smtp_user = "another"
        self.assertFalse(self.server.webhook_registered_count)
        self.assertTrue(self.server.webhook_password)  # the old account still posts

    def test_another_provider_sends_no_password_along(self):
        self.open().action_register()
        self.server.provider = "aldeamo"
        self.assertFalse(self.server.webhook_user or self.server.webhook_password)

    def test_copied_server_shares_nothing(self):
        self.open().action_register()
        copy = self.server.copy()
        self.assertFalse(copy.webhook_user or copy.webhook_password)
        self.assertFalse(copy.webhook_registered_count or copy.provider_senders_datetime)

    def test_https_is_required(self):
        for url in ("http://odoo.tienda.example", "http://127.0.0.1.example"):
            with self.subTest(url=url):
                self.env["ir.config_parameter"].set_param("web.base.url", url)
                self.server.invalidate_recordset()
                with self.assertRaisesRegex(UserError, "posts to https addresses"):
                    self.server.action_register_webhooks()
        self.env["ir.config_parameter"].set_param("web.base.url", "http://127.0.0.1:8069")
        self.server.invalidate_recordset()
        self.open().action_register()
        self.server.api_url = "https://api.mailjet.com"
        with self.assertRaisesRegex(UserError, "posts to https addresses"):
            self.server.action_register_webhooks()

    def test_server_without_url(self):
        self.server.webhook_secret = False
        with self.assertRaisesRegex(UserError, "Make a new webhook URL first"):
            self.server.action_register_webhooks()
