# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import Form, TransactionCase, new_test_user, tagged
from odoo.tools import file_open

from .account_common import MailjetCase

NEEDED = {
    "notifications@tienda.example": "Notifications",
    "bounce@tienda.example": "Bounces",
    "catchall@tienda.example": "Replies",
    "hola@tienda.example": "Tienda",
}


@tagged("post_install", "-at_install")
class TestAccount(MailjetCase, TransactionCase):
    """Senders and domains, from the buttons of the form to Mailjet's API and back."""

    def setUp(self):
        super().setUp()
        self.set_up_mailjet()
        self.server = self.make_server()

    def states(self):
        return {row.email: row.state for row in self.server.provider_sender_ids}

    def row(self, email):
        rows = self.server.provider_sender_ids | self.server.provider_domain_ids
        return rows.filtered(lambda row: row.email == email)

    def add_domain(self, name="tienda.example"):
        wizard = Form(self.server_wizard())
        wizard.domain = name
        wizard.save().action_add()
        return self.row(f"*@{name}")

    def add(self, row):
        action = row.action_add()
        return (
            self.env[action["res_model"]].with_context(**action["context"]).create({}).action_add()
        )

    def server_wizard(self):
        action = self.server.action_add_domain()
        return self.env[action["res_model"]].with_context(**action["context"])

    def test_what_odoo_sends_from_is_missing(self):
        self.assertFalse(self.server.provider_senders_datetime)
        self.server.action_refresh_account()
        self.assertTrue(self.server.provider_senders_datetime)
        rows = self.server.provider_sender_ids
        self.assertEqual([(row.email, row.needed_for) for row in rows], list(NEEDED.items()))
        self.assertEqual(set(rows.mapped("state")), {"missing"})
        for email in NEEDED:
            self.assertIn(email, self.server.unusable_senders)
        self.assertEqual(self.server.provider_domain_ids.mapped("domain"), ["empresa.example"])
        self.assertEqual(self.server.provider_domain_ids.state, "active")

    def test_reasons_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(["mail_mailjet_aldeamo"], ["es_ES"])
        self.server.action_refresh_account()
        row = self.row("catchall@tienda.example")
        self.assertEqual(row.with_context(lang="es_ES").needed_for, "Respuestas")

    def test_from_filter(self):
        self.env["res.company"].create({"name": "Otra", "email": "hola@otra.example"})
        self.server.from_filter = "tienda.example, news@noticias.example"
        self.server.action_refresh_account()
        rows = {row.email: row.needed_for for row in self.server.provider_sender_ids}
        self.assertEqual(rows, {**NEEDED, "news@noticias.example": "FROM filter"})
        proposed = Form(self.server_wizard()).proposals
        self.assertEqual(proposed, "tienda.example, noticias.example")

    def test_one_address_for_two_purposes(self):
        self.company.email = "NOTIFICATIONS@tienda.example"
        self.server.action_refresh_account()
        row = self.row("notifications@tienda.example")
        self.assertEqual(row.needed_for, "Notifications, Tienda")

    def test_add_an_address(self):
        self.server.action_refresh_account()
        row = self.row("hola@tienda.example")
        notice = self.add(row)["params"]
        self.assertEqual((row.state, notice["type"]), ("waiting", "info"))
        self.assertEqual(self.mailjet.activations[-1:], ["hola@tienda.example"])
        self.assertIn("hola@tienda.example", self.server.unusable_senders)
        row.action_send_activation_mail()
        self.assertEqual(self.mailjet.activations[-2:], ["hola@tienda.example"] * 2)
        self.mailjet.senders.activate("hola@tienda.example")
        notice = row.action_send_activation_mail()["params"]
        self.assertEqual((row.state, notice["type"]), ("active", "success"))
        self.assertNotIn("hola@tienda.example", self.server.unusable_senders)

    def test_rows_keep_their_ids(self):
        self.server.action_refresh_account()
        rows = self.server.provider_sender_ids
        self.server.action_refresh_account()
        self.assertEqual(self.server.provider_sender_ids, rows)
        self.company.email = False
        self.server.action_refresh_account()
        self.assertEqual(len(rows.exists()), 3)

    def test_domain_from_nothing_to_usable(self):
        self.assertEqual(Form(self.server_wizard()).domain, "tienda.example")
        domain = self.add_domain()
        self.assertEqual((domain.state, domain.spf_status), ("waiting", "unchecked"))
        self.assertEqual(domain.txt_name, f"{domain.txt_label}.tienda.example")
        self.assertEqual(set(self.states().values()), {"missing"})
        self.assertFalse(Form(self.server_wizard()).domain)
        notice = domain.action_check()["params"]
        self.assertEqual((domain.state, notice["type"]), ("waiting", "warning"))
        self.assertEqual((domain.spf_status, domain.dkim_status), ("missing", "error"))
        self.assertTrue(domain.checked_datetime)
        self.publish(domain)
        notice = domain.action_check()["params"]
        self.assertEqual((domain.state, notice["type"]), ("active", "success"))
        self.assertEqual(self.states(), dict.fromkeys(NEEDED, "covered"))
        self.assertFalse(self.server.unusable_senders)
        # SPF and DKIM may be checked again, but the domain is validated.
        before = self.calls("POST")
        domain.action_check()
        self.assertEqual(self.calls("POST")[len(before) :], ["dns/tienda.example/check"])

    def test_domain_is_found_in_what_is_pasted(self):
        for given, domain in (
            (" Ejemplo.Example. ", "ejemplo.example"),
            ("https://ejemplo.example/tienda", "ejemplo.example"),
            ("ana@ejemplo.example", "ejemplo.example"),
            ("*@ejemplo.example", "ejemplo.example"),
            ("señal.example", "xn--seal-hqa.example"),
        ):
            with self.subTest(given=given):
                wizard = self.server_wizard().create({"domain": given})
                self.assertEqual(wizard._normalized(), domain)

    def test_no_domain(self):
        for given in ("tienda", "a b.example", "tienda..example", "-", "x" * 300, "127.0.0.1"):
            with self.subTest(given=given), self.assertRaisesRegex(UserError, "isn't a domain"):
                self.server_wizard().create({"domain": given}).action_add()
        self.assertNotIn("sender", self.calls("POST"))

    def test_no_credentials(self):
        self.server.smtp_pass = False
        with self.assertRaisesRegex(UserError, "Enter the credentials of Mailjet first"):
            self.server.action_refresh_account()

    def test_neutralized_copy_reaches_no_account(self):
        self.env.flush_all()
        with file_open("mail_mailjet_aldeamo/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Enter the credentials of Mailjet first"):
            self.server.action_refresh_account()
        self.assertFalse(self.mailjet.api.calls)

    def test_another_account_is_asked_anew(self):
        self.server.action_refresh_account()
        self.server.write({"smtp_user": self.mailjet.user, "name": "Same"})
        self.assertTrue(self.server.provider_senders_datetime)
        self.server.smtp_user = "another"
        self.assertFalse(self.server.provider_senders_datetime)
        self.assertFalse(self.server.provider_sender_ids | self.server.provider_domain_ids)

    def test_wrong_credentials(self):
        self.server.smtp_pass = "wrong"
        with self.assertRaisesRegex(UserError, "doesn't accept the API key") as caught:
            self.server.action_refresh_account()
        self.assertNotIn("wrong", str(caught.exception))
        self.assertFalse(self.server.provider_senders_datetime)

    def test_sender_that_was_deleted_meanwhile(self):
        domain = self.add_domain("borrada.example")
        self.rest("DELETE", f"sender/{domain.remote_id}")
        with self.assertRaisesRegex(UserError, "it was deleted there"):
            domain.action_check()

    def test_aldeamo_has_no_account(self):
        server = self.env["ir.mail_server"].create(
            {"name": "Aldeamo", "provider": "aldeamo", "smtp_host": "h", "smtp_port": 2589}
        )
        self.assertFalse(server.has_account)
        self.assertTrue(self.server.has_account)
        self.assertFalse(server.webhook_type_count)
        self.assertEqual(self.server.webhook_type_count, 7)

    def test_only_administrators(self):
        self.server.action_refresh_account()
        before = len(self.mailjet.api.calls)
        given = {"mail_server_id": self.server.id}
        for login, groups in (
            ("employee", "base.group_user"),
            ("marketer", "base.group_user,mass_mailing.group_mass_mailing_user"),
        ):
            env = self.env(user=new_test_user(self.env, login, groups=groups))
            server = self.server.with_env(env)
            sender = self.server.provider_sender_ids[0].with_env(env)
            for name, call in {
                "refresh": server.action_refresh_account,
                "register": server.action_register_webhooks,
                "unregister": server.action_unregister_webhooks,
                "add": sender.action_add,
                "send": sender.action_send_activation_mail,
                "check": sender.action_check,
                "read": lambda sender=sender: sender.read(["email"]),
                "search": lambda env=env: env["mail.provider.identity"].search([]),
                "dialog": lambda env=env: env["mail.provider.identity.add"].create(given),
                "wizard": lambda env=env: env["mail.provider.webhook.register"].create(given),
            }.items():
                with self.subTest(user=login, call=name), self.assertRaises(AccessError):
                    call()
        self.assertEqual(len(self.mailjet.api.calls), before)
