# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from email.message import EmailMessage

from odoo import fields
from odoo.tests.common import HttpCase, tagged

from lab.sandbox import AcceptedMail, Step

from .account_common import MailjetCase


@tagged("post_install", "-at_install")
class TestSendersTour(MailjetCase, HttpCase):
    """The screens of senders, exclusions and missing events."""

    def setUp(self):
        super().setUp()
        self.set_up_mailjet()
        self.env["ir.mail_server"].search([]).active = False
        self.server = self.make_server()

    def open(self, record, tour):
        self.env.flush_all()
        url = f"/web#id={record.id}&model={record._name}&view_type=form"
        self.start_tour(url, f"mail_mailjet_aldeamo_{tour}", login="admin")
        self.env.invalidate_all()

    def test_missing_events(self):
        email, now = EmailMessage(), fields.Datetime.now()
        email["X-MJ-CustomID"] = "t1"
        message = AcceptedMail(
            "v@x.example", ("ana@x.example",), "127.0.0.1", "smtp", lambda: email
        )
        self.mailjet.accept([message])
        self.mailjet.events_for(message, Step.DELIVERED)
        self.env["mail.delivery"].create(
            {
                "token": "t1",
                "mail_server_id": self.server.id,
                "account": self.server._account_name(),
                "recipient": "ana@x.example",
                "state": "accepted",
                "status": "pending",
                **dict.fromkeys(("create_date", "called_at", "accepted_at"), now),
            }
        )
        self.open(self.server, "missing_events")
        event = self.env["mail.tracking"].search([("token", "=", "t1")])
        self.assertEqual((event.event_type, event.is_fetched), ("delivered", True))

    def test_exclusion(self):
        self.mailjet.contacts.exclude("ana@x.example")
        entry = self.env["mail.blacklist"].create({"email": "ana@x.example"})
        self.open(entry, "exclusion")
        self.assertFalse(self.mailjet.contacts.is_excluded("ana@x.example"))

    def test_send_from(self):
        self.rest("POST", "sender", {"Email": "hola@tienda.example"})
        self.mailjet.senders.activate("hola@tienda.example")
        self.server.action_refresh_account()
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Hola",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "mail_server_id": self.server.id,
                "email_from": "Eva <eva@gmail.example>",
            }
        )
        self.open(mailing, "send_from")
        self.assertEqual(mailing.email_from, '"Eva" <hola@tienda.example>')
