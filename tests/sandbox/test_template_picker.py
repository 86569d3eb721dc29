# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import timedelta

from odoo import fields
from odoo.api import call_kw
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from .common import SandboxCase

PICK = "mail.provider.template.pick"
HOSTILE = (
    "<html><head><script>alert(1)</script><style>p { color: red }</style></head><body>"
    '<p onclick="alert(2)">Hola {{var:nombre}}</p><a href="javascript:alert(3)">Oferta</a>'
    '<iframe src="https://malo.example"></iframe><form action="https://malo.example">'
    '<input name="clave"></form><object data="x.swf"></object></body></html>'
)


class PickerCase(SandboxCase):
    def setUp(self):
        super().setUp()
        self.mailjet.templates.update({42: HOSTILE, 43: {"Text-part": "Solo texto <b>"}})
        self.mailjet.template_names.update({42: "Bienvenida", 43: "Recordatorio"})
        self.servers = {code: self.account_server(code) for code in ("mailjet", "aldeamo")}
        self.marketer = new_test_user(
            self.env, "marketer", groups="base.group_user,mass_mailing.group_mass_mailing_user"
        )
        self.employee = new_test_user(self.env, "employee", groups="base.group_user")

    def new_mailing(self, code="mailjet", **values):
        return self.mailing.copy(
            {"mail_server_id": self.servers[code].id, "state": "draft", **values}
        )

    def rpc(self, model, method, *args, user=None, **kwargs):
        """Call a method over RPC, and return the result."""
        env = self.env(user=user or self.marketer)
        result = call_kw(env[model], method, args, kwargs)
        self.env.flush_all()
        return json.loads(json.dumps(result, default=str))

    def opened(self, owner, **options):
        """Return the opened dialog."""
        action = self.rpc(owner._name, "action_pick_provider_template", owner.ids, **options)
        self.assertEqual(action["res_model"], PICK)
        return self.env[PICK].with_user(self.marketer).browse(action["res_id"])

    def offered(self, wizard):
        """Return the names that the dialog's field finds."""
        (values,) = wizard.read(["mail_server_id"])
        domain = [["mail_server_id", "=", values["mail_server_id"][0]]]
        found = self.rpc("mail.provider.template", "name_search", name="", args=domain)
        return [name for _id, name in found]

    def calls(self, path):
        return [call for call in self.mailjet.api.calls if path in call.path]


class TestTemplatePicker(PickerCase):
    def test_the_accounts_templates_by_name(self):
        wizard = self.opened(self.new_mailing())
        self.assertEqual(self.offered(wizard), ["Bienvenida (42)", "Recordatorio (43)"])
        self.assertFalse(wizard.trouble)
        found = self.rpc("mail.provider.template", "name_search", name="bienv")
        self.assertEqual([name for _id, name in found], ["Bienvenida (42)"])

    def test_picked(self):
        for owner in (
            self.new_mailing(),
            self.env["mail.template"].create(
                {"name": "Factura", "mail_server_id": self.servers["mailjet"].id}
            ),
        ):
            with self.subTest(owner=owner._name):
                marketer = self.marketer
                if owner._name == "mail.template":
                    marketer.groups_id |= self.env.ref("mail.group_mail_template_editor")
                wizard = self.opened(owner)
                template = self.env["mail.provider.template"].search([("code", "=", "42")])
                self.rpc(PICK, "write", wizard.ids, {"template_id": template.id})
                self.rpc(PICK, "action_pick", wizard.ids)
                self.assertEqual(owner.provider_template, "42")
                # Opened again, it shows the chosen template.
                self.assertEqual(self.opened(owner).template_id, template)

    def test_a_preview_without_what_harms(self):
        wizard = self.opened(self.new_mailing(provider_template="42"))
        (shown,) = self.rpc(PICK, "read", wizard.ids, ["preview", "subject", "preview_trouble"])
        self.assertEqual(shown["subject"], "Subject of Bienvenida")
        self.assertFalse(shown["preview_trouble"])
        self.assertIn("Hola {{var:nombre}}", shown["preview"])
        for harm in ("<script", "onclick", "javascript:", "<iframe", "<form", "<input", "<object"):
            self.assertNotIn(harm, shown["preview"])

    def test_a_preview_while_choosing(self):
        wizard = self.opened(self.new_mailing())
        template = self.env["mail.provider.template"].search([("code", "=", "43")])
        spec = {"template_id": {"fields": {}}, "preview": {}, "subject": {}, "has_list": {}}
        spec["mail_server_id"] = {"fields": {}}
        values = self.rpc(
            PICK, "onchange", wizard.ids, {"template_id": template.id}, ["template_id"], spec
        )["value"]
        self.assertEqual(values["preview"], "<p>Solo texto &lt;b&gt;</p>")

    def test_no_keys(self):
        wizard = self.opened(self.new_mailing(provider_template="42"))
        names = self.rpc(PICK, "fields_get")
        told = json.dumps(self.rpc(PICK, "read", wizard.ids, list(names)), default=str)
        for server in self.servers.values():
            for secret in (server.smtp_pass, server.smtp_user, server.api_key):
                self.assertNotIn(secret or "\0", told)
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.rpc("ir.mail_server", "read", [self.servers["mailjet"].id], ["smtp_pass"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_else(self):
        mailing = self.new_mailing()
        wizard = self.opened(mailing)
        template = self.env["mail.template"].create(
            {"name": "Factura", "mail_server_id": self.servers["mailjet"].id}
        )
        for model, method, *args in (
            ("mailing.mailing", "action_pick_provider_template", mailing.ids),
            ("mail.template", "action_pick_provider_template", template.ids),
            ("mail.provider.template", "search_read", []),
            (PICK, "read", wizard.ids),
            (PICK, "create", {"mail_template_id": template.id}),
            (PICK, "action_refresh", wizard.ids),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.rpc(model, method, *args, user=self.employee)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_only_for_what_one_may_edit(self):
        """Also with record rules of a company."""
        self.env["ir.rule"].create(
            {
                "name": "One's own email templates",
                "model_id": self.env["ir.model"]._get_id("mail.template"),
                "domain_force": "[('user_id', '=', user.id)]",
                "perm_read": False,
            }
        )
        template = self.env["mail.template"].create(
            {"name": "Factura", "mail_server_id": self.servers["mailjet"].id, "user_id": False}
        )
        mine = self.env[PICK].with_user(self.marketer).create({"mail_template_id": template.id})
        for method in ("action_pick", "action_refresh"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.rpc(PICK, method, mine.ids)
        self.assertFalse(self.calls("/template"))

    def test_read_once_and_again_by_a_click(self):
        mailing = self.new_mailing()
        for _time in range(3):
            wizard = self.opened(mailing)
        self.assertEqual(len(self.calls("/template")), 1)
        self.mailjet.templates[44] = "<p>Nueva</p>"
        del self.mailjet.templates[43]
        self.rpc(PICK, "action_refresh", wizard.ids)
        self.assertEqual(self.offered(wizard), ["Bienvenida (42)", "Template 44 (44)"])
        self.servers["mailjet"].provider_templates_datetime -= timedelta(hours=2)
        self.opened(mailing)
        self.assertEqual(len(self.calls("/template")), 3)

    def test_many_templates(self):
        self.mailjet.templates.update(dict.fromkeys(range(1000, 2300), "<p>Hola</p>"))
        self.opened(self.new_mailing())
        self.assertEqual(len(self.servers["mailjet"].provider_template_ids), 1302)

    def test_another_account_has_others(self):
        self.opened(self.new_mailing())
        server = self.servers["mailjet"]
        self.assertTrue(server.provider_template_ids)
        server.smtp_user = "0" * 32
        self.assertFalse(server.provider_template_ids)
        self.assertFalse(server.provider_templates_datetime)

    def test_wrong_key(self):
        self.servers["mailjet"].smtp_pass = "wrong"
        mailing = self.new_mailing(provider_template="42")
        wizard = self.opened(mailing)
        self.assertIn("key", wizard.trouble)
        self.assertNotIn("wrong", wizard.trouble)
        # A template that was used before is offered.
        (name,) = self.offered(wizard)
        self.assertTrue(name.startswith("42, used in"))
        (shown,) = self.rpc(PICK, "read", wizard.ids, ["preview", "preview_trouble"])
        self.assertFalse(shown["preview"])
        self.assertIn("key", shown["preview_trouble"])

    def test_no_connection(self):
        self.servers["mailjet"].api_url = "https://127.0.0.1:9"
        mailing = self.new_mailing()
        wizard = self.opened(mailing)
        self.assertTrue(wizard.trouble)
        self.assertNotIn("Traceback", wizard.trouble)
        # Manual input still works.
        self.rpc("mailing.mailing", "write", mailing.ids, {"provider_template": "4711"})
        self.assertEqual(mailing.provider_template, "4711")

    def test_without_keys(self):
        self.servers["mailjet"].write({"transport": "smtp", "smtp_pass": False})
        self.assertIn("administrator", self.opened(self.new_mailing()).trouble)

    def test_without_a_list_what_was_used(self):
        used = self.new_mailing("aldeamo", subject="Promo", provider_template="42eqy7oaigql")
        wizard = self.opened(self.new_mailing("aldeamo"))
        self.assertEqual(wizard.has_list, False)
        self.assertFalse(wizard.trouble)
        (name,) = self.offered(wizard)
        self.assertEqual(name, f"42eqy7oaigql, used in {used.display_name}")
        self.assertFalse(wizard.preview)

    def test_nothing_used_yet(self):
        wizard = self.opened(self.new_mailing("aldeamo"))
        self.assertTrue(wizard.is_empty)

    def test_without_a_provider(self):
        mailing = self.mailing.copy({"mail_server_id": False})
        with self.assertRaises(UserError):
            self.opened(mailing)

    def test_chosen_first(self):
        wizard = self.opened(self.new_mailing())
        with self.assertRaises(UserError):
            self.rpc(PICK, "action_pick", wizard.ids)

    def test_the_list_says_when_it_was_read(self):
        wizard = self.opened(self.new_mailing())
        self.assertLess(fields.Datetime.now() - wizard.read_at, timedelta(minutes=5))
