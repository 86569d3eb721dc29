# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import os
from contextlib import ExitStack
from unittest.mock import patch

from odoo.tests.common import HttpCase, tagged

from lab.demo_dns import DemoDns
from lab.sandbox import Sandbox
from lab.sandbox.script import Journey, Script, Step

from ...providers import PROVIDERS
from ...providers.provider import Smtp
from ..axe import axe
from .world import World

DOMAIN = "nueva.example"
# Existing DNS records of the company
RECORDS = (
    ("", "A", "192.0.2.220"),
    ("", "MX", [10, "mail.empresa.example"]),
    ("", "TXT", "v=spf1 mx include:spf.mailjet.com include:spf.aldeamo.example -all"),
    ("_dmarc.", "TXT", f"v=DMARC1; p=quarantine; rua=mailto:dmarc@{DOMAIN}"),
    ("bnc3.", "CNAME", "bnc3.mailjet.com"),
)
MAX_CLICKS = 15


@tagged("post_install", "-at_install")
class TestChecklistTour(HttpCase):
    """From *New* to a delivered and opened test mail, using only the checklist."""

    def setUp(self):
        super().setUp()
        running = ExitStack()
        self.addCleanup(running.close)
        self.sandbox = running.enter_context(Sandbox())
        self.dns = running.enter_context(DemoDns(self.sandbox))
        for prefix, kind, value in RECORDS:
            self.dns.panel.enter(f"{prefix}{DOMAIN}", kind, value)
        servers = type(self.env["ir.mail_server"])
        bundle = {"REQUESTS_CA_BUNDLE": self.sandbox.ca_bundle}
        running.enter_context(patch.dict(os.environ, bundle))
        running.enter_context(patch.object(servers, "_is_test_mode", lambda server: False))
        for code in PROVIDERS:
            self.stand_in(running, code)
        parameters = {**self.dns.parameters, "web.base.url": self.base_url()}
        for name, value in parameters.items():
            self.env["ir.config_parameter"].set_param(name, value)
        self.set_up_company()

    def stand_in(self, running, code):
        """Replace the hosts of the presets by the fake provider's."""
        account = getattr(self.sandbox, code)
        account.script = Script((Journey(1, (Step.DELIVERED, Step.OPENED), ()),))
        provider = PROVIDERS[code]
        smtp = Smtp(account.smtp_host, "starttls", {"starttls": account.smtp_port})
        running.enter_context(patch.object(type(provider), "smtp", smtp))
        running.enter_context(patch.object(provider.api, "urls", (account.api_url,)))

    def set_up_company(self):
        self.env["ir.mail_server"].search([]).active = False
        self.env["mail.alias.domain"].search([]).unlink()
        domain = self.env["mail.alias.domain"].create({"name": DOMAIN})
        self.env["res.company"].search([]).write({"email": False, "website": False})
        self.env.ref("base.main_company").alias_domain_id = domain
        self.env.ref("base.user_admin").email = f"ana@{DOMAIN}"

    def authenticate(self, *args, **kwargs):
        """Log in; from here on the browser uses the database."""
        result = super().authenticate(*args, **kwargs)
        self.cr.flush()
        self.cr.clear()
        self.world.start()
        return result

    def walk(self, code, care, width=1366):
        account = getattr(self.sandbox, code)
        self.browser_size = f"{width}x900"
        with World(self.registry, account, care) as self.world:
            self.start_tour(
                f"/web?axe={axe(self.env)}#action=base.action_ir_mail_server_list",
                f"mail_mailjet_aldeamo_checklist_{code}",
                login="admin",
                timeout=180,
            )
        server = self.env["ir.mail_server"].search([("provider", "=", code)])
        delivery = self.env["mail.delivery"].search([("mail_server_id", "=", server.id)])
        self.assertTrue(delivery.is_test)
        self.assertEqual(delivery.status, "open")
        self.assertEqual(len(account.received), 1)
        clicks = int(self.env["ir.config_parameter"].get_param("checklist_tour_clicks"))
        self.assertLessEqual(clicks, MAX_CLICKS)
        return server

    def test_mailjet(self):
        published = set()

        def publish(env):
            """Publish the records that Odoo shows, like the company at its DNS service."""
            for row in env["mail.provider.identity"].search([("txt_name", "!=", False)]):
                if row.domain == DOMAIN and row.txt_name not in published:
                    published.add(row.txt_name)
                    self.dns.panel.enter(row.txt_name, "TXT", row.txt_value)
                    with row.mail_server_id._account() as account:
                        [told] = [known for known in account.domains() if known.name == DOMAIN]
                    self.dns.panel.enter(told.dkim_name, "TXT", told.dkim_value)

        server = self.walk("mailjet", publish)
        self.assertTrue(self.sandbox.mailjet.senders.is_active(f"bounce@{DOMAIN}"))
        states = {step["code"]: step["state"] for step in server.checklist["steps"]}
        self.assertEqual(states.pop("mass_mail"), "optional")
        self.assertEqual(set(states.values()), {"right"}, states)

    def test_aldeamo(self):
        account = self.sandbox.aldeamo
        account.domains.add(DOMAIN)
        handed_out = {**self.dns.aldeamo, "dns_token": False, "dns_token_host": False}
        host = f"{handed_out['dns_dkim_selector']}._domainkey.{DOMAIN}"
        self.dns.panel.enter(host, "TXT", handed_out["dns_dkim_value"])

        def paste(env):
            """Enter the URL in Tellit, like the administrator before confirming it."""
            server = env["ir.mail_server"].search([("provider", "=", "aldeamo")])
            if server.webhook_entered_datetime and not account.webhook_url:
                account.webhook_url = server.webhook_url
            if server and not server.dns_spf:
                server.write(handed_out)

        server = self.walk("aldeamo", paste)
        states = {step["code"]: step["state"] for step in server.checklist["steps"]}
        self.assertEqual(states.pop("mass_mail"), "optional")
        self.assertEqual(set(states.values()), {"right"}, states)
