# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import os
from unittest.mock import patch

from lab.sandbox import Sandbox

from ...providers import PROVIDERS
from ...providers.api import Credentials

BASE_URL = "https://odoo.tienda.example"


class MailjetCase:
    """A company that sends from tienda.example, which is not in its Mailjet account yet."""

    def set_up_mailjet(self):
        self.sandbox = Sandbox()
        self.sandbox.__enter__()
        self.addCleanup(self.sandbox.__exit__, None, None, None)
        self.mailjet = self.sandbox.mailjet
        bundle = {"REQUESTS_CA_BUNDLE": self.sandbox.ca_bundle}
        self.startPatcher(patch.dict(os.environ, bundle))
        credentials = Credentials(
            self.mailjet.api_url, user=self.mailjet.user, password=self.mailjet.password
        )
        self.api = PROVIDERS["mailjet"].api(credentials)
        self.addCleanup(self.api.close)
        self.env["ir.config_parameter"].set_param("web.base.url", BASE_URL)
        domain = self.env["mail.alias.domain"].create({"name": "tienda.example"})
        self.env["res.company"].search([]).write({"alias_domain_id": False, "email": False})
        self.env["res.users"].search([]).partner_id.email = False
        self.company = self.env.ref("base.main_company")
        self.company.write(
            {"name": "Tienda", "alias_domain_id": domain.id, "email": "Hola@tienda.example"}
        )

    def make_server(self, **values):
        return self.env["ir.mail_server"].create(
            {
                "name": "Mailjet",
                "provider": "mailjet",
                "smtp_host": self.mailjet.smtp_host,
                "smtp_port": self.mailjet.smtp_port,
                "smtp_encryption": "starttls",
                "smtp_user": self.mailjet.user,
                "smtp_pass": self.mailjet.password,
                "api_url": self.mailjet.api_url,
                **values,
            }
        )

    def rest(self, method, path, json=None):
        """Read or change the account, like a user in Mailjet's own pages."""
        return self.api.call(method, path, json=json).get("Data")

    def calls(self, method):
        """Return the paths below /v3/REST that were called."""
        calls = [call for call in self.mailjet.api.calls if call.method == method]
        return [call.path.removeprefix("/v3/REST/") for call in calls]

    def publish(self, domain):
        """Publish the record that Odoo shows."""
        self.mailjet.published[domain.txt_name] = [domain.txt_value]
