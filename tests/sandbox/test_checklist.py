# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests.common import Form

from lab.sandbox.script import Step

from ...providers import PROVIDERS
from .common import SandboxCase

URL = "https://127.0.0.1:9"  # no server answers there


class ChecklistCase(SandboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.active = False
        cls.env["ir.config_parameter"].set_param("web.base.url", URL)
        cls.env["res.company"].search([]).write({"alias_domain_id": False, "email": False})
        domain = cls.env["mail.alias.domain"].create({"name": "empresa.example"})
        cls.env.company.write({"alias_domain_id": domain.id})
        cls.env["res.users"].search([]).partner_id.email = False
        cls.env.user.partner_id.email = "ana@empresa.example"

    def steps(self, server):
        server.invalidate_recordset()
        return {step["code"]: step for step in server.checklist["steps"]}

    def states(self, server):
        return {code: step["state"] for code, step in self.steps(server).items()}

    def next(self, server):
        """Return the name of the next step."""
        following = [code for code, step in self.steps(server).items() if step["is_next"]]
        self.assertLessEqual(len(following), 1)
        return following[0] if following else None

    def send_test(self, server, **values):
        """Send a test mail as the dialog does; return the dialog."""
        wizard = self.env["mail.provider.test"].browse(server.action_send_test()["res_id"])
        wizard.write(values)
        wizard.action_send()
        self.committed()
        return wizard

    def report(self, server, *steps):
        """Let the account report steps of the last accepted mail."""
        account = getattr(self.sandbox, server.provider)
        events = self.env["mail.tracking"]
        for step in steps:
            for event in account.events_for(account.received[-1], step):
                events._receive(server.id, server.provider, json.dumps(event).encode())
        self.run_job()

    def shown(self, wizard):
        wizard.delivery_id.invalidate_recordset()
        return [step["state"] for step in wizard.follow()["steps"]]


class TestChecklist(ChecklistCase):
    def test_before_the_first_save(self):
        form = Form(self.env["ir.mail_server"])
        self.assertEqual(form.checklist, {"steps": []})
        form.provider = "mailjet"
        keys, *others = form.checklist["steps"]
        self.assertTrue(keys["is_next"])
        self.assertEqual((keys["state"], keys["button"]), ("todo", "Save and Check the Keys"))
        self.assertIn("API credentials", keys["reason"])
        self.assertEqual({step["state"] for step in others}, {"unknown", "optional"})
        self.assertFalse(any(step["action"] or step["is_next"] for step in others))

    def test_nothing_is_right_of_which_nothing_is_known(self):
        for code in PROVIDERS:
            with self.subTest(code=code):
                states = self.states(self.account_server(code, "smtp"))
                self.assertNotIn("right", states.values())
                self.assertEqual(states["keys"], "unknown")
                self.assertEqual(states["test"], "todo")

    def test_each_step_opens_its_place(self):
        for code in PROVIDERS:
            server = self.account_server(code, "smtp")
            view = server.get_view(view_type="form")["arch"]
            for step in self.steps(server).values():
                with self.subTest(code=code, step=step["code"]):
                    self.assertTrue(step["word"] and step["reason"])
                    if step["page"]:
                        self.assertIn(f'<page name="{step["page"]}"', view)
                    if step["action"]:
                        self.assertTrue(callable(getattr(server, step["action"])))

    def test_the_steps_of_mailjet_one_after_the_other(self):
        server = self.account_server("mailjet", "smtp")
        self.assertEqual(self.next(server), "keys")
        server.action_check_keys()
        self.assertEqual(self.states(server)["keys"], "right")
        self.assertTrue(self.steps(server)["keys"]["as_of"])
        self.assertEqual(self.states(server)["senders"], "right", "the account was read as well")
        self.assertEqual(self.next(server), "dns")
        server.dns_check_ids = [
            (0, 0, {"domain": "empresa.example", "state": "ok", "checked_datetime": "2026-11-01"})
        ]
        server.dns_check_ids.checked_datetime = fields.Datetime.now()
        self.assertEqual(self.next(server), "webhook")
        wizard = self.env["mail.provider.webhook.register"]
        wizard.browse(server.action_register_webhooks()["res_id"]).action_register()
        self.assertEqual(self.next(server), "test")
        self.assertEqual(self.states(server)["mass_mail"], "optional")
        self.send_test(server)
        self.report(server, Step.DELIVERED, Step.OPENED)
        states = self.states(server)
        self.assertEqual(states.pop("mass_mail"), "optional")
        self.assertEqual(set(states.values()), {"right"})
        self.assertIsNone(self.next(server))
        server.action_use_for_mass_mailing()
        self.assertEqual(self.states(server)["mass_mail"], "right")

    def test_the_steps_of_aldeamo_which_cannot_be_asked(self):
        server = self.account_server("aldeamo", "smtp", delivery_rule="auto")
        server.action_check_keys()
        self.assertEqual(self.states(server)["senders"], "unknown")
        self.assertIn("Aldeamo's web application", self.steps(server)["senders"]["reason"])
        server.dns_check_ids = [
            (0, 0, {"domain": "empresa.example", "state": "ok"}),
        ]
        server.dns_check_ids.checked_datetime = fields.Datetime.now()
        self.assertEqual(self.next(server), "webhook")
        server.action_note_webhook_entered()
        self.assertEqual(self.states(server)["webhook"], "unknown", "somebody said so")
        self.assertEqual(self.next(server), "test")
        self.send_test(server)
        self.assertEqual(self.states(server)["senders"], "unknown")
        self.report(server, Step.DELIVERED)
        states = self.states(server)
        self.assertEqual((states["webhook"], states["senders"]), ("right", "right"))
        self.assertEqual(states["test"], "right")
        server.action_rotate_webhook_secret()
        self.assertFalse(server.webhook_entered_datetime)

    def test_senders_of_which_nothing_is_needed_are_not_right(self):
        self.env.company.alias_domain_id = False
        self.env.user.partner_id.email = False
        server = self.account_server("mailjet", "smtp")
        server.action_check_keys()
        self.assertEqual(self.states(server)["senders"], "unknown")

    def test_a_sender_that_is_missing(self):
        self.env.company.alias_domain_id.name = "tienda.example"
        server = self.account_server("mailjet", "smtp")
        server.action_check_keys()
        step = self.steps(server)["senders"]
        self.assertEqual((step["state"], step["is_next"]), ("todo", True))
        self.assertIn("bounce@tienda.example", step["reason"])

    def test_other_keys_are_not_known(self):
        server = self.account_server("mailjet", "smtp")
        server.action_check_keys()
        self.send_test(server)
        self.assertEqual(self.states(server)["test"], "right")
        form = Form(server)
        form.smtp_pass = "other"
        keys = form.checklist["steps"][0]
        self.assertEqual((keys["state"], keys["is_next"]), ("todo", True), "not saved yet")
        form.save()
        states = self.states(server)
        self.assertEqual(states["keys"], "unknown")
        server.smtp_user = "another"
        self.assertEqual(self.states(server)["test"], "todo", "the test was another account's")

    def test_locked_account(self):
        self.mailjet.runlevel = "Hardlock"
        server = self.account_server("mailjet", "smtp")
        server.action_check_keys()
        step = self.steps(server)["keys"]
        self.assertEqual(step["state"], "wrong")
        self.assertIn("locked this API key", step["reason"])
        self.assertEqual(server.account_state, "wrong")
        self.mailjet.runlevel = "Normal"
        server.action_refresh_account()
        self.assertEqual(server.account_state, "right")
        self.assertEqual(self.states(server)["keys"], "right")

    def test_sending_that_has_stopped(self):
        server = self.account_server("mailjet", "smtp")
        self.send_test(server)
        self.assertEqual(self.states(server)["keys"], "right", "a mail was taken")
        self.mailjet.smtp.revoke()
        self.send(self.mail(server))
        step = self.steps(server)["keys"]
        self.assertEqual((step["state"], step["is_next"]), ("wrong", True))
        self.assertIn("Secret key", step["reason"])
        self.mailjet.smtp.heal()
        server.action_check_keys()
        self.assertEqual(self.states(server)["keys"], "right")
        self.assertFalse(server.sending_error)


class TestWrongKeys(ChecklistCase):
    """The message has the provider's labels and says what to do, by SMTP and by API."""

    def words(self, server):
        notice = server.action_check_keys()["params"]
        self.assertEqual(notice["type"], "danger")
        step = self.steps(server)["keys"]
        self.assertEqual((step["state"], step["reason"]), ("wrong", notice["message"]))
        self.assertNotIn("b'", notice["message"])
        return notice["message"]

    def test_by_smtp(self):
        for code, user, password in (
            ("mailjet", "API key", "Secret key"),
            ("aldeamo", "User", "Password"),
        ):
            with self.subTest(code=code):
                server = self.account_server(code, "smtp", smtp_pass="wrong")
                words = self.words(server)
                self.assertIn(f"doesn't accept “{user}” and “{password}”: copy both", words)
                with self.assertRaisesRegex(UserError, f"doesn't accept “{user}”"):
                    server.test_smtp_connection()

    def test_by_api(self):
        server = self.account_server("mailjet", smtp_pass="wrong")
        self.assertIn("the API key and the secret key: correct them", self.words(server))
        server = self.account_server("aldeamo", api_key="wrong")
        self.assertIn("doesn't know this API key: copy it again", self.words(server))

    def test_server_that_is_not_there(self):
        server = self.account_server("mailjet", "smtp", smtp_port=9)
        self.assertIn("Nothing answers at that port", self.words(server))
        server.smtp_host = "nowhere.invalid"
        self.assertIn("name isn't found", self.words(server))
        server.write({"smtp_host": self.mailjet.smtp_host, "smtp_port": self.mailjet.smtp_port})
        server.smtp_encryption = "ssl"
        self.assertIn("encryption doesn't fit the port", self.words(server))
        server.smtp_encryption = "starttls"
        self.assertEqual(server.action_check_keys()["params"]["type"], "success")

    def test_sender_that_is_not_validated(self):
        server = self.account_server("mailjet", "smtp", from_filter="otra.example")
        self.assertEqual(server.action_check_keys()["params"]["type"], "success")
        self.assertEqual(self.states(server)["keys"], "right", "it isn't the keys' fault")


class TestTestMail(ChecklistCase):
    """The dialog that sends a test mail and shows its progress."""

    def test_every_way(self):
        for code in PROVIDERS:
            for transport in ("smtp", "api"):
                with self.subTest(code=code, transport=transport):
                    server = self.account_server(code, transport, delivery_rule="auto")
                    wizard = self.send_test(server, email_to="leo@cliente.example")
                    self.assertFalse(wizard.problem)
                    [received] = getattr(self.sandbox, code).received[-1:]
                    self.assertEqual(received.recipients, ("leo@cliente.example",))
                    delivery = wizard.delivery_id
                    self.assertTrue(delivery.is_test)
                    self.assertEqual((delivery.transport, delivery.state), (transport, "accepted"))
                    self.assertEqual(self.shown(wizard), ["right", "right", "todo", "todo"])
                    self.report(server, Step.DELIVERED)
                    self.assertEqual(self.shown(wizard), ["right", "right", "right", "todo"])
                    self.report(server, Step.OPENED)
                    self.assertEqual(self.shown(wizard), ["right"] * 4)
                    self.assertTrue(wizard.follow()["is_over"])
                    self.assertEqual(self.states(server)["test"], "right")
                    mails = self.env["mail.mail"].search([("subject", "like", "Test of")])
                    self.assertFalse(mails, "nothing is left behind")

    def test_the_sender_is_one_that_can_be_used(self):
        server = self.account_server("mailjet", "smtp")
        wizard = self.env["mail.provider.test"].create({"mail_server_id": server.id})
        self.assertIn("ana@empresa.example", wizard.email_from)
        self.env.user.partner_id.email = "ana@gmail.example"
        server.action_check_keys()
        wizard = self.env["mail.provider.test"].create({"mail_server_id": server.id})
        self.assertEqual(wizard.email_from, "notifications@empresa.example")

    def test_an_address_that_is_none(self):
        server = self.account_server("mailjet", "smtp")
        for name in ("email_from", "email_to"):
            with self.assertRaisesRegex(UserError, "“nobody” isn't"), self.cr.savepoint():
                self.send_test(server, **{name: "nobody"})
        self.assertFalse(self.mailjet.received)

    def test_it_bounces(self):
        server = self.account_server("mailjet")
        wizard = self.send_test(server)
        self.report(server, Step.HARD_BOUNCE)
        self.assertEqual(self.shown(wizard), ["right", "right", "wrong", "todo"])
        found = wizard.follow()
        self.assertIn("550 5.1.1", found["steps"][2]["reason"])
        self.assertTrue(found["is_over"])
        self.assertEqual(self.states(server)["test"], "wrong")

    def test_it_is_refused(self):
        server = self.account_server("mailjet")
        wizard = self.send_test(server, email_from="x@otra.example")
        found = wizard.follow()
        self.assertEqual(self.shown(wizard), ["right", "wrong", "todo", "todo"])
        self.assertIn("validate it", found["steps"][1]["reason"])
        self.assertTrue(found["is_over"])

    def test_sending_has_stopped(self):
        server = self.account_server("mailjet")
        server.write(
            {
                "sending_paused_until": fields.Datetime.now() + timedelta(minutes=5),
                "sending_error_text": {"template": "Out of credit", "params": {}},
            }
        )
        wizard = self.send_test(server)
        self.assertEqual(wizard.problem, "Out of credit")
        self.assertFalse(wizard.delivery_id)
        server._forget_sending_error()
        self.env["mail.mail"].process_email_queue()
        self.committed()
        self.assertFalse(self.mailjet.received, "a test doesn't leave later by itself")

    def overdue(self, server, **values):
        """Return the dialog of a test mail that has no event after two minutes."""
        wizard = self.send_test(server)
        self.assertFalse(wizard.follow()["missing"])
        self.assertEqual(wizard.explain(), [])
        wizard.delivery_id.write(
            {"accepted_at": fields.Datetime.now() - timedelta(minutes=3), **values}
        )
        return wizard

    def texts(self, wizard, state):
        return [found["text"] for found in wizard.explain() if found["state"] == state]

    def test_why_nothing_is_reported(self):
        server = self.account_server("mailjet", "smtp", delivery_rule="auto")
        wizard = self.overdue(server)
        self.assertEqual(wizard.follow()["missing"], "delivered")
        self.assertEqual(self.states(server)["test"], "wrong")
        self.assertEqual(self.steps(server)["test"]["action"], "action_view_test")
        again = self.env["mail.provider.test"].browse(server.action_view_test()["res_id"])
        self.assertEqual(again.delivery_id, wizard.delivery_id)
        wrong = self.texts(wizard, "wrong")
        self.assertIn("Mailjet does not report “Delivered”. Register the webhook.", wrong)
        register = self.env["mail.provider.webhook.register"]
        register.browse(server.action_register_webhooks()["res_id"]).action_register()
        right = self.texts(wizard, "right")
        self.assertIn("Mailjet reports “Delivered” to this server.", right)
        with server._account() as account:
            [present] = [known for known in account.callbacks() if known.event_type == "sent"]
            account.register("sent", "https://crm:s3creto@crm.example/hook", present)
        [wrong] = [text for text in self.texts(wizard, "wrong") if "crm.example" in text]
        self.assertIn("to another URL", wrong)
        self.assertNotIn("s3creto", wrong)

    def test_why_the_address_serves_no_provider(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://0.0.0.0:9")
        for code in PROVIDERS:
            server = self.account_server(code, "smtp", delivery_rule="auto")
            wrong = self.texts(self.overdue(server), "wrong")
            self.assertIn("The provider posts to https addresses only", wrong[0])
            self.assertTrue(any("can't reach its own address" in text for text in wrong))

    def test_why_events_have_no_effect(self):
        server = self.account_server("aldeamo", "smtp", delivery_rule="auto")
        wizard = self.overdue(server)
        self.env["mail.tracking"]._receive(server.id, "aldeamo", b'{"nonsense": 1}')
        wrong = self.texts(wizard, "wrong")
        self.assertIn("Odoo could not process some events. See the tab Webhook.", wrong)
        unknown = self.texts(wizard, "unknown")
        self.assertTrue(any("Notificaciones" in text for text in unknown))

    def test_why_it_is_not_opened(self):
        server = self.account_server("mailjet", "smtp", provider_tracking="off")
        delivered = fields.Datetime.now() - timedelta(minutes=3)
        wizard = self.overdue(server, delivered_at=delivered, status="sent")
        self.assertEqual(wizard.follow()["missing"], "opened")
        found = wizard.explain()
        self.assertIn("shows the pictures", found[0]["text"])
        self.assertIn("tracking of opens is switched off", found[1]["text"])


class TestTestsCountNowhere(ChecklistCase):
    def test_the_test_of_a_mailing(self):
        server = self.account_server("mailjet", delivery_rule="auto")
        self.mailing.write(
            {
                "mail_server_id": server.id,
                "body_html": "<p>Hola</p>",
                "email_from": "ventas@empresa.example",
            }
        )
        mail, trace = self.mailing_mail(server, "eva@cliente.example")
        self.send(mail)
        self.report(server, Step.DELIVERED)
        test = self.env["mailing.mailing.test"].create(
            {"mass_mailing_id": self.mailing.id, "email_to": "leo@empresa.example"}
        )
        test.send_mail_test()
        self.committed()
        self.report(server, Step.DELIVERED, Step.OPENED)
        delivery = self.deliveries()[-1]
        self.assertTrue(delivery.is_test)
        self.assertEqual((delivery.mass_mailing_id, delivery.status), (self.mailing, "open"))
        events = delivery.mail_tracking_ids
        self.assertEqual(set(events.mapped("state")), {"done"})
        self.assertEqual(set(events.mapped("is_test")), {True})
        self.mailing.invalidate_recordset()
        self.assertIn(
            "search_default_filter_real", self.mailing.action_view_deliveries()["context"]
        )
        self.assertEqual((self.mailing.expected, self.mailing.opened), (1, 0))
        trackings = self.env["mail.tracking"]
        self.assertEqual(trackings.search([("is_test", "=", True)]), events)
        real = trackings.search([("is_test", "=", False), ("mail_server_id", "=", server.id)])
        self.assertEqual(real.delivery_id, trace.mail_delivery_ids)
        [unmatched] = self.apply({"event": "open", "time": 1772452800, "email": "a@b.example"})
        self.assertIn(unmatched, trackings.search([("is_test", "!=", True)]))

    def test_before_a_mailing_is_sent_its_tests_are_shown(self):
        self.make_delivery("leo@empresa.example", mass_mailing_id=self.mailing.id, is_test=True)
        self.assertTrue(self.mailing.last_email_status)
        action = self.mailing.action_view_deliveries()
        self.assertIn("search_default_filter_test", action["context"])
        self.assertTrue(
            self.env["mail.delivery"].search([*action["domain"], ("is_test", "=", True)])
        )

    def test_everyday_mail_is_no_test(self):
        server = self.account_server("mailjet")
        self.send(self.mail(server))
        self.assertFalse(self.deliveries().is_test)
