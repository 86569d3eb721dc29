# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests.common import HttpCase, new_test_user, tagged

from odoo.addons.mail.models.discuss.ir_websocket import IrWebsocket as MailWebsocket

from .common import ProviderCase, ProviderTransactionCase
from .plans import fill, full_reads, recorded
from .test_access import MARKETER
from .test_apply import HARD, SOFT

EMPLOYEE = "base.group_user"
SECRET = "https://odoo.example.com/web/reset_password?token=secret"


class DocumentCase(ProviderCase):
    """A contact with restricted access, and a message to a customer."""

    @classmethod
    def set_up_document(cls):
        cls.set_up_provider()
        companies = cls.env["res.company"].create([{"name": "Ours"}, {"name": "Theirs"}])
        cls.users = {
            name: new_test_user(
                cls.env,
                name,
                groups=groups,
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
            for name, groups, company in (
                ("employee", EMPLOYEE, companies[0]),
                ("stranger", EMPLOYEE, companies[1]),
                ("marketer", MARKETER, companies[0]),
                ("administrator", "base.group_user,base.group_system", companies[0]),
                ("customer", "base.group_portal", companies[0]),
            )
        }
        cls.env.ref("base.res_partner_rule").active = True
        cls.document, cls.customer = cls.env["res.partner"].create(
            [
                {"name": "Quotation", "company_id": companies[0].id},
                {"name": "Ana", "email": "ana@example.com"},
            ]
        )
        # The portal user reads contacts of the same company.
        cls.users["customer"].partner_id.parent_id = cls.document
        cls.message, cls.delivery = cls.make_message("Your quotation")

    @classmethod
    def make_message(cls, subject, document=None):
        document = document or cls.document
        message = document.message_post(
            body=subject,
            subject=subject,
            partner_ids=cls.customer.ids,
            subtype_xmlid="mail.mt_comment",
            author_id=cls.users["employee"].partner_id.id,
            force_send=False,
        )
        message.notification_ids.write(
            {"notification_type": "email", "notification_status": "pending"}
        )
        delivery = cls.make_delivery(
            "ana@example.com",
            subject=subject,
            mail_message_id=message.id,
            partner_id=cls.customer.id,
            model=document._name,
            res_id=document.id,
        )
        return message, delivery

    def event(self, name, at="2026-03-02 07:00:00", delivery=None, **values):
        token = (delivery or self.delivery).token
        return {
            "type": "SMTP",
            "event": name,
            "email": "ana@example.com",
            "timestamp": at,
            "custom_headers": {"x-odoo-reference": token},
            **values,
        }

    def outcomes(self, user="employee", message=None):
        return (message or self.message).with_user(self.users[user]).read_emails()

    def steps(self, user="employee"):
        [email] = self.outcomes(user)
        return [step["label"] for step in email["steps"]]


class TestOutcomes(DocumentCase, ProviderTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_document()
        moment = fields.Datetime.to_datetime("2026-03-01 00:00:00")
        cls.delivery.write({"accepted_at": moment, "called_at": moment, "create_date": moment})

    def apply_mailjet(self, event, **values):
        self.provider = self.delivery.provider = "mailjet"
        self.apply(
            {
                "event": event,
                "time": 1772452800,
                "email": "ana@example.com",
                "CustomID": self.delivery.token,
                **values,
            }
        )

    def test_sent_delivered_opened_clicked(self):
        self.assertEqual(self.steps(), ["Sent"])
        self.apply(self.event("sent"))
        self.assertEqual(self.steps(), ["Sent", "Delivered"])
        self.apply(self.event("open", "2026-03-02 08:00:00"))
        self.assertEqual(self.steps(), ["Sent", "Delivered", "Opened"])
        self.apply(
            self.event("open", "2026-03-02 10:00:00"),
            self.event("open", "2026-03-02 09:00:00"),
            self.event("click", "2026-03-02 11:00:00", destination=SECRET),
        )
        self.assertEqual(self.steps(), ["Sent", "Delivered", "Opened 3 times", "Clicked"])
        [email] = self.outcomes()
        self.assertEqual(email["status"]["code"], "clicked")
        self.assertEqual(email["steps"][2]["time"], "2026-03-02 13:00:00", "in UTC, the first one")
        self.assertEqual((email["name"], email["subject"]), ("Ana", "Your quotation"))

    def test_machines_are_said_to_be_such(self):
        self.apply(
            self.event("open", browser="curl/8.0"),
            self.event("click", "2026-03-02 07:00:01", browser="curl/8.0"),
        )
        self.assertEqual(
            self.steps()[2:],
            ["Opened, probably by a machine", "Clicked, probably by a machine"],
        )
        self.apply(self.event("open", "2026-03-02 09:00:00"))
        [email] = self.outcomes()
        step = next(step for step in email["steps"] if step["code"] == "opened")
        self.assertEqual((step["label"], step["time"]), ("Opened", "2026-03-02 14:00:00"))

    def test_bounced_hard(self):
        self.apply_mailjet(
            "bounce", hard_bounce=True, error="user unknown", comment="550 raw of ana's server"
        )
        self.assertIn("550 raw", self.delivery.failure_text)
        [email] = self.outcomes()
        self.assertEqual(email["status"]["label"], "Bounced permanently (hard)")
        self.assertIn("knows no such address", email["status"]["reason"])
        self.assertNotIn("550 raw", json.dumps(email))
        self.provider = "aldeamo"
        self.apply(self.event("open", "2026-03-03 09:00:00"))
        self.assertEqual(self.outcomes()[0]["status"]["code"], "failed", "a scanner opened it")

    def test_bounced_soft_and_delivered_later(self):
        self.apply(self.event("bounce", **SOFT))
        self.assertEqual(self.steps(), ["Sent", "Bounced temporarily (soft)"])
        self.apply(self.event("sent", "2026-03-02 09:00:00"))
        self.assertEqual(self.outcomes()[0]["status"]["label"], "Delivered")

    def test_reported_as_spam(self):
        self.apply_mailjet("spam")
        self.assertEqual(self.outcomes()[0]["status"]["label"], "Reported as spam")

    def test_what_somebody_in_copy_did_is_not_told_of_the_recipient(self):
        self.apply(self.event("open", email="copy@example.com"))
        self.assertEqual(self.steps(), ["Sent"])

    def test_on_its_way_out(self):
        for state, label in (
            ("waiting", "Waiting to be sent"),
            ("in_doubt", "Sent or not: not known"),
            ("canceled", "Canceled"),
            ("refused", "Not sent"),
        ):
            self.delivery.write({"state": state, "failure": "sender"})
            [email] = self.outcomes()
            self.assertEqual(email["status"]["label"], label)
        self.assertEqual(email["status"]["reason"], "Sender")

    def test_only_the_last_attempt_counts(self):
        self.apply(self.event("bounce", **HARD))
        self.make_delivery(
            "ana@example.com", mail_message_id=self.message.id, partner_id=self.customer.id
        )
        self.assertEqual(self.steps(), ["Sent"])

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(["mail_mailjet_aldeamo"], ["es_ES"])
        self.apply(self.event("sent"))
        message = self.message.with_user(self.users["employee"]).with_context(lang="es_ES")
        self.assertEqual(message.read_emails()[0]["status"]["label"], "Entregado")

    def test_live(self):
        self.env["bus.bus"].search([]).unlink()
        self.apply(self.event("open"))
        self.env.cr.precommit.run()
        sent = [
            (json.loads(row.channel)[1:], json.loads(row.message))
            for row in self.env["bus.bus"].search([])
        ]
        self.assertIn(
            (
                ["res.partner", self.document.id, "emails"],
                {
                    "type": "mail_delivery/changed",
                    "payload": {
                        "model": "res.partner",
                        "id": self.document.id,
                        "message_ids": self.message.ids,
                    },
                },
            ),
            sent,
        )

    def test_mailings_cost_the_bus_nothing(self):
        self.env.cr.precommit.run()
        self.env["bus.bus"].search([]).unlink()
        self.apply(self.aldeamo_event(self.make_trace("eva@example.com"), "open"))
        self.env.cr.precommit.run()
        self.assertFalse(self.env["bus.bus"].search([("message", "like", "mail_delivery")]))


class TestWhoSeesWhat(DocumentCase, ProviderTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_document()

    def document_of(self, user):
        return self.document.with_user(self.users[user])

    def test_who_reads_the_document_sees_type_and_time(self):
        self.apply(
            self.event("click", destination=SECRET, country="CO", city="Bogotá", reason="raw")
        )
        for user in ("employee", "marketer", "administrator"):
            with self.subTest(user=user):
                emails = self.document_of(user).read_emails()
                self.assertEqual(emails["length"], 1)
                text = json.dumps([emails, self.outcomes(user)])
                self.assertIn("Clicked", text)
                for word in ("secret", "Bogot", "raw", self.delivery.token):
                    self.assertNotIn(word, text)
                self.assertEqual(emails["emails"][0]["is_readable"], user == "administrator")

    def test_others_see_nothing(self):
        for user in ("stranger", "customer"):
            with self.subTest(user=user):
                with self.assertRaises(AccessError):
                    self.outcomes(user)
                with self.assertRaises(AccessError):
                    self.document_of(user).read_emails()
        self.assertTrue(
            self.document_of("customer").check_access_rule("read") is None, "yet he reads it"
        )

    def test_somebody_notified_who_may_not_read_the_document(self):
        stranger = self.users["stranger"].partner_id
        self.message.notification_ids = [
            fields.Command.create({"res_partner_id": stranger.id, "notification_type": "inbox"})
        ]
        self.message.with_user(self.users["stranger"]).check_access_rule("read")
        with self.assertRaises(AccessError):
            self.outcomes("stranger")

    def test_employees_have_no_model(self):
        for model in ("mail.delivery", "mail.tracking"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.users["employee"]).search([])

    def test_messages_that_may_not_be_read_are_left_out(self):
        hidden, _delivery = self.make_message("Salary")
        hidden.write(
            {
                "message_type": "user_notification",
                "author_id": self.users["administrator"].partner_id.id,
            }
        )
        other, _delivery = self.make_message("Other", document=self.customer)
        found = self.document_of("employee").read_emails()
        self.assertEqual([email["subject"] for email in found["emails"]], ["Your quotation"])
        self.assertEqual(found["length"], 1)
        data = self.document_of("employee")._get_mail_thread_data(["followers"])
        self.assertEqual(data["emails"]["count"], 1)
        with self.assertRaises(AccessError):
            self.outcomes(message=hidden)
        self.assertTrue(self.outcomes(message=other))

    def test_chatter_is_told_how_many_and_what_became_of_the_last(self):
        _message, later = self.make_message("Another")
        self.apply(self.event("open", delivery=later))
        data = self.document_of("employee")._get_mail_thread_data(["followers"])["emails"]
        self.assertEqual((data["count"], data["latest"]["label"]), (2, "Opened"))
        empty = self.customer.with_user(self.users["employee"])
        data = empty._get_mail_thread_data(["followers"])["emails"]
        self.assertEqual(data, {"count": 0, "latest": []})
        self.assertNotIn("emails", self.document_of("employee")._get_mail_thread_data([]))

    def test_page(self):
        for number in range(3):
            self.make_message(f"Number {number}")
        found = self.document_of("employee").read_emails(offset=1, limit=2)
        self.assertEqual(found["length"], 4)
        self.assertEqual([email["subject"] for email in found["emails"]], ["Number 1", "Number 0"])

    def test_live_channel(self):
        names = [("res.partner", self.document.id), ("none", "1"), ("ir.cron", "1")]
        for user, who in self.users.items():
            websocket = self.env["ir.websocket"].with_user(who)
            is_allowed = user in ("employee", "marketer", "administrator")
            expected = [(self.document, "emails")] if is_allowed else []
            self.assertEqual(list(websocket._documents_with_emails(names)), expected, user)

    def test_channels_of_other_addons_are_theirs(self):
        """Other addons may add channels that are not texts, for example records."""
        others = ["broadcast", self.customer, (self.customer, "members")]
        name = f"mail_delivery/res.partner/{self.document.id}"
        websocket = self.env["ir.websocket"].with_user(self.users["employee"])
        # Odoo's own method needs a websocket.
        with patch.object(MailWebsocket, "_build_bus_channel_list", lambda _self, names: names):
            found = websocket._build_bus_channel_list([*others, name])
        self.assertEqual(found, [*others, (self.document, "emails")])


@tagged("slow")
class TestPlansOfDocuments(DocumentCase, ProviderTransactionCase):
    def test_no_full_reads(self):
        self.set_up_document()
        fill(self.env.cr, self.mailing, 20_000)
        self.apply(self.event("open"))
        document = self.document.with_user(self.users["employee"])
        with recorded() as statements:
            document._get_mail_thread_data(["followers"])
            document.read_emails()
            self.outcomes()
        ours = [text for text in statements if "mail_delivery" in text or "mail_tracking" in text]
        self.assertTrue(ours)
        self.assertFalse(full_reads(self.env.cr, ours))


@tagged("post_install", "-at_install", "slow")
class TestWhoSeesWhatOverHttp(DocumentCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_document()

    def call(self, model, ids, method, **kwargs):
        response = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw",
            json={"params": {"model": model, "method": method, "args": [ids], "kwargs": kwargs}},
        )
        return response.json()

    def test_rpc(self):
        for user, allowed in (
            ("employee", True),
            ("marketer", True),
            ("administrator", True),
            ("stranger", False),
            ("customer", False),
        ):
            self.authenticate(user, user)
            for model, ids in (
                ("mail.message", self.message.ids),
                ("res.partner", self.document.ids),
            ):
                with self.subTest(user=user, model=model):
                    answer = self.call(model, ids, "read_emails")
                    self.assertEqual("result" in answer, allowed, answer)
            for method in ("_outcomes", "_count_emails"):
                self.assertIn("error", self.call("res.partner", self.document.ids, method))

    def test_thread_data(self):
        self.authenticate("employee", "employee")
        answer = self.opener.post(
            f"{self.base_url()}/mail/thread/data",
            json={
                "params": {
                    "thread_model": "res.partner",
                    "thread_id": self.document.id,
                    "request_list": ["followers"],
                }
            },
        ).json()["result"]
        self.assertEqual(answer["emails"]["count"], 1)
        self.assertEqual(answer["emails"]["latest"]["label"], "Sent")
