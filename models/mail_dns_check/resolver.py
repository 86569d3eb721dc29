# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, models
from odoo.exceptions import UserError

from ...dns_check import ResolverSettings

PARAMETER = "mail_mailjet_aldeamo.dns_"


class MailDnsCheck(models.Model):
    """The resolver chosen in the settings."""

    _inherit = "mail.dns.check"

    @api.model
    def _resolver_settings(self, deadline):
        """Return the `ResolverSettings`.

        :param float deadline: seconds
        :raises UserError: the settings can't be used
        """
        get_param = self.env["ir.config_parameter"].sudo().get_param
        names = ("resolver", "nameserver", "port", "authoritative", "doh_url")
        values = {name: (get_param(PARAMETER + name) or "").strip() for name in names}
        nameservers = ()
        if values["resolver"] == "nameserver":
            nameservers = (f"[{values['nameserver']}]:{values['port'] or 53}",)
        settings = ResolverSettings(
            nameservers=nameservers,
            deadline=deadline,
            authoritative=values["authoritative"] == "True" and values["resolver"] != "doh",
            doh_url=values["doh_url"] if values["resolver"] == "doh" else None,
        )
        try:
            settings.servers()
        except ValueError as error:
            raise UserError(
                _("The name server in Settings ▸ Check DNS Through can't be used: %s", error)
            ) from None
        return settings
