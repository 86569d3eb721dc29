# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import os
from contextlib import ExitStack
from unittest.mock import patch

from lab.demo_dns import BROKEN, RIGHT, DemoDns
from lab.sandbox import Sandbox


class DnsCase:
    """A server for each provider, and the demo's DNS: one correct domain, one with errors."""

    DOMAINS = [RIGHT, BROKEN]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["mail.alias.domain"].search([]).unlink()
        cls.env["res.company"].search([]).write({"email": False, "website": False})

    def setUp(self):
        super().setUp()
        running = ExitStack()
        self.addCleanup(running.close)
        self.sandbox = running.enter_context(Sandbox())
        self.dns = running.enter_context(DemoDns(self.sandbox))
        self.panel = self.dns.panel
        bundle = {"REQUESTS_CA_BUNDLE": self.sandbox.ca_bundle}
        running.enter_context(patch.dict(os.environ, bundle))
        for name, value in self.dns.parameters.items():
            self.env["ir.config_parameter"].set_param(name, value)
        self.mailjet = self.make_server("mailjet", self.sandbox.mailjet)
        self.aldeamo = self.make_server("aldeamo", self.sandbox.aldeamo, **self.dns.aldeamo)
        self.checks = self.env["mail.dns.check"]

    def make_server(self, code, account, **values):
        return self.env["ir.mail_server"].create(
            {
                "name": code.capitalize(),
                "provider": code,
                "from_filter": ", ".join(self.DOMAINS),
                "smtp_host": account.smtp_host,
                "smtp_port": account.smtp_port,
                "smtp_encryption": "starttls",
                "smtp_user": account.user,
                "smtp_pass": account.password,
                "api_url": account.api_url,
                **values,
            }
        )

    def check(self, server, *domains):
        """Check domains as the page does; return domain → card."""
        cards = self.checks.check(server.id, list(domains))
        return {card["domain"]: card for card in cards}

    def follow(self, card):
        """Apply each operation of a card once, exactly as shown."""
        done = []
        for result in card["results"]:
            for operation in result["operations"]:
                if operation not in done:
                    self.panel.carry_out(operation)
                    done.append(operation)

    @staticmethod
    def statuses(card):
        return {result["name"]: result["status"] for result in card["results"]}
