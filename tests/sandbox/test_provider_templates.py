# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import os
from itertools import product
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from lab.sandbox import Sandbox

from .common import CommittedCase


class TestProviderTemplates(CommittedCase):
    """Mails with a template stored at the provider, by SMTP and by API."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sandbox = Sandbox()
        cls.sandbox.__enter__()
        cls.addClassCleanup(cls.sandbox.__exit__)
        cls.startClassPatcher(patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": cls.sandbox.ca_bundle}))
        # Odoo sends no mails during tests, except these to the sandbox.
        servers = type(cls.env["ir.mail_server"])
        cls.startClassPatcher(patch.object(servers, "_is_test_mode", lambda self: False))
        cls.env["ir.mail_server"].search([]).active = False
        cls.sandbox.mailjet.templates[42] = "<p>Hola {{var:nombre}}, vea {{var:enlace}}</p>"
        cls.sandbox.aldeamo.templates["42eqy7oaigql"] = "<p>Hola {nombre}, vea {enlace}</p>"
        cls.servers = {
            "mailjet": cls.make_server("mailjet", cls.sandbox.mailjet),
            "aldeamo": cls.make_server(
                "aldeamo", cls.sandbox.aldeamo, api_key=cls.sandbox.aldeamo.api_key
            ),
        }
        cls.mailing_list = cls.env["mailing.list"].create({"name": "Clientes"})
        cls.env["mailing.contact"].create(
            [
                {"name": name, "email": f"{index}@cliente.example", "list_ids": cls.mailing_list}
                for index, name in enumerate(("Ana Núñez", 'José "Pepe" Gómez'))
            ]
        )

    @classmethod
    def make_server(cls, code, provider, **values):
        return cls.env["ir.mail_server"].create(
            {
                "name": code,
                "provider": code,
                "smtp_host": provider.smtp_host,
                "smtp_port": provider.smtp_port,
                "smtp_encryption": "starttls",
                "smtp_user": provider.user,
                "smtp_pass": provider.password,
                "api_url": provider.api_url,
                **values,
            }
        )

    # longer than a header line may be, without a space
    LINK = "https://empresa.example/" + "x" * 120

    def values(self, code, template):
        return {
            "mail_server_id": self.servers[code].id,
            "provider_template": template,
            "provider_variable_ids": [
                (0, 0, {"name": "nombre", "expression": "{{ object.name }}"}),
                (0, 0, {"name": "enlace", "expression": self.LINK}),
            ],
        }

    def make_mailing(self, **values):
        return self.env["mailing.mailing"].create(
            {
                "subject": "Promoción",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": self.mailing_list.ids,
                "email_from": "Tienda <tienda@empresa.example>",
                "body_html": "<p>What Odoo would send</p>",
                **values,
            }
        )

    def check_each_way(self, send):
        """Check what arrives after `send(code, template)`, by SMTP and by API."""
        for code, template in (("mailjet", "42"), ("aldeamo", "42eqy7oaigql")):
            provider = getattr(self.sandbox, code)
            for transport in ("smtp", "api"):
                with self.subTest(provider=code, transport=transport):
                    self.servers[code].transport = transport
                    before = len(provider.received)
                    names = send(code, template)
                    mails = provider.delivered[before:]
                    bodies = [mail.get_body(("html",)).get_content() for mail in mails]
                    self.assertEqual(
                        sorted(body.strip() for body in bodies),
                        sorted(f"<p>Hola {name}, vea {self.LINK}</p>" for name in names),
                    )
                    self.assertEqual({mail["Subject"] for mail in mails}, {"Promoción"})
                    ways = {message.transport for message in provider.received[before:]}
                    self.assertEqual(ways, {transport})

    def test_mailing(self):
        def send(code, template):
            self.make_mailing(**self.values(code, template)).action_send_mail()
            self.committed()
            return (
                self.env["mailing.contact"]
                .search([("list_ids", "in", self.mailing_list.ids)])
                .mapped("name")
            )

        self.check_each_way(send)

    def test_sample_of_a_mailing(self):
        def send(code, template):
            mailing = self.make_mailing(**self.values(code, template))
            self.env["mailing.mailing.test"].create(
                {"mass_mailing_id": mailing.id, "email_to": "jefe@empresa.example"}
            ).send_mail_test()
            self.committed()
            return self.env["mailing.contact"].search([], limit=1).mapped("name")

        self.check_each_way(send)

    def test_mail_template(self):
        partner = self.env["res.partner"].create({"name": "Ana", "email": "ana@cliente.example"})

        def send(code, template):
            mail_template = self.env["mail.template"].create(
                {
                    "name": "Bienvenida",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "subject": "Promoción",
                    "email_from": "tienda@empresa.example",
                    "partner_to": "{{ object.id }}",
                    "body_html": "<p>What Odoo would send</p>",
                    **self.values(code, template),
                }
            )
            mail_template.send_mail(partner.id, force_send=True, raise_exception=True)
            self.committed()
            return ["Ana"]

        self.check_each_way(send)

    def test_queued_template_does_not_leave_through_another_provider(self):
        self.sandbox.mailjet.templates[1234567] = "<p>Hola</p>"
        partner = self.env["res.partner"].create({"name": "Ana", "email": "ana@cliente.example"})
        mail_template = self.env["mail.template"].create(
            {
                "name": "Bienvenida",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Promoción",
                "email_from": "tienda@empresa.example",
                "partner_to": "{{ object.id }}",
                "auto_delete": False,
                # looks like one of Aldeamo's, too
                **self.values("mailjet", "1234567"),
            }
        )
        server, aldeamo = self.servers["mailjet"], self.sandbox.aldeamo
        queued = [self.env["mail.mail"].browse(mail_template.send_mail(partner.id)) for _n in "123"]
        queued[0].send()
        self.assertEqual(queued[0].state, "sent", "it is Mailjet's")
        before = len(aldeamo.received)
        server.write(
            {
                "provider": "aldeamo",
                "smtp_host": aldeamo.smtp_host,
                "smtp_port": aldeamo.smtp_port,
                "smtp_user": aldeamo.user,
                "smtp_pass": aldeamo.password,
                "api_url": aldeamo.api_url,
                "api_key": aldeamo.api_key,
            }
        )
        for mail, transport in zip(queued[1:], ("smtp", "api"), strict=True):
            server.transport = transport
            with mute_logger("odoo.addons.mail.models.mail_mail"):
                mail.send()
            self.assertEqual(mail.state, "exception")
            self.assertIn("1234567", mail.failure_reason)
        self.assertEqual(len(aldeamo.received), before)

    def test_template_without_variables(self):
        self.sandbox.mailjet.templates[7] = "<p>Hola</p>"
        self.sandbox.aldeamo.templates["abcdefghijkl"] = "<p>Hola</p>"
        for code, template in (("mailjet", "7"), ("aldeamo", "abcdefghijkl")):
            for transport in ("smtp", "api"):
                with self.subTest(provider=code, transport=transport):
                    server = self.servers[code]
                    server.transport = transport
                    mailing = self.make_mailing(
                        mail_server_id=server.id, provider_template=template
                    )
                    mailing.action_send_mail()
                    self.committed()
                    [body] = {
                        mail.get_body(("html",)).get_content().strip()
                        for mail in getattr(self.sandbox, code).delivered[-2:]
                    }
                    self.assertEqual(body, "<p>Hola</p>")

    def test_a_name_that_would_not_be_replaced_is_refused(self):
        templates = {"mailjet": "42", "aldeamo": "42eqy7oaigql"}
        names = ["año", "a  b", "a ", "", "1st", "{{x}}", "a&b", "var ñ 4", "a;b"]
        wrong = {"aldeamo": names, "mailjet": [*names, "first name", "a-b"]}
        for code, template in templates.items():
            for name in wrong[code]:
                values = self.values(code, template)
                values["provider_variable_ids"] = [(0, 0, {"name": name, "expression": "x"})]
                with (
                    self.subTest(provider=code, name=name),
                    self.assertRaisesRegex(ValidationError, "letter"),
                ):
                    self.make_mailing(**values)
        mailing = self.make_mailing(**self.values("mailjet", "42"))
        with self.assertRaisesRegex(ValidationError, "letter"):
            mailing.provider_variable_ids[0].name = "niña"

    def test_names_that_aldeamos_manual_shows_as_good(self):
        """Section 6: "var 3" and "var-5-5"."""
        self.sandbox.aldeamo.templates["manualmanual"] = "<p>{var1} {var 3} {var-5-5}</p>"
        server = self.servers["aldeamo"]
        variables = [
            (0, 0, {"name": name, "expression": name.upper()})
            for name in ("var1", "var 3", "var-5-5")
        ]
        for transport in ("smtp", "api"):
            with self.subTest(transport=transport):
                server.transport = transport
                self.make_mailing(
                    mail_server_id=server.id,
                    provider_template="manualmanual",
                    provider_variable_ids=variables,
                ).action_send_mail()
                self.committed()
                body = self.sandbox.aldeamo.delivered[-1].get_body(("html",)).get_content()
                self.assertEqual(body.strip(), "<p>VAR1 VAR 3 VAR-5-5</p>")

    def test_everybody_can_save_a_template_of_his_own(self):
        """Odoo takes everything that looks like an expression for one, also in a help text."""
        employee = self.employee()
        for code, server in self.servers.items():
            with self.subTest(provider=code):
                templates = self.env["mail.template"].with_user(employee)
                template = templates.create({"name": "Mine", "mail_server_id": server.id})
                template.write({"name": "Still mine"})
                self.assertTrue(template.provider_template_help)
                for language in ("en_US", "es_ES"):
                    self.env["res.lang"]._activate_lang(language)
                    self.assertFalse(template.with_context(lang=language)._is_dynamic())

    def employee(self):
        """Return a user as with Settings ▸ Restrict mail templates edition."""
        editor = self.env.ref("mail.group_mail_template_editor")
        self.env.ref("base.group_user").implied_ids -= editor
        employee = new_test_user(self.env, "empleado", groups="base.group_user")
        employee.groups_id -= editor
        return employee

    def test_a_template_that_cannot_exist_is_refused(self):
        for code, template in (("mailjet", "Bienvenida"), ("aldeamo", "a template")):
            with self.subTest(provider=code), self.assertRaisesRegex(ValidationError, "template"):
                self.make_mailing(**self.values(code, template))

    def test_a_variable_has_one_value(self):
        mailing = self.make_mailing(**self.values("mailjet", "42"))
        again = {"name": "nombre", "expression": "x", "mailing_id": mailing.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["mail.provider.variable"].create(again)

    def test_variables_are_guarded_as_what_they_belong_to(self):
        mailing = self.make_mailing(**self.values("mailjet", "42"))
        template = self.env["mail.template"].create(
            {
                "name": "Bienvenida",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                **self.values("mailjet", "42"),
            }
        )
        employee = self.employee()
        for record in (mailing, template):
            variable = record.sudo().provider_variable_ids[1].with_user(employee)
            with self.subTest(record=record), self.assertRaises(AccessError):
                variable.expression = "https://evil.example"
            with self.subTest(record=record), self.assertRaises(AccessError):
                variable.unlink()
        template.sudo().user_id = employee
        variable.invalidate_recordset()
        variable.expression = "https://empresa.example"
        marketer = new_test_user(
            self.env, "marketing", groups="mass_mailing.group_mass_mailing_user"
        )
        mailing.provider_variable_ids[1].with_user(marketer).expression = "https://a.example"

    def test_a_template_needs_its_provider(self):
        plain = self.env["ir.mail_server"].create({"name": "Plain", "smtp_host": "localhost"})
        values = {**self.values("mailjet", "42"), "mail_server_id": plain.id}
        with self.assertRaisesRegex(ValidationError, "Choose a mail server of that provider"):
            self.make_mailing(**values)

    def test_a_template_that_the_provider_does_not_know(self):
        for code, template in (("mailjet", "404"), ("aldeamo", "nosuchtemplate")):
            with self.subTest(provider=code):
                self.servers[code].transport = "api"
                mailing = self.make_mailing(**self.values(code, template))
                mailing.action_send_mail()
                self.committed()
                traces = mailing.mailing_trace_ids
                self.assertEqual(set(traces.mapped("trace_status")), {"error"})
                self.assertIn("template", traces[0].failure_reason)

    def test_a_subject_cannot_name_a_template(self):
        server = self.servers["aldeamo"]
        subjects = (
            "*|tid:42eqy7oaigql|*Promoción",
            "*|tid:42eqy7oaigql|* *|tid:42eqy7oaigql|*Promoción",
            "=?utf-8?q?*=7Ctid:42eqy7oaigql=7C*?= Promoción",
        )
        for transport, subject in product(("smtp", "api"), subjects):
            with self.subTest(transport=transport, subject=subject):
                server.transport = transport
                mailing = self.make_mailing(mail_server_id=server.id, subject=subject)
                mailing.action_send_mail()
                self.committed()
                mail = self.sandbox.aldeamo.delivered[-1]
                self.assertEqual(mail["Subject"], "Promoción")
                self.assertIn("What Odoo would send", mail.get_body(("html",)).get_content())
