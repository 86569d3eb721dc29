# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo.tests.common import HttpCase, tagged

from .account_common import MailjetCase

FOREIGN = {"EventType": "click", "Url": "https://crm:s3creto@crm.example/hook", "Version": 1}


@tagged("post_install", "-at_install")
class TestAccountTour(MailjetCase, HttpCase):
    """Odoo's guide to Mailjet, clicked through without Mailjet's own pages."""

    def setUp(self):
        super().setUp()
        self.set_up_mailjet()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.env["ir.mail_server"].search([]).active = False

    def test_from_keys_to_webhooks(self):
        self.start_tour(
            f"/web?sandbox={self.mailjet.api_url}#action=base.action_ir_mail_server_list",
            "mail_mailjet_aldeamo_account",
            login="admin",
        )
        server = self.env["ir.mail_server"].search([("provider", "=", "mailjet")])
        self.assertEqual(self.mailjet.activations, ["hola@tienda.example"] * 2)
        domain = server.provider_domain_ids.filtered(lambda row: row.domain == "tienda.example")
        self.publish(domain)
        self.rest("POST", "eventcallbackurl", FOREIGN)
        self.start_tour(
            f"/web#id={server.id}&model=ir.mail_server&view_type=form",
            "mail_mailjet_aldeamo_webhooks",
            login="admin",
        )
        server.invalidate_recordset()
        self.assertTrue(self.mailjet.senders.is_active("bounce@tienda.example"))
        rows = self.rest("GET", "eventcallbackurl?Limit=100")
        self.assertEqual(len(rows), 7)
        (url,) = {row["Url"] for row in rows}
        self.assertEqual(urlsplit(url).password, server.webhook_password)
        self.env.flush_all()
        event = {"event": "open", "time": 1770000000, "email": "ana@cliente.example"}
        self.assertEqual(self.mailjet.post([event]).status, 200)
        self.assertEqual(server.action_test_webhook()["params"]["type"], "success")
        events = self.env["mail.tracking"].search([("mail_server_id", "=", server.id)])
        self.assertEqual(set(events.mapped("event_type")), {"opened"})
