# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models

from ...addresses import mail_domain
from ...dns_check import Expectations
from ...providers import PROVIDERS
from ...providers.dns import ManualDnsSettings
from .attributes import ADMIN


class IrMailServer(models.Model):
    """The expected DNS records of a server's domains, and the results of the last check."""

    _inherit = "ir.mail_server"

    dns_spf = fields.Char(
        string="SPF Text",
        help="The SPF record that the provider gave you, or only the part for the provider, such "
        "as include:spf.example.com.",
        **ADMIN,
    )
    dns_dkim_selector = fields.Char(
        string="DKIM Selector",
        help="The part of the DKIM record's name before ._domainkey.",
        **ADMIN,
    )
    dns_dkim_value = fields.Char(
        string="DKIM Record",
        help="The value of the DKIM record: v=DKIM1; k=rsa; p=… If this is empty, the check "
        "accepts any valid key.",
        **ADMIN,
    )
    dns_token_host = fields.Char(
        string="Ownership Host",
        help="The name of the TXT record that proves that the domain is yours. @ or an empty field "
        "means the domain itself.",
        **ADMIN,
    )
    dns_token = fields.Char(
        string="Ownership Value",
        help="The value of the TXT record that proves that the domain is yours.",
        **ADMIN,
    )
    dns_tracking_host = fields.Char(
        string="Tracking Domain",
        help="Your own domain for the links in emails, if you have set one up at the provider: "
        "links.example.com.",
        **ADMIN,
    )
    dns_watch = fields.Boolean(
        string="Watch Weekly",
        copy=False,
        help="Odoo checks the domains below once a week. The administrators get an activity when "
        "it finds a new problem.",
        **ADMIN,
    )
    dns_check_ids = fields.One2many("mail.dns.check", "mail_server_id", string="Domains", **ADMIN)

    def action_check_dns(self):
        """Open the DNS check and start it."""
        self.ensure_one()
        return self.env["mail.dns.check"]._open(self, run=True)

    def _dns_provider_name(self):
        return PROVIDERS[self.provider].name if self.provider else ""

    def _dns_expectations(self, domains, provider_domains):
        """Return domain → `Expectations`.

        :param list[str] domains: in ASCII
        :param dict provider_domains: domain → `providers.account.Domain`
        """
        provider = PROVIDERS[self.provider]
        entered = ManualDnsSettings(
            spf=self.dns_spf or None,
            dkim_selector=self.dns_dkim_selector or None,
            dkim_value=self.dns_dkim_value or None,
            token_host=self.dns_token_host or None,
            token=self.dns_token or None,
            tracking_host=self.dns_tracking_host or None,
        )
        return {
            domain: Expectations.from_dict(
                provider.dns_expectations(entered, provider_domains.get(domain)),
            )
            for domain in domains
        }

    def _dns_domains(self):
        """Return the sender domains in ASCII, the most likely first, then added ones."""
        self.ensure_one()
        domains = self._sender_domains()
        if not domains:
            websites = (
                self.env["res.company"].sudo().search([("website", "!=", False)]).mapped("website")
            )
            domains = filter(None, [mail_domain(website) for website in websites if website])
        return list(dict.fromkeys([*domains, *self.dns_check_ids.mapped("domain")]))
