# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import time

import requests

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests.common import Form, HttpCase, TransactionCase, new_test_user, tagged

from ...models.ir_mail_server import account
from .account_common import MailjetCase
from .common import SandboxCase

ALIASES = ["notifications@tienda.example", "bounce@tienda.example", "catchall@tienda.example"]


class SendersCase(MailjetCase):
    def setUp(self):
        super().setUp()
        self.set_up_mailjet()
        self.server = self.make_server()

    def user(self, name, email, groups="base.group_user"):
        user = new_test_user(self.env, name, groups=groups)
        user.partner_id.write({"name": name.capitalize(), "email": email})
        return user

    def refresh(self):
        self.env.flush_all()
        self.server.action_refresh_account()
        return {row.email: row for row in self.server.provider_sender_ids}

    def row(self, email):
        rows = self.server.provider_sender_ids | self.server.provider_domain_ids
        return rows.filtered(lambda row: row.email == email)

    def activate(self, *emails):
        for email in emails:
            self.rest("POST", "sender", {"Email": email})
            self.mailjet.senders.activate(email)


@tagged("post_install", "-at_install")
class TestSenders(SendersCase, TransactionCase):
    """The sender addresses of a server, and which of them are in its account."""

    def test_users(self):
        self.user("ana", "Ana@tienda.example")
        self.user("eva", "Eva <eva@gmail.example>")
        self.user("portal", "portal@gmail.example", groups="base.group_portal")
        self.user("gone", "gone@gmail.example").active = False
        rows = self.refresh()
        self.assertEqual(rows["ana@tienda.example"].needed_for, "Ana")
        self.assertEqual(rows["eva@gmail.example"].state, "missing")
        self.assertNotIn("portal@gmail.example", rows)
        self.assertNotIn("gone@gmail.example", rows)
        self.server.from_filter = "tienda.example"
        rows = self.refresh()
        self.assertIn("ana@tienda.example", rows)
        self.assertNotIn("eva@gmail.example", rows)
        self.user("leo", "ana@tienda.example")
        self.assertEqual(self.refresh()["ana@tienda.example"].needed_for, "Users (2)")

    def test_users_of_a_server_for_mass_mail(self):
        self.user("ana", "ana@tienda.example")
        self.user(
            "eva", "eva@tienda.example", "base.group_user,mass_mailing.group_mass_mailing_user"
        )
        self.server.mass_mail = True
        rows = self.refresh()
        self.assertIn("eva@tienda.example", rows)
        self.assertNotIn("ana@tienda.example", rows)

    def test_what_another_server_sends(self):
        self.user("eva", "eva@gmail.example")
        other = self.env["ir.mail_server"].create(
            {"name": "Other", "smtp_host": "h", "from_filter": "gmail.example", "sequence": 99}
        )
        self.assertNotIn("eva@gmail.example", self.refresh())
        other.active = False
        self.assertIn("eva@gmail.example", self.refresh())

    def test_templates(self):
        templates = self.env["mail.template"]
        model = self.env["ir.model"]._get_id("res.partner")
        templates.create(
            [
                {"name": str(number), "model_id": model, "email_from": email}
                for number, email in enumerate(
                    ["Ventas <ventas@tienda.example>"] * 3 + ["{{ user.email }}", False]
                )
            ]
        )
        rows = self.refresh()
        self.assertEqual(rows["ventas@tienda.example"].needed_for, "Email templates (3)")
        other = self.env["ir.mail_server"].create({"name": "Other", "smtp_host": "h"})
        templates.search([("email_from", "ilike", "ventas@")]).mail_server_id = other
        self.assertNotIn("ventas@tienda.example", self.refresh())

    def test_mailings(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Hola",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "email_from": "Boletín <boletin@tienda.example>",
                "mail_server_id": self.server.id,
            }
        )
        self.assertEqual(self.refresh()["boletin@tienda.example"].needed_for, "Mailings (1)")
        mailing.state = "done"
        self.assertNotIn("boletin@tienda.example", self.refresh())

    def test_use_of_the_last_month(self):
        deliveries = self.env["mail.delivery"]
        values = {"mail_server_id": self.server.id, "state": "accepted"}
        now = fields.Datetime.now()
        for number in range(4):
            deliveries.create(
                {
                    **values,
                    "token": f"t{number}",
                    "from_address": "antes@tienda.example" if number else "hola@tienda.example",
                    "create_date": now if number < 3 else fields.Datetime.subtract(now, days=31),
                }
            )
        rows = self.refresh()
        self.assertEqual(rows["antes@tienda.example"].mail_count, 2)
        self.assertEqual(rows["antes@tienda.example"].state, "missing")
        self.assertEqual(rows["antes@tienda.example"].needed_for, "Recent emails")
        self.assertEqual(rows["hola@tienda.example"].mail_count, 1)
        self.assertIn("antes@tienda.example", self.server.unusable_senders)

    def test_alias_domains_outside_the_filter(self):
        self.server.from_filter = "otra.example"
        self.company.email = "hola@otra.example"
        self.activate("*@otra.example")
        rows = self.refresh()
        self.assertEqual(list(rows), ["hola@otra.example"])
        self.assertEqual(self.server.sender_state, "right")

    def test_never_right_where_nothing_is_known(self):
        self.assertEqual(self.server.sender_state, "unknown")
        self.company.write({"alias_domain_id": False, "email": False})
        self.refresh()
        self.assertTrue(self.server.provider_senders_datetime)
        self.assertEqual(self.server.sender_state, "unknown")
        self.server.from_filter = "noticias.example"
        self.refresh()
        self.assertEqual(self.server.sender_state, "todo")
        self.assertEqual(self.server.unusable_senders, "*@noticias.example")
        self.activate("*@noticias.example")
        self.refresh()
        self.assertEqual(self.server.sender_state, "right")
        self.company.email = "hola@tienda.example"
        self.server.from_filter = False
        self.refresh()
        self.assertEqual(self.server.sender_state, "todo")

    def test_long_lists_are_cut_where_all_is_well(self):
        self.patch(account, "MOST_LISTED", 6)
        self.activate("*@tienda.example")
        for number in range(4):
            self.user(f"g{number}", f"g{number}@gmail.example")
            self.user(f"t{number}", f"t{number}@tienda.example")
        rows = self.refresh()
        self.assertEqual(self.server.needed_sender_count, 12)
        self.assertEqual(self.server.missing_sender_count, 4)
        self.assertEqual(len(rows), 6)
        self.assertLessEqual({*ALIASES, "hola@tienda.example"}, set(rows))
        self.assertIn("and 2 more", self.server.unusable_senders)

    def test_one_answer_to_which_domains(self):
        self.user("eva", "eva@gmail.example")
        domains = ["tienda.example", "gmail.example"]
        self.env.flush_all()
        self.assertEqual(self.server._sender_domains(), domains)
        self.assertEqual(self.server._dns_domains(), domains)
        dialog = Form(
            self.env["mail.provider.identity.add"].with_context(
                default_mail_server_id=self.server.id
            )
        )
        self.assertEqual(dialog.proposals, "tienda.example, gmail.example")
        self.server.from_filter = "Boletín <news@noticias.example>, otra.example"
        self.assertEqual(self.server._sender_domains(), ["noticias.example", "otra.example"])
        self.assertEqual(self.server._dns_domains(), ["noticias.example", "otra.example"])

    def test_name_and_type(self):
        self.refresh()
        action = self.row("hola@tienda.example").action_add()
        dialog = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual((dialog.name, dialog.email_type), ("Tienda", "transactional"))
        dialog.name = "La Tienda"
        dialog.email_type = "bulk"
        notice = dialog.save().action_add()["params"]
        self.assertIn("activation email was sent to hola@tienda.example", notice["message"])
        (sender,) = self.rest("GET", "sender/hola@tienda.example")
        self.assertEqual((sender["Name"], sender["EmailType"]), ("La Tienda", "bulk"))
        self.server.mass_mail = True
        action = self.server.action_add_domain()
        dialog = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual((dialog.domain, dialog.email_type), ("tienda.example", "bulk"))
        dialog.save().action_add()
        (sender,) = self.rest("GET", "sender/*@tienda.example")
        self.assertEqual((sender["Name"], sender["EmailType"]), ("Tienda", "bulk"))

    def test_a_hundred_thousand(self):
        """Users, templates and mails are counted in the database, not one by one."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO mail_template (name, model_id, email_from, model)
            SELECT to_jsonb('{"en_US": "t"}'::text), id, 'ventas' || n %% 50 || '@tienda.example',
                   model
              FROM ir_model, generate_series(1, 100000) AS n WHERE model = 'res.partner';
            INSERT INTO mail_delivery (token, state, status, create_date, mail_server_id,
                                       from_address)
            SELECT 'n' || n, 'accepted', 'sent', now() AT TIME ZONE 'UTC', %s,
                   'uso' || n %% 50 || '@tienda.example'
              FROM generate_series(1, 100000) AS n
            """,
            [self.server.id],
        )
        started = time.monotonic()
        rows = self.refresh()
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual(rows["ventas7@tienda.example"].needed_for, "Email templates (2000)")
        self.assertEqual(rows["uso7@tienda.example"].mail_count, 2000)


@tagged("post_install", "-at_install")
class TestMailingSender(SendersCase, TransactionCase):
    """*Send From* of a mailing, compared with the server's account."""

    def setUp(self):
        super().setUp()
        self.marketer = self.user(
            "eva", "eva@gmail.example", "base.group_user,mass_mailing.group_mass_mailing_user"
        )
        self.server.mass_mail = True

    def mailing(self):
        mailing = Form(
            self.env["mailing.mailing"]
            .with_user(self.marketer)
            .with_context(default_mail_server_id=self.server.id)
        )
        mailing.subject = "Hola"
        mailing.mailing_model_id = self.env["ir.model"]._get("mailing.list")
        mailing.email_from = "Eva Núñez <eva@gmail.example>"
        return mailing

    def test_warned_and_proposed(self):
        self.refresh()
        mailing = self.mailing()
        self.assertIn("may not send from eva@gmail.example", mailing.sender_problem)
        self.assertFalse(mailing.sender_proposal)
        self.activate("*@tienda.example")
        self.refresh()
        record = self.mailing().save()
        self.assertIn("Mailjet will refuse", record.sender_problem)
        self.assertEqual(record.sender_proposal, '"Eva Núñez" <notifications@tienda.example>')
        record.action_use_proposed_sender()
        self.assertEqual(record.email_from, '"Eva Núñez" <notifications@tienda.example>')
        self.assertFalse(record.sender_problem)
        record.email_from = "whoever@TIENDA.example"
        self.assertFalse(record.sender_problem)

    def test_nothing_is_said_where_nothing_is_known(self):
        self.assertFalse(self.mailing().sender_problem)
        self.refresh()
        mailing = self.mailing().save()
        self.assertTrue(mailing.sender_problem)
        mailing.mail_server_id = False
        self.assertFalse(mailing.sender_problem)


@tagged("post_install", "-at_install")
class TestSenderFile(SendersCase, HttpCase):
    """Mailjet's validation by file, which Odoo serves for the domain's website."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", "https://www.tienda.example")
        self.mailjet.has_page = self.has_page

    def has_page(self, url):
        """The website of tienda.example leads to this Odoo."""
        path = url.removeprefix("http://tienda.example")
        answer = requests.get(self.base_url() + path, timeout=10, allow_redirects=False)
        return answer.status_code == 200

    def add_domain(self):
        with_server = {"default_mail_server_id": self.server.id}
        self.env["mail.provider.identity.add"].with_context(**with_server).create({}).action_add()
        return self.row("*@tienda.example")

    def test_from_file_to_usable(self):
        domain = self.add_domain()
        self.assertTrue(domain.can_serve_file)
        self.assertFalse(domain.is_file_served)
        domain.action_check()
        self.assertEqual(domain.state, "waiting")
        domain.action_serve_file()
        self.env.invalidate_all()
        self.assertTrue(domain.is_file_served)
        answer = self.url_open(f"/{domain.file_name}")
        self.assertEqual((answer.status_code, answer.text.strip()), (200, ""))
        self.assertEqual(domain.file_url, f"http://tienda.example/{domain.file_name}")
        domain.action_check()
        self.assertEqual(domain.state, "active")
        self.env.invalidate_all()
        self.assertFalse(domain.is_file_served)
        self.assertEqual(self.url_open(f"/{domain.file_name}").status_code, 404)

    def test_website_leads_elsewhere(self):
        self.mailjet.has_page = lambda url: False
        domain = self.add_domain()
        domain.action_serve_file()
        notice = domain.action_check()["params"]
        self.assertEqual((domain.state, notice["type"]), ("waiting", "warning"))
        self.assertIn(f"Check that {domain.file_url} leads to this Odoo", notice["message"])

    def test_taken_back(self):
        domain = self.add_domain()
        domain.action_serve_file()
        domain.action_remove_file()
        self.assertFalse(domain._files())
        domain.action_serve_file()
        files = domain._files()
        self.server.smtp_user = "another account"
        self.assertFalse(files.exists())

    def test_only_where_the_website_leads_here(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "https://odoo.tienda.example")
        self.assertFalse(self.add_domain().can_serve_file)

    def test_no_address_is_taken_away(self):
        domain = self.add_domain()
        self.env["ir.attachment"].create({"name": "x", "url": f"/{domain.file_name}"})
        with self.assertRaisesRegex(UserError, "uses the same URL"):
            domain.action_serve_file()


@tagged("post_install", "-at_install")
class TestActivationMails(SendersCase, TransactionCase):
    """Activation emails to addresses of a domain whose mail Odoo receives."""

    def add(self, *emails):
        self.refresh()
        for email in emails:
            action = self.row(email).action_add()
            dialog = self.env[action["res_model"]].with_context(**action["context"])
            dialog.create({}).action_add()

    def come_in(self, email, **changes):
        message = self.mailjet.activation_mail(email)
        for header, value in changes.items():
            message.replace_header(header, value)
        self.env["mail.thread"].message_process(None, message.as_bytes())

    def test_from_the_three_addresses_to_usable(self):
        self.add(*ALIASES)
        self.server.action_take_activation_mails()
        for email in ALIASES:
            self.come_in(email)
            row = self.row(email)
            action = row.action_open_activation_link()
            self.assertIn("https://app.mailjet.com/account/sender/validate", action["url"])
            self.assertIn(email.partition("@")[0], action["url"])
            self.mailjet.senders.activate(email)
        rows = self.refresh()
        self.assertEqual({rows[email].state for email in ALIASES}, {"active"})
        self.server.action_stop_activation_mails()
        self.assertFalse(self.server.takes_activation_mails)

    def test_others_are_routed_as_ever(self):
        self.add(ALIASES[0])
        row = self.row(ALIASES[0])
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "notifications",
                "alias_domain_id": self.company.alias_domain_id.id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                "alias_contact": "everyone",
            }
        )
        partners = self.env["res.partner"]
        before = partners.search_count([])
        self.come_in(ALIASES[0])  # not switched on
        self.assertFalse(row.activation_url)
        self.assertEqual(partners.search_count([]), before + 1)
        self.server.action_take_activation_mails()
        self.come_in(ALIASES[0], From="Somebody <eve@evil.example>")
        self.assertFalse(row.activation_url)
        self.assertEqual(partners.search_count([]), before + 2)
        self.come_in(ALIASES[0])
        self.assertTrue(row.activation_url)
        self.assertEqual(partners.search_count([]), before + 2)
        self.assertTrue(alias)


@tagged("post_install", "-at_install")
class TestFromAddress(SandboxCase):
    """A delivery has the From address, not only the envelope's."""

    provider = "mailjet"

    def test_from_beside_the_envelope(self):
        self.env.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "empresa.example"}
        )
        for transport in ("api", "smtp"):
            server = self.account_server(transport=transport)
            self.send(self.mail(server, email_from="Señora Núñez <Ventas@empresa.example>"))
        found = self.deliveries()
        self.assertEqual(set(found.mapped("from_address")), {"ventas@empresa.example"})
        self.assertEqual(set(found.mapped("email_from")), {"bounce@empresa.example"})
