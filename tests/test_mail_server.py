# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import ValidationError
from odoo.tests.common import Form, TransactionCase
from odoo.tools import file_open

from odoo.addons.mail.models.mail_message import Message

from ..providers import PROVIDERS
from .common import ProviderTransactionCase


class TestProviderPresets(TransactionCase):
    def test_choosing_a_provider_fills_in_its_server(self):
        for code, host, port in (
            ("mailjet", "in-v3.mailjet.com", 587),
            ("aldeamo", "email-smtp-2.aldeamo.com", 2589),
        ):
            with self.subTest(provider=code):
                form = Form(self.env["ir.mail_server"])
                form.provider = code
                form.smtp_user = "user"
                form.smtp_pass = "pass"
                server = form.save()
                self.assertEqual(server.name, PROVIDERS[code].name)
                self.assertEqual(server.smtp_host, host)
                self.assertEqual(server.smtp_port, port)
                self.assertEqual(server.smtp_encryption, "starttls")
                self.assertEqual(server.smtp_authentication, "login")

    def test_presets_can_be_edited(self):
        form = Form(self.env["ir.mail_server"])
        form.provider = "aldeamo"
        form.smtp_host = "smtp.ckpnd.com"
        form.smtp_port = 2525
        form.smtp_user = form.smtp_pass = "x"
        server = form.save()
        self.assertEqual((server.smtp_host, server.smtp_port), ("smtp.ckpnd.com", 2525))

    def test_encryption_chooses_the_port(self):
        form = Form(self.env["ir.mail_server"])
        form.provider = "mailjet"
        form.smtp_encryption = "ssl"
        self.assertEqual(form.smtp_port, 465)
        form.smtp_encryption = "starttls"
        self.assertEqual(form.smtp_port, 587)
        form.provider = "aldeamo"
        form.smtp_encryption = "ssl"
        self.assertEqual(form.smtp_port, 2589, "Aldeamo hands out the port: it stays")

    def test_without_provider_the_form_is_odoos(self):
        form = Form(self.env["ir.mail_server"])
        form.smtp_encryption = "ssl"
        self.assertEqual(form.smtp_port, 465)
        form.smtp_encryption = "none"
        self.assertEqual(form.smtp_port, 25)

    def test_credentials_in_the_providers_words(self):
        server = self.env["ir.mail_server"].new({"provider": "mailjet"})
        self.assertEqual(
            (server.provider_user_label, server.provider_password_label),
            ("API key", "Secret key"),
        )
        server.provider = "aldeamo"
        self.assertEqual(
            (server.provider_user_label, server.provider_password_label), ("User", "Password")
        )
        server.provider = False
        self.assertFalse(server.provider_user_label)

    def address(self, server):
        return server.smtp_host, server.smtp_port, server.smtp_encryption

    def test_create_fills_in_what_is_not_given(self):
        create = self.env["ir.mail_server"].create
        keys = {"smtp_user": "user", "smtp_pass": "pass"}
        for code, provider in PROVIDERS.items():
            for given in ({}, {"smtp_host": False, "smtp_port": 0, "smtp_encryption": False}):
                with self.subTest(provider=code, given=given):
                    server = create({"provider": code, **keys, **given})
                    port = provider.smtp.ports["starttls"]
                    self.assertEqual(self.address(server), (provider.smtp.host, port, "starttls"))
                    self.assertEqual(server.smtp_authentication, "login")
                    self.assertEqual(server.name, provider.name)
        for given, port, encryption in (
            ({"smtp_encryption": "ssl"}, 465, "ssl"),
            ({"smtp_port": 465}, 465, "ssl"),
            ({"smtp_port": 2525}, 2525, "starttls"),
            ({"smtp_port": 2525, "smtp_encryption": "none"}, 2525, "none"),
        ):
            with self.subTest(given=given):
                server = create({"name": "Mine", "provider": "mailjet", **keys, **given})
                self.assertEqual(self.address(server), ("in-v3.mailjet.com", port, encryption))
                self.assertEqual(server.name, "Mine")

    def test_import_fills_in_what_is_not_given(self):
        names = ["name", "provider", "smtp_user", "smtp_pass", "smtp_host", "smtp_port"]
        rows = [
            ["One", "Mailjet", "user", "pass", "", ""],
            ["Two", "Aldeamo", "user", "pass", "smtp.ckpnd.com", "2525"],
        ]
        result = self.env["ir.mail_server"].load(names, rows)
        self.assertFalse(result["messages"])
        one, two = self.env["ir.mail_server"].browse(result["ids"])
        self.assertEqual(self.address(one), ("in-v3.mailjet.com", 587, "starttls"))
        self.assertEqual(self.address(two), ("smtp.ckpnd.com", 2525, "starttls"))

    def test_write_fills_in_the_server_of_another_provider(self):
        server = self.env["ir.mail_server"].create({"name": "x", "smtp_host": "localhost"})
        server.provider = "mailjet"
        self.assertEqual(self.address(server), ("in-v3.mailjet.com", 587, "starttls"))
        server.write({"provider": "aldeamo", "smtp_port": 2525})
        self.assertEqual(self.address(server), ("email-smtp-2.aldeamo.com", 2525, "starttls"))
        server.smtp_host = "smtp.ckpnd.com"
        server.write({"provider": "aldeamo", "smtp_user": "user"})
        self.assertEqual(self.address(server), ("smtp.ckpnd.com", 2525, "starttls"))
        self.assertEqual(server.name, "x")

    def test_port_25_is_refused_with_the_reason(self):
        for code in PROVIDERS:
            with self.assertRaisesRegex(ValidationError, "Odoo Online, Odoo.sh"):
                self.env["ir.mail_server"].create(
                    {"name": "x", "provider": code, "smtp_host": "x", "smtp_port": 25}
                )
        self.env["ir.mail_server"].create({"name": "x", "smtp_host": "x", "smtp_port": 25})


class TestMassMailServer(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].search([]).active = False
        cls.first = cls.make("First", 10)
        cls.second = cls.make("Second", 20)

    @classmethod
    def make(cls, name, sequence=10, **values):
        return cls.env["ir.mail_server"].create(
            {"name": name, "smtp_host": "localhost", "sequence": sequence, **values}
        )

    def test_ticking_it_sets_the_priority(self):
        form = Form(self.first)
        form.mass_mail = True
        self.assertEqual(form.sequence, 30)
        form.save()
        self.assertEqual(self.first.sequence, 30)

    def test_create_and_write_set_the_priority(self):
        self.assertEqual(self.make("Mass", mass_mail=True).sequence, 30)
        self.first.mass_mail = True
        self.assertEqual(self.first.sequence, 30)

    def test_the_first_server_leaves_room_for_the_default_priority(self):
        (self.first | self.second).active = False
        mass = self.make("Mass", mass_mail=True)
        with self.cr.savepoint():
            self.assertLess(self.make("Everyday").sequence, mass.sequence)

    def test_a_greater_number_stays(self):
        self.assertEqual(self.make("Mass", 50, mass_mail=True).sequence, 50)

    def test_refused_from_the_mass_mail_side(self):
        mass = self.make("Mass", mass_mail=True)
        with self.assertRaisesRegex(ValidationError, "“Mass”.*“Second”"), self.cr.savepoint():
            mass.sequence = 20

    def test_refused_from_the_other_side(self):
        self.make("Mass", mass_mail=True)
        with self.assertRaisesRegex(ValidationError, "“Mass”.*“First”"), self.cr.savepoint():
            self.first.sequence = 30
        with self.assertRaisesRegex(ValidationError, "“Mass”.*“Late”"), self.cr.savepoint():
            self.make("Late", 40)

    def test_archived_servers_do_not_count(self):
        self.make("Mass", mass_mail=True)
        late = self.make("Late", 40, active=False)
        with self.assertRaises(ValidationError):
            late.active = True

    def test_dragging_lines_passes_through_wrong_orders(self):
        mass = self.make("Mass", 21, mass_mail=True)
        # The writes of the list when Second is dragged to the top: one server after the other
        with self.cr.savepoint():
            for sequence, server in enumerate((self.second, self.first, mass), 20):
                server.sequence = sequence
        self.assertEqual(mass.sequence, 22)

    def test_never_chosen_automatically(self):
        mass = self.make("Mass", mass_mail=True, from_filter="example.com")
        find = self.env["ir.mail_server"]._find_mail_server
        self.assertEqual(find("ana@example.com")[0], self.first)
        self.assertEqual(find("ana@example.com", self.first | mass)[0], self.first)

    def test_chosen_where_there_is_no_other(self):
        mass = self.make("Mass", mass_mail=True)
        (self.first | self.second).active = False
        self.assertEqual(self.env["ir.mail_server"]._find_mail_server("a@example.com")[0], mass)

    def test_an_addon_that_takes_the_first_server_of_a_company(self):
        """Like OCA's `mail_multicompany` for each message without a server."""
        mass = self.make("Mass", mass_mail=True)
        original = Message.create

        @api.model_create_multi
        def create(messages, vals_list):
            for vals in vals_list:
                vals["mail_server_id"] = vals.get("mail_server_id") or self.companys_server.id
            return original(messages, vals_list)

        with patch.object(Message, "create", create):
            for server, wanted in ((mass, self.env["ir.mail_server"]), (self.first, self.first)):
                self.companys_server = server
                message = self.env.user.partner_id.message_post(body="Hola")
                self.assertEqual(message.mail_server_id, wanted)
                messages = self.env["mail.message"].create([{}, {"mail_server_id": mass.id}])
                self.assertEqual([message.mail_server_id for message in messages], [wanted, mass])

    def test_one_click_makes_it_the_server_of_mass_mailings(self):
        self.assertFalse(self.first.is_mass_mailing_default)
        self.first.action_use_for_mass_mailing()
        self.first.invalidate_recordset()
        self.assertTrue(self.first.mass_mail)
        self.assertTrue(self.first.is_mass_mailing_default)
        mailing = self.env["mailing.mailing"].create({"subject": "Hello"})
        self.assertEqual(mailing.mail_server_id, self.first)
        self.assertTrue(mailing.mail_server_available)


class TestWebhookSecret(ProviderTransactionCase):
    def authenticate(self, token):
        self.env.flush_all()
        return self.env["ir.mail_server"]._authenticate_webhook(token)

    def test_a_server_with_a_provider_has_a_url(self):
        self.assertTrue(self.server.webhook_url.endswith(f"/mail_provider/{self.token}"))
        self.assertEqual(self.authenticate(self.token), (self.server.id, "aldeamo"))

    def test_a_server_without_provider_has_none(self):
        server = self.env["ir.mail_server"].create({"name": "x", "smtp_host": "x"})
        self.assertFalse(server.webhook_url)
        server.write({"provider": "mailjet", "smtp_port": 587})
        self.assertTrue(server.webhook_url)

    def test_a_copy_has_a_secret_of_its_own(self):
        copy = self.server.copy()
        self.assertTrue(copy.webhook_secret)
        self.assertNotEqual(copy.webhook_secret, self.server.webhook_secret)

    def test_wrong_tokens(self):
        secret = self.server.webhook_secret
        for token in (
            "",
            "-",
            secret,
            f"{self.server.id}",
            f"{self.server.id}-",
            f"{self.server.id}-None",
            f"{self.server.id + 1}-{secret}",
            f"{self.server.id}-{secret}x",
            f"{self.server.id}-{secret[:-1]}",
            f"{self.server.id}-{secret.swapcase()}",
            f"99999999999999999999-{secret}",
            f"-1-{secret}",
            f"{self.server.id}-\N{SNOWMAN}\udcff",
        ):
            with self.subTest(token=token):
                self.assertIsNone(self.authenticate(token))

    def test_archived_or_without_provider(self):
        self.server.active = False
        self.assertTrue(self.authenticate(self.token))
        self.server.webhook_until = fields.Datetime.now()
        self.assertIsNone(self.authenticate(self.token))
        self.server.write({"active": True, "provider": False})
        self.assertEqual(self.authenticate(self.token), (self.server.id, "aldeamo"))
        self.server.webhook_secret_previous_until = fields.Datetime.now()
        self.assertIsNone(self.authenticate(self.token))

    def test_rotation_has_a_grace_period(self):
        self.server.action_rotate_webhook_secret()
        new = f"{self.server.id}-{self.server.webhook_secret}"
        self.assertNotEqual(new, self.token)
        self.assertTrue(self.authenticate(new))
        self.assertTrue(self.authenticate(self.token))
        self.assertGreater(
            self.server.webhook_secret_previous_until, fields.Datetime.now() + timedelta(days=6)
        )
        self.server.webhook_secret_previous_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertTrue(self.authenticate(new))
        self.assertIsNone(self.authenticate(self.token))

    def test_https_is_asked_for_where_the_provider_needs_it(self):
        set_param = self.env["ir.config_parameter"].set_param
        set_param("web.base.url", "http://odoo.example.com")
        self.assertTrue(self.server.webhook_is_insecure)
        set_param("web.base.url", "https://odoo.example.com")
        self.server.invalidate_recordset()
        self.assertFalse(self.server.webhook_is_insecure)

    def test_neutralized_copies_take_no_events(self):
        secrets = [
            *("webhook_user", "webhook_password", "smtp_pass", "api_key"),
            *("webhook_user_previous", "webhook_password_previous"),
        ]
        self.server.write(dict.fromkeys(secrets, "x"))
        # as OCA's mail_environment has it
        self.env.cr.execute(
            """
            ALTER TABLE ir_mail_server ADD server_env_defaults text;
            UPDATE ir_mail_server SET server_env_defaults =
                '{"x_smtp_host_env_default": "h", "x_smtp_pass_env_default": "x"}'
            """
        )
        with file_open("mail_mailjet_aldeamo/data/neutralize.sql") as script:
            self.env.flush_all()
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertIsNone(self.authenticate(self.token))
        self.assertFalse(self.server.webhook_url)
        for name in secrets:
            self.assertFalse(self.server[name], name)
        self.env.cr.execute(
            "SELECT server_env_defaults FROM ir_mail_server WHERE id = %s", [self.server.id]
        )
        self.assertEqual(self.env.cr.fetchall(), [('{"x_smtp_host_env_default": "h"}',)])

    def test_columns_that_others_need_not_know(self):
        """Other addons and Odoo's own scripts insert rows with SQL."""
        addon = "mail_mailjet_aldeamo"
        columns = [
            (model._table, field.name)
            for model in self.env.values()
            if model._auto and not model._abstract and model._original_module != addon
            for field in model._fields.values()
            if field.store and field.column_type and set(field._modules) == {addon}
        ]
        self.assertIn(("ir_mail_server", "transport"), columns)
        self.env.cr.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE is_nullable = 'NO' AND column_default IS NULL
               AND (table_name, column_name) IN %s
            """,
            [tuple(columns)],
        )
        self.assertEqual(self.env.cr.fetchall(), [])

    def test_several_servers_at_once(self):
        servers = self.server | self.server.copy()
        self.assertEqual(len(set(servers.mapped("webhook_url"))), 2)

    def test_health(self):
        trace = self.make_trace("ana@example.com")
        self.apply(
            self.aldeamo_event(trace, "open"),
            {"nonsense": 1},
            {"event": "sent", "type": "SMTP", "to": "x@example.com"},
        )
        self.receive(self.aldeamo_event(trace, "click"))
        self.assertEqual(self.server.tracking_today_count, 4)
        self.assertEqual(self.server.tracking_failed_count, 1)
        self.assertEqual(self.server.tracking_unmatched_count, 1)
        self.assertEqual(self.server.tracking_pending_count, 1)
        self.assertTrue(self.server.tracking_last_datetime)
