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
EVENT_SECRETS = ["token", "payload", "fingerprint"]


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


class TestAccessToEmails(ProviderTransactionCase):
    """Marketers see the emails of mailings, administrators all, other users none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "marketer", groups=MARKETER)
        cls.employee = new_test_user(cls.env, "employee", groups="base.group_user")
        cls.portal = new_test_user(cls.env, "portal_user", groups="base.group_portal")
        cls.admin = cls.env.ref("base.user_admin")
        cls.partner = cls.env["res.partner"].create({"name": "Ana", "email": "ana@example.com"})
        cls.contact = cls.make_contact("ana@example.com")
        cls.email = cls.make_trace("ana@example.com").mail_delivery_ids
        cls.private = cls.make_delivery("ana@example.com", partner_id=cls.partner.id)
        cls.mailing.user_id = cls.admin

    def test_timeline(self):
        for user, email in (
            (self.marketer, self.email),
            (self.admin, self.email),
            (self.admin, self.private),
        ):
            with self.subTest(user=user.login, email=email.id):
                self.assertTrue(email.with_user(user).timeline)
                self.assertTrue(email.with_user(user).read(["timeline", "address"]))
        for user, email in (
            (self.marketer, self.private),
            (self.employee, self.email),
            (self.portal, self.email),
        ):
            email.invalidate_recordset()
            with self.subTest(user=user.login, email=email.id), self.assertRaises(AccessError):
                email.with_user(user).read(["timeline"])

    def test_timeline_has_only_events_that_the_user_may_see(self):
        """The events of a hidden mail are hidden, also if another user has filled the cache."""
        event = self.apply(
            {
                "type": "SMTP",
                "event": "click",
                "email": "ana@example.com",
                "timestamp": "2026-03-02 07:00:00",
                "custom_headers": {"x-odoo-reference": self.private.token},
                "destination": "https://odoo.example.com/web/reset_password?token=secret",
            }
        )
        self.assertEqual(event.delivery_id, self.private)
        self.assertIn("secret", str(self.private.with_user(self.admin).timeline))
        self.private.invalidate_recordset()
        with self.assertRaises(AccessError):
            _value = self.private.with_user(self.marketer).timeline

    def test_search_by_address(self):
        domain = [("address", "=", "ana@example.com")]
        for user, found in (
            (self.marketer, self.email),
            (self.admin, self.email | self.private),
        ):
            self.assertEqual(self.env["mail.delivery"].with_user(user).search(domain), found)
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.env["mail.delivery"].with_user(user).search(domain)

    def test_buttons(self):
        for record in (self.partner, self.contact, self.mailing):
            for user in (self.marketer, self.admin):
                with self.subTest(model=record._name, user=user.login):
                    self.assertEqual(record.with_user(user).last_email_status, "pending")
            for user in (self.employee, self.portal):
                with self.subTest(model=record._name, user=user.login):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["last_email_status"])
                    self.assertNotIn("last_email_status", record.with_user(user).fields_get())

    def test_only_administrators_make_anonymous(self):
        wizards = self.env["mail.delivery.anonymization"]
        wizard = wizards.browse(wizards.open_for(self.partner)["res_id"])
        for user in (self.marketer, self.employee, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    wizards.with_user(user).open_for(self.partner.with_user(user))
                with self.assertRaises(AccessError):
                    wizard.with_user(user).action_anonymize()
                with self.assertRaises(AccessError):
                    self.email.with_user(user)._anonymize()
        self.assertFalse(self.email.is_anonymous)
        wizard.with_user(self.admin).action_anonymize()
        self.assertTrue(self.email.is_anonymous)


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

    def call(self, model, method, *args):
        response = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw",
            json={"params": {"model": model, "method": method, "args": args, "kwargs": {}}},
        )
        return response.json()

    def test_web_client_tells_nobody_else_what_became_of_an_email(self):
        new_test_user(self.env, "marketer", groups=MARKETER)
        new_test_user(self.env, "employee", groups="base.group_user")
        new_test_user(self.env, "portal_user", groups="base.group_portal")
        partner = self.env["res.partner"].create({"name": "Ana", "email": "ana@example.com"})
        email = self.make_trace("ana@example.com").mail_delivery_ids
        private = self.make_delivery("ana@example.com", partner_id=partner.id)
        wizards = self.env["mail.delivery.anonymization"]
        wizard = wizards.browse(wizards.open_for(partner)["res_id"])
        forbidden = [
            ("mail.delivery", "read", private.ids, ["timeline"]),
            ("mail.delivery.anonymization", "action_anonymize", wizard.ids),
            ("mail.delivery.anonymization", "create", {"email": "ana@example.com"}),
            ("mail.delivery", "_anonymize", email.ids),
            ("mail.delivery", "_of_person", "ana@example.com", []),
        ]
        hidden = [
            ("mail.delivery", "read", email.ids, ["timeline"]),
            ("mail.delivery", "search", [("address", "=", "ana@example.com")]),
            ("res.partner", "read", partner.ids, ["last_email_status"]),
            ("mailing.mailing", "read", self.mailing.ids, ["last_email_status"]),
        ]
        for login, calls in (
            ("marketer", forbidden),
            ("employee", forbidden + hidden),
            ("portal_user", forbidden + hidden),
        ):
            self.authenticate(login, login)
            for call in calls:
                with self.subTest(login=login, call=call):
                    error = self.call(*call)["error"]["data"]["name"]
                    self.assertEqual(error, "odoo.exceptions.AccessError")
        self.authenticate("marketer", "marketer")
        for call in hidden:
            with self.subTest(call=call):
                self.assertTrue(self.call(*call)["result"])
        self.env.invalidate_all()
        self.assertFalse((email | private).filtered("is_anonymous"))
