# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# pylint: disable=translation-required

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests.common import HttpCase, new_test_user, tagged

from lab.sandbox.script import Journey, Script, Step

from ..axe import axe
from .common import SandboxCase

MARKETER = "base.group_user,mass_mailing.group_mass_mailing_user"
OPENED = Journey(1, (Step.DELIVERED, Step.OPENED), ())
BOUNCED = Journey(1, (Step.HARD_BOUNCE,), ())
COMPLAINED = Journey(1, (Step.DELIVERED, Step.OPENED, Step.COMPLAINED), ())


@tagged("post_install", "-at_install")
class TestEmailsTour(SandboxCase, HttpCase):
    """Users see the outcomes of really sent e-mails with the provider's events."""

    registry_test_mode = False  # see `CommittedCase`

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.employee = new_test_user(self.env, "salesman", groups="base.group_user")
        new_test_user(self.env, "marketer", groups=MARKETER)
        self.employee.partner_id.email = "ventas@empresa.example"
        self.way = self.account_server("mailjet", "api", delivery_rule="auto")
        self.mailjet.webhook_url = self.way.webhook_url

    def report(self, *journeys):
        """Let the provider report the steps of each recipient in turn."""
        self.mailjet.script = Script(journeys)
        self.env.flush_all()
        self.mailjet.play()
        self.run_job()

    def walk(self, record, name, login):
        self.env.flush_all()
        self.start_tour(
            f"/web?axe={axe(self.env)}#id={record.id}&model={record._name}&view_type=form",
            f"mail_mailjet_aldeamo_{name}",
            login=login,
        )

    def quotation(self, *customers):
        document = self.env["res.partner"].create({"name": "Quotation 7"})
        message, mail = self.post(
            self.way, document, self.partners(*customers), author_id=self.employee.partner_id.id
        )
        self.send(mail)
        return document, message

    def test_salesman_sees_that_his_quotation_was_opened(self):
        for width in (1366, 400):
            with self.subTest(width=width):
                document, _message = self.quotation(f"Ana{width}")
                self.report(OPENED)
                self.browser_size = f"{width}x900"
                self.walk(document, "quotation_opened", "salesman")

    def test_salesman_sees_that_his_quotation_bounced(self):
        document, _message = self.quotation("Ana")
        self.report(BOUNCED)
        self.walk(document, "quotation_bounced", "salesman")

    def test_other_notifications_are_left_to_odoo(self):
        """For example, of an SMS or a letter: the client does not call the server."""
        document, ana = self.env["res.partner"].create([{"name": "Quotation 9"}, {"name": "Ana"}])
        message = document.message_post(body="Hola", author_id=self.employee.partner_id.id)
        message.notification_ids = [
            Command.create({"res_partner_id": ana.id, "notification_type": "inbox"})
        ]
        with patch.object(type(message), "read_emails", side_effect=AssertionError):
            self.walk(document, "other_notification", "salesman")

    def test_mail_that_went_another_way_is_left_to_odoo(self):
        document, ana = self.env["res.partner"].create([{"name": "Quotation 9"}, {"name": "Ana"}])
        message = document.message_post(body="Hola", author_id=self.employee.partner_id.id)
        message.notification_ids = [
            Command.create({"res_partner_id": ana.id, "notification_type": "email"})
        ]
        self.walk(document, "other_notification", "salesman")

    def test_document_without_emails(self):
        document = self.env["res.partner"].create({"name": "Quotation 8"})
        self.walk(document, "no_emails", "salesman")

    def test_marketer_finds_out_why_somebody_is_blocked(self):
        mail, trace = self.mailing_mail(self.way, "ana@cliente.example")
        self.send(mail)
        self.report(COMPLAINED)
        self.assertEqual(trace.trace_status, "open")
        contact = self.env["mailing.contact"].browse(trace.res_id)
        self.assertTrue(contact.is_blacklisted)
        self.walk(contact, "why_blocked", "marketer")
