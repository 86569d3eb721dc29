# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import Form, new_test_user, tagged

from lab.sandbox import Step

from .common import SandboxCase

EMAIL = "ana@cliente.example"


@tagged("post_install", "-at_install")
class TestExclusions(SandboxCase):
    """Asking whether Mailjet excludes an address, and allowing it again."""

    provider = "mailjet"

    def setUp(self):
        super().setUp()
        self.server.active = False
        self.server = self.account_server()
        self.marketer = new_test_user(
            self.env, "m", groups="base.group_user,mass_mailing.group_mass_mailing_user"
        )

    def dialog(self, record):
        action = record.action_ask_provider()
        return self.env[action["res_model"]].browse(action["res_id"])

    def asked(self, path="contact"):
        return [call for call in self.mailjet.api.calls if f"/{path}" in call.path]

    def test_from_the_blacklist_and_back(self):
        self.send(self.mail(self.server, EMAIL))
        self.mailjet.contacts.exclude(EMAIL)
        entry = self.env["mail.blacklist"].create({"email": EMAIL})
        form = Form(entry)
        self.assertTrue(form.can_ask_provider)
        self.assertFalse(self.asked())  # opening the record makes no call
        dialog = self.dialog(entry)
        line = dialog.line_ids
        self.assertEqual((line.mail_server_id, line.state), (self.server, "excluded"))
        self.assertIn("Odoo's emails are still sent to them", dialog.exclusion_help)
        action = line.action_allow()
        again = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(again.line_ids.state, "allowed")
        self.assertFalse(self.mailjet.contacts.is_excluded(EMAIL))
        self.assertTrue(entry.active)  # Odoo's own blacklist is unchanged

    def test_contacts(self):
        self.send(self.mail(self.server, EMAIL))
        partner = self.env["res.partner"].create({"name": "Ana", "email": f"Ana <{EMAIL}>"})
        contact = self.make_contact(EMAIL)
        for record in (partner, contact):
            with self.subTest(model=record._name):
                self.assertEqual(self.dialog(record).line_ids.state, "allowed")
                actions = self.env["ir.actions.actions"].get_bindings(record._name)
                names = [action["name"] for action in actions["action"]]
                self.assertIn("Ask the Email Provider", names)
        stranger = self.env["res.partner"].create({"name": "Leo", "email": "leo@otra.example"})
        self.assertEqual(self.dialog(stranger).line_ids.state, "unknown")
        stranger.email = False
        with self.assertRaisesRegex(UserError, "no email address"):
            stranger.action_ask_provider()

    def test_bound_action(self):
        partner = self.env["res.partner"].create({"name": "Ana", "email": EMAIL})
        bound = self.env.ref("mail_mailjet_aldeamo.res_partner_action_ask_provider")
        context = {"active_model": "res.partner", "active_id": partner.id}
        action = bound.with_user(self.marketer).with_context(**context).run()
        self.assertEqual(action["res_model"], "mail.provider.exclusion")

    def test_each_account_once(self):
        self.account_server(name="same account")
        self.account_server("aldeamo")
        self.account_server(name="another", smtp_user="another")
        partner = self.env["res.partner"].create({"name": "Ana", "email": EMAIL})
        lines = self.dialog(partner).line_ids
        self.assertEqual(lines.mapped("state"), ["unknown", "failed"])
        self.assertIn("doesn't accept the API key", lines[1].problem)

    def test_complaints_and_rejections_are_told(self):
        mail, trace = self.mailing_mail(self.server, EMAIL)
        self.send(mail)
        self.apply(*self.mailjet.events_for(self.mailjet.received[0], Step.BLOCKED))
        self.mailjet.events_for(self.mailjet.received[0], Step.COMPLAINED)
        self.assertEqual(trace.trace_status, "error")
        dialog = self.dialog(self.env["mailing.contact"].browse(trace.res_id))
        self.assertEqual(dialog.line_ids.problem, "The recipient has reported an email as spam.")
        self.assertTrue(dialog.rejected_at)
        self.assertIn("bounced recently", dialog.rejected_reason)

    def test_marketers_may_and_employees_may_not(self):
        self.mailjet.contacts.exclude(EMAIL)
        entry = self.env["mail.blacklist"].create({"email": EMAIL})
        dialog = self.dialog(entry.with_user(self.marketer)).with_user(self.marketer)
        dialog.line_ids.action_allow()
        self.assertFalse(self.mailjet.contacts.is_excluded(EMAIL))
        employee = new_test_user(self.env, "e", groups="base.group_user")
        partner = self.env["res.partner"].create({"name": "Ana", "email": EMAIL})
        before = len(self.mailjet.api.calls)
        with self.assertRaises(AccessError):
            partner.with_user(employee).action_ask_provider()
        self.assertEqual(len(self.mailjet.api.calls), before)

    def test_nobody_to_ask(self):
        self.server.active = False
        entry = self.env["mail.blacklist"].create({"email": EMAIL})
        self.assertFalse(Form(entry).can_ask_provider)
        with self.assertRaisesRegex(UserError, "no outgoing mail server"):
            entry.action_ask_provider()
