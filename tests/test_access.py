# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError
from odoo.tests.common import HttpCase, new_test_user, tagged

from .common import ProviderCase, ProviderTransactionCase

SERVER_SECRETS = [
    "smtp_user",
    "smtp_pass",
    "webhook_secret",
    "webhook_secret_previous",
    "webhook_secret_previous_until",
    "webhook_provider_previous",
    "webhook_until",
    "webhook_user",
    "webhook_password",
    "webhook_user_previous",
    "webhook_password_previous",
    "webhook_is_protected",
    "webhook_registered_datetime",
    "webhook_registered_count",
    "webhook_suspended",
    "provider_sender_ids",
    "provider_domain_ids",
    "provider_senders_datetime",
    "unusable_senders",
    "sender_state",
    "needed_sender_count",
    "missing_sender_count",
    "takes_activation_mails",
    "missing_events_from",
    "missing_events_until",
    "missing_events_position",
    "missing_events_datetime",
    "missing_events_count",
    "webhook_url",
]
MARKETER = "base.group_user,base.group_allow_export,mass_mailing.group_mass_mailing_user"
EVENT_SECRETS = ["reference", "payload", "fingerprint"]


class TestAccess(ProviderTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "marketer", groups=MARKETER)
        cls.employee = new_test_user(cls.env, "employee", groups="base.group_user")
        cls.server.action_rotate_webhook_secret()
        cls.trace = cls.make_trace("ana@example.com")

    def secrets(self):
        event = self.apply(self.aldeamo_event(self.trace, "open"))
        for record, names in ((self.server, SERVER_SECRETS), (event, EVENT_SECRETS)):
            for name in names:
                yield record.with_user(self.marketer), name

    def test_marketers_read_events_and_servers(self):
        event = self.apply(self.aldeamo_event(self.trace, "open")).with_user(self.marketer)
        self.assertEqual(event.event_type, "opened")
        self.assertEqual(self.server.with_user(self.marketer).provider, "aldeamo")
        for operation in ("write", "create", "unlink"):
            self.assertFalse(event.check_access_rights(operation, raise_exception=False))
        with self.assertRaises(AccessError):
            event.action_process_again()

    def test_marketers_read_no_events_of_other_mail(self):
        record, customer = self.env["res.partner"].create(
            [{"name": "Record"}, {"name": "Ana", "email": "ana@example.com"}]
        )
        message = record.message_post(body="Salary", partner_ids=customer.ids)
        message.notification_ids.notification_status = "sent"
        delivery = self.make_delivery(
            "ana@example.com", mail_message_id=message.id, partner_id=customer.id
        )
        hidden = self.apply(
            self.aldeamo_event(
                self.trace,
                "click",
                custom_headers={"x-odoo-reference": delivery.token},
                destination="https://odoo.example.com/web/reset_password?token=secret",
            )
        )
        self.assertEqual((hidden.mail_message_id, hidden.state), (message, "done"))
        unsubscribed = self.apply(
            {"event": "unsubscribed", "type": "SMTP", "email": "ana@example.com"}
        )
        waiting = self.receive(self.aldeamo_event(self.trace, "click", msgid="x"))
        found = self.env["mail.tracking"].with_user(self.marketer).search([])
        self.assertFalse(found & (hidden | waiting))
        self.assertIn(unsubscribed, found)
        with self.assertRaises(AccessError):
            hidden.with_user(self.marketer).read(["url"])
        admin = self.env.ref("base.user_admin")
        self.assertIn(hidden, self.env["mail.tracking"].with_user(admin).search([]))

    def test_others_read_no_events(self):
        for user in (self.employee, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.env["mail.tracking"].with_user(user).search([])

    def test_marketers_cannot_read_secrets(self):
        for record, name in self.secrets():
            with self.subTest(field=name):
                with self.assertRaises(AccessError):
                    record.read([name])
                with self.assertRaises(AccessError):
                    _value = record[name]
                self.assertNotIn(name, record.fields_get())
                self.assertNotIn(name, record.read()[0])

    def test_marketers_cannot_export_secrets(self):
        for record, name in self.secrets():
            with self.subTest(field=name), self.assertRaises(AccessError):
                record.export_data([name])
        event = self.apply(self.aldeamo_event(self.trace, "click")).with_user(self.marketer)
        with self.assertRaises(AccessError):
            event.export_data(["mail_server_id/webhook_url"])

    def test_marketers_cannot_group_or_sort_by_secrets(self):
        for record, name in self.secrets():
            if not record._fields[name].store:
                continue
            with self.subTest(field=name), self.assertRaises(AccessError):
                record.read_group([], [name], [name])

    def test_marketers_cannot_guess_secrets_by_searching(self):
        for record, name in self.secrets():
            if not record._fields[name].store:
                continue
            with self.subTest(field=name), self.assertRaises(AccessError):
                record.search([(name, "=like", "a%")])

    def test_marketers_cannot_change_or_test_the_webhook(self):
        server = self.server.with_user(self.marketer)
        for method in (
            "action_rotate_webhook_secret",
            "action_test_webhook",
            "action_use_for_mass_mailing",
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(server, method)()


@tagged("post_install", "-at_install")
class TestAccessOverHttp(ProviderCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()

    def test_web_client_shows_marketers_no_secrets(self):
        new_test_user(self.env, "marketer", groups=MARKETER)
        self.authenticate("marketer", "marketer")
        for method, kwargs in (
            ("read", {"fields": SERVER_SECRETS}),
            ("web_read", {"specification": {name: {} for name in SERVER_SECRETS}}),
            ("export_data", {"fields_to_export": SERVER_SECRETS}),
        ):
            with self.subTest(method=method):
                response = self.opener.post(
                    f"{self.base_url()}/web/dataset/call_kw",
                    json={
                        "params": {
                            "model": "ir.mail_server",
                            "method": method,
                            "args": [self.server.ids],
                            "kwargs": kwargs,
                        }
                    },
                )
                self.assertEqual(
                    response.json()["error"]["data"]["name"], "odoo.exceptions.AccessError"
                )
                self.assertNotIn(self.server.webhook_secret, response.text)
