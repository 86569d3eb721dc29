# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# pylint: disable=translation-required

from unittest import SkipTest

from lxml import etree

from odoo import fields
from odoo.fields import Command
from odoo.tests.common import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ProviderCase
from .test_access import MARKETER


class SmsCase(ProviderCase, TransactionCase):
    """A database with Odoo's SMS addons beside this one: `tests/standalone/e2e/test_sms.py`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sms_number" not in cls.env["mailing.trace"]._fields:
            raise SkipTest("mass_mailing_sms isn't installed")
        cls.set_up_provider()
        cls.marketer = new_test_user(cls.env, "marketer", groups=MARKETER)
        cls.ana = cls.env["res.partner"].create({"name": "Ana", "mobile": "+573001234567"})


@tagged("post_install", "-at_install")
class TestSms(SmsCase):
    """Nothing changes for mailings by SMS: each test compares with Odoo alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As with a dedicated server in Odoo's settings
        cls.server.write({"provider_senders_datetime": fields.Datetime.now()})
        cls.sms = cls.env["mailing.mailing"].create(
            {
                "subject": "SMS",
                "mailing_type": "sms",
                "body_plaintext": "Hola",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "mail_server_id": cls.server.id,
                "email_from": "nobody@not-validated.example",
            }
        )

    def sms_trace(self, status, **values):
        return self.env["mailing.trace"].create(
            {
                "trace_type": "sms",
                "sms_number": self.ana.mobile,
                "model": "res.partner",
                "res_id": self.ana.id,
                "mass_mailing_id": self.sms.id,
                "trace_status": status,
                **values,
            }
        )

    def shown(self, record, view):
        """Return what a marketer sees of a record in a form: the elements and their texts."""
        record.env.flush_all()
        record = record.with_user(self.marketer)
        record.invalidate_recordset()
        form = etree.fromstring(record.get_view(self.env.ref(view).id, "form")["arch"])
        names = {field.get("name") for field in form.iter("field")}
        [values] = record.read([name for name in names if name in record._fields], load=None)
        return list(self.visible(form, values))

    def visible(self, element, values):
        invisible = element.get("invisible")
        if element.tag is etree.Comment or (
            invisible and safe_eval(invisible, {**values, "context": {}, "uid": self.marketer.id})
        ):
            return
        attributes = {name: value for name, value in element.items() if name != "invisible"}
        if element.get("name") != "button_box":  # which isn't drawn without a button
            yield element.tag, tuple(sorted(attributes.items())), (element.text or "").strip()
        # The elements inside a field are of other records.
        for child in () if element.tag == "field" else element:
            yield from self.visible(child, values)

    def assert_as_without_us(self, record, view):
        with_ours = self.shown(record, view)
        inherited = self.env["ir.ui.view"].search([("inherit_id", "!=", False)])
        ours = inherited.filtered(lambda view: view.xml_id.startswith("mail_mailjet_aldeamo."))
        ours.active = False
        without = self.shown(record, view)
        ours.active = True
        self.assertGreater(len(without), 10)
        self.assertEqual(with_ours, without)

    def test_form(self):
        form = "mass_mailing.view_mail_mass_mailing_form"
        self.sms_trace("sent")
        for state in ("draft", "in_queue", "sending", "done"):
            with self.subTest(state=state):
                self.sms.state = state
                self.assert_as_without_us(self.sms, form)
        self.sms_trace("error")
        self.assert_as_without_us(self.sms, form)
        self.assertIn("action_retry_failed", str(self.shown(self.sms, form)))

    def test_forms_beside_it(self):
        trace = self.sms_trace("error", failure_type="sms_number_format")
        self.assert_as_without_us(trace, "mass_mailing.mailing_trace_view_form")
        self.assert_as_without_us(trace, "mass_mailing_sms.mailing_trace_view_form_sms")
        self.assert_as_without_us(self.ana, "base.view_partner_form")
        self.env["phone.blacklist"]._add([self.ana.mobile])
        contact = self.env["mailing.contact"].create({"name": "Ana", "mobile": self.ana.mobile})
        self.assertTrue(contact.phone_sanitized_blacklisted)
        self.assert_as_without_us(contact, "mass_mailing.mailing_contact_view_form")

    def test_lists_and_reports(self):
        """They are not extended, and the same actions open them."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", "mail_mailjet_aldeamo"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(ours.mapped("res_id"))
        theirs = ("sms.", "mass_mailing_sms.")
        self.assertFalse(views.filtered(lambda v: (v.inherit_id.xml_id or "").startswith(theirs)))
        self.assertNotIn("mailing.trace.report", views.mapped("model"))
        self.assertNotIn("utm.campaign", views.mapped("model"))
        action = self.sms.action_view_traces_failed()
        trees = [view for view, kind in action["views"] if kind == "tree"]
        self.assertEqual(trees, self.env.ref("mass_mailing_sms.mailing_trace_view_tree_sms").ids)

    def test_figures(self):
        now = fields.Datetime.now()
        for status in ("sent", "sent", "bounce", "error", "cancel"):
            at = status == "sent" and now
            self.sms_trace(status, sent_datetime=at, links_click_datetime=at)
        self.env.flush_all()
        self.sms.invalidate_recordset()
        names = ("sent", "delivered", "clicked", "bounced", "failed", "canceled")
        self.assertEqual([self.sms[name] for name in names], [2, 2, 2, 1, 1, 1])
        # Odoo's own links, without clicks here
        self.assertEqual(self.sms.clicks_ratio, 0)
        self.assertFalse(self.env["mail.delivery"].search([("mass_mailing_id", "=", self.sms.id)]))
        self.assertFalse(self.sms.last_email_status)
        report = self.env["mailing.trace.report"].search([("name", "=", self.sms.name)])
        self.assertEqual((report.mailing_type, report.sent, report.error), ("sms", 2, 1))

    def test_retry(self):
        self.sms.state = "done"
        trace = self.sms_trace("error", failure_type="sms_credit")
        message = self.env["sms.sms"].create(
            {
                "number": self.ana.mobile,
                "body": "Hola",
                "state": "error",
                "mailing_id": self.sms.id,
                "mailing_trace_ids": [Command.link(trace.id)],
            }
        )
        self.sms.with_user(self.marketer).action_retry_failed()
        self.assertFalse(trace.exists() or message.exists())
        self.assertEqual(self.sms.state, "in_queue")


@tagged("post_install", "-at_install")
class TestSmsInChatter(SmsCase, HttpCase):
    def test_popover(self):
        document = self.env["res.partner"].create({"name": "Quotation 9"})
        message = document.message_post(body="Hola", message_type="sms")
        message.notification_ids = [
            Command.create(
                {
                    "res_partner_id": self.ana.id,
                    "notification_type": "sms",
                    "notification_status": "sent",
                }
            )
        ]
        self.env.flush_all()
        self.start_tour(
            f"/web#id={document.id}&model=res.partner&view_type=form",
            "mail_mailjet_aldeamo_other_notification",
            login="admin",
        )
