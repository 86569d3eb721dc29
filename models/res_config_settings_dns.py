# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import ipaddress
from urllib.parse import urlsplit

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .mail_dns_check.resolver import PARAMETER


class ResConfigSettings(models.TransientModel):
    """The resolver of the DNS check."""

    _inherit = "res.config.settings"

    mail_dns_resolver = fields.Selection(
        [
            ("system", "The name server of Odoo's machine"),
            ("nameserver", "Another name server"),
            ("doh", "DNS over HTTPS"),
        ],
        string="DNS Resolver",
        config_parameter=PARAMETER + "resolver",
        default="system",
    )
    mail_dns_nameserver = fields.Char(
        string="Name Server", config_parameter=PARAMETER + "nameserver"
    )
    mail_dns_port = fields.Integer(string="Port", config_parameter=PARAMETER + "port", default=53)
    mail_dns_authoritative = fields.Boolean(
        string="Ask the authoritative servers",
        config_parameter=PARAMETER + "authoritative",
        help="Asks the authoritative servers of each domain. They show a change immediately. Other "
        "name servers keep old answers, often for an hour.",
    )
    mail_dns_doh_url = fields.Char(
        string="DNS over HTTPS Address", config_parameter=PARAMETER + "doh_url"
    )

    @api.constrains("mail_dns_resolver", "mail_dns_nameserver", "mail_dns_port", "mail_dns_doh_url")
    def _check_mail_dns(self):
        for settings in self:
            if settings.mail_dns_resolver == "nameserver":
                settings._check_mail_dns_nameserver()
            elif settings.mail_dns_resolver == "doh":
                settings._check_mail_dns_doh()

    def _check_mail_dns_nameserver(self):
        try:
            ipaddress.ip_address((self.mail_dns_nameserver or "").strip())
        except ValueError:
            raise ValidationError(
                _(
                    "The name server must be an IP address, such as 192.0.2.1: “%s” isn't one.",
                    self.mail_dns_nameserver or "",
                )
            ) from None
        if not 0 < self.mail_dns_port < 65536:
            raise ValidationError(
                _("The port of the name server must be between 1 and 65535; usual is 53.")
            )

    def _check_mail_dns_doh(self):
        try:
            url = urlsplit((self.mail_dns_doh_url or "").strip())
        except ValueError:
            url = urlsplit("")
        if url.scheme != "https" or not url.hostname:
            raise ValidationError(
                _(
                    "DNS over HTTPS needs an address such as https://dns.example.com/dns-query: "
                    "“%s” isn't one.",
                    self.mail_dns_doh_url or "",
                )
            )
