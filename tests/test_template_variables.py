# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import contextmanager
from xmlrpc.client import Fault

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

SECRET = "secreto-del-servidor"
# An expression of an attacker
STOLEN = "{{ object.env['ir.mail_server'].search([('smtp_pass', '!=', False)])[:1].smtp_pass }}"


@tagged("post_install", "-at_install", "slow")
class TestTemplateVariables(HttpCase):
    """Rights on the variables of templates, over XML-RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as with Settings ▸ Restrict mail templates edition
        editor = cls.env.ref("mail.group_mail_template_editor")
        cls.env.ref("base.group_user").implied_ids -= editor
        cls.users = {
            name: new_test_user(cls.env, name, groups=groups, password=f"{name}-word")
            for name, groups in (
                ("portal", "base.group_portal"),
                ("employee", "base.group_user"),
                ("marketer", "mass_mailing.group_mass_mailing_user"),
                ("editor", "base.group_user,mail.group_mail_template_editor"),
                ("administrator", "base.group_system"),
            )
        }
        for name in ("employee", "portal"):
            cls.users[name].groups_id -= editor
        cls.server = cls.env["ir.mail_server"].create(
            {"name": "S", "provider": "mailjet", "smtp_port": 587, "smtp_pass": SECRET}
        )
        cls.env["ir.mail_server"].search([("id", "!=", cls.server.id)]).smtp_pass = False
        values = {"mail_server_id": cls.server.id, "provider_template": "42"}
        partners = cls.env["ir.model"]._get_id("res.partner")
        cls.partner = cls.env["res.partner"].create({"name": "Ana", "email": "ana@x.example"})
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "S",
                "mailing_model_id": partners,
                "user_id": cls.users["marketer"].id,
                **values,
            }
        )
        cls.template = cls.env["mail.template"].create(
            {"name": "Everybody's", "model_id": partners, **values}
        )
        cls.own = {
            name: cls.env["mail.template"].create(
                {"name": name, "model_id": partners, "user_id": user.id, **values}
            )
            for name, user in cls.users.items()
        }
        cls.of_mailing = cls.variable(mailing_id=cls.mailing.id)
        cls.of_template = cls.variable(mail_template_id=cls.template.id)

    @classmethod
    def variable(cls, **owner):
        return cls.env["mail.provider.variable"].create(
            {"name": "a", "expression": "fixed", **owner}
        )

    def call(self, login, method, *arguments, model="mail.provider.variable", **options):
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            self.users[login].id,
            f"{login}-word",
            model,
            method,
            arguments,
            options,
        )

    @contextmanager
    def refused(self):
        quiet = mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
        with quiet, self.assertRaises(Fault) as raised:
            yield
        self.assertEqual(raised.exception.faultCode, 4, raised.exception.faultString)

    def check(self, may, call):
        """Check which users may do something.

        :param may: logins that may
        :param call: function of the login
        """
        for login in self.users:
            with self.subTest(login=login):
                if login in may:
                    call(login)
                else:
                    with self.refused():
                        call(login)

    def test_editing(self):
        for variable, may in (
            (self.of_mailing, ("marketer", "administrator")),
            (self.of_template, ("marketer", "editor", "administrator")),
        ):
            owner = "mailing_id" if variable.mailing_id else "mail_template_id"
            self.check(
                may, lambda login, v=variable: self.call(login, "write", v.ids, {"expression": "b"})
            )
            self.check(
                may,
                lambda login, v=variable, o=owner: self.call(
                    login, "create", {"name": login, "expression": "b", o: v[o].id}
                ),
            )
            new = {
                login: self.variable(name=f"{login}2", **{owner: variable[owner].id})
                for login in self.users
            }
            self.check(may, lambda login, n=new: self.call(login, "unlink", n[login].ids))

    def test_a_mail_costs_no_more_queries(self):
        """Nothing is computed after a mail was stored: the field would be updated by itself."""
        values = {"subject": "S", "body_html": "B", "mail_server_id": self.server.id}
        for template in (False, "42"):
            mail = self.env["mail.mail"].create({**values, "provider_template": template})
            self.assertEqual(mail.provider_of_template, template and "mailjet")
            with self.assertQueryCount(0):
                mail.flush_recordset(["provider_of_template"])

    def test_reading(self):
        def read(variable):
            return lambda login: self.call(login, "read", variable.ids, ["expression"])

        self.check(("marketer", "administrator"), read(self.of_mailing))
        self.check(("employee", "marketer", "editor", "administrator"), read(self.of_template))

    def test_moving_to_what_is_somebody_elses(self):
        """The attack: create a variable on an own template, then move it to another owner's."""
        mine = {
            login: self.variable(name=f"{login}3", mail_template_id=own.id)
            for login, own in self.own.items()
        }
        to_mailing = {"mailing_id": self.mailing.id, "mail_template_id": False}
        self.check(
            ("marketer", "administrator"),
            lambda login: self.call(login, "write", mine[login].ids, to_mailing),
        )
        mine = {
            login: self.variable(name=f"{login}4", mail_template_id=own.id)
            for login, own in self.own.items()
        }
        to_template = {"mail_template_id": self.template.id}
        self.check(
            ("marketer", "editor", "administrator"),
            lambda login: self.call(login, "write", mine[login].ids, to_template),
        )
        self.env.invalidate_all()
        self.assertEqual(
            {variable.name for variable in self.template.provider_variable_ids},
            {"a", "marketer4", "editor4", "administrator4"},
        )

    def test_taking_what_is_somebody_elses(self):
        """The rights on the old owner count, too; linking through the own template is writing."""
        link = {"provider_variable_ids": [(4, self.of_mailing.id)]}
        with self.refused():
            own = self.own["employee"].ids
            self.call("employee", "write", own, link, model="mail.template")
        with self.refused():
            values = {"mail_template_id": self.own["employee"].id, "mailing_id": False}
            self.call("employee", "write", self.of_mailing.ids, values)

    def test_expressions(self):
        """Only template editors write expressions, as in the email template's own fields."""
        for login in ("employee", "editor", "marketer", "administrator"):
            own = self.own[login]
            values = {"name": "e", "expression": "{{ object.name }}", "mail_template_id": own.id}
            with self.subTest(login=login):
                if login == "employee":
                    with self.refused():
                        self.call(login, "create", values)
                    plain = self.variable(name="f", mail_template_id=own.id)
                    with self.refused():
                        self.call(login, "write", plain.ids, {"expression": "{{ object.name }}"})
                    self.call(login, "write", plain.ids, {"expression": "words"})
                else:
                    self.call(login, "create", values)

    def rendered(self, owner):
        values = owner._provider_template_values(self.partner.ids)
        return values[self.partner.id]["provider_variables"]

    def check_not_rendered(self, owner):
        quiet = mute_logger("odoo.addons.mail.models.mail_render_mixin")
        with quiet, self.assertRaisesRegex(UserError, "Failed to render"):
            self.rendered(owner)

    def test_rendering_has_the_rights_of_the_responsible_user(self):
        """Not those of the sender, here the superuser of the queue."""
        own = self.own["editor"]
        self.variable(name="b", mail_template_id=own.id)
        for owner, variable in (
            (self.mailing, self.of_mailing),
            (own, own.provider_variable_ids),
        ):
            with self.subTest(owner=owner):
                variable.expression = "{{ object.name }}"
                self.assertEqual(self.rendered(owner), {variable.name: "Ana"})
                variable.expression = STOLEN
                self.check_not_rendered(owner)
        # without one, those of the variable's author
        own.user_id = False
        own.provider_variable_ids.unlink()
        written = self.call(
            "editor", "create", {"name": "c", "expression": STOLEN, "mail_template_id": own.id}
        )
        self.assertTrue(written)
        self.env.invalidate_all()
        self.check_not_rendered(own)

    def test_rendering_is_restricted_as_that_of_the_mailing(self):
        """Odoo renders a mailing's expressions for template editors only."""
        self.of_mailing.expression = "{{ object.name }}"
        self.mailing.user_id = self.users["employee"]
        with self.assertRaisesRegex(AccessError, "Mail Template Editor"):
            self.rendered(self.mailing)
        self.of_mailing.expression = "words"
        self.assertEqual(self.rendered(self.mailing), {"a": "words"})

    def test_rendering_in_other_companies(self):
        """The sender's companies are not those of the responsible user."""
        company = self.env["res.company"].create({"name": "Otra"})
        self.of_mailing.expression = "{{ object.name }}"
        mailing = self.mailing.with_context(allowed_company_ids=company.ids)
        self.assertEqual(self.rendered(mailing), {"a": "Ana"})
