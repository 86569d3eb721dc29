# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ...providers import PROVIDERS
from ...providers.api import ApiError, Credentials, NoTlsError
from .attributes import ADMIN

CREDENTIALS = {
    *("smtp_host", "smtp_port", "smtp_encryption", "smtp_user", "smtp_pass"),
    *("api_key", "api_url", "transport", "provider"),
}


def is_https(address):
    """Tell whether `address` is an https URL."""
    try:
        url = urlsplit(address or "")
        return url.scheme == "https" and bool(url.hostname) and not url.username
    except ValueError:
        return False


class IrMailServer(models.Model):
    """Sending through the provider's REST API instead of SMTP."""

    _inherit = "ir.mail_server"

    transport = fields.Selection(
        [("smtp", "SMTP"), ("api", "REST API")],
        string="Send Through",
        default="smtp",
        copy=False,  # the API key isn't copied either
        help="SMTP: sends each email separately, exactly as Odoo builds it. REST API: sends many "
        "emails in one call, and the provider reports errors immediately.",
    )
    api_key = fields.Char(string="API Key", copy=False, **ADMIN)
    api_url = fields.Char(
        string="API Address", compute="_compute_api_url", store=True, readonly=False, **ADMIN
    )
    provider_tracking = fields.Selection(
        [
            ("auto", "Only emails that Odoo does not track"),
            ("on", "Always"),
            ("off", "Never"),
        ],
        string="Provider Tracks Opens and Clicks",
        default="auto",
        help="Odoo itself tracks the opens and clicks of mailings. If the provider tracks them "
        "too, everything is counted twice and each link is rewritten twice.",
    )

    @api.depends("provider")
    def _compute_api_url(self):
        for server in self:
            provider = PROVIDERS.get(server.provider)
            server.api_url = provider.api.urls[0] if provider and provider.api else False

    @api.constrains("transport", "provider", "api_url", "api_key", "smtp_user", "smtp_pass")
    def _check_api(self):
        for server in self:
            provider = PROVIDERS.get(server.provider)
            if not provider and server.transport == "api":
                raise ValidationError(_("Choose an email provider to send through its API."))
            if provider and server.transport not in provider.transports:
                raise ValidationError(_("%s accepts emails only in another way.", provider.name))
            if server.transport != "api":
                continue
            if not is_https(server.api_url):
                raise ValidationError(
                    _(
                        "The API address must begin with https://, like %s. Otherwise the key "
                        "would be sent without encryption.",
                        provider.api.urls[0],
                    )
                )
            # If another addon computes it (OCA's `mail_environment`), it has no value yet here.
            is_computed = self._fields["smtp_pass"].compute
            if not (server.api_key if provider.api.has_key else server.smtp_pass or is_computed):
                raise ValidationError(
                    _("Enter the credentials of %s to send through its API.", provider.name)
                )

    def _has_api_credentials(self):
        """Tell whether all credentials of the provider's API have been entered."""
        self.ensure_one()
        provider_api = PROVIDERS[self.provider].api
        if not provider_api:
            return False
        if provider_api.has_key:
            return bool(self.api_key)
        return bool(self.smtp_user and self.smtp_pass)

    def _api(self, url=None, seconds=None):
        """Return the `providers.api.Api` of this server's account; close it after use.

        :param str url: of the API, if another than the server's
        :param float seconds: see `providers.api.Credentials`
        """
        self.ensure_one()
        server = self.sudo()
        credentials = Credentials(
            url=url or server.api_url or "",
            user=server.smtp_user or "",
            password=server.smtp_pass or "",
            key=server.api_key or "",
            seconds=seconds,
        )
        return PROVIDERS[server.provider].api(credentials)

    def _tracks(self, is_tracked_by_odoo):
        """Return whether the provider shall track opens and clicks; None: as its account does."""
        if self.provider_tracking in ("on", "off"):
            return self.provider_tracking == "on"
        return False if is_tracked_by_odoo else None

    def _api_trouble(self):
        """Check the credentials, at the provider's other API addresses too: an account belongs to
        one region, and https may use another port. Keep the address that accepts them.

        :return: what is wrong, as a `providers.base.Text`, or None
        """
        known = PROVIDERS[self.provider].api.urls
        others = [url for url in known if url != self.api_url] if self.api_url in known else []
        failure = None
        for url in (self.api_url, *others):
            try:
                with self._api(url) as api:
                    api.check()
            except ApiError as error:
                if not failure or isinstance(failure, NoTlsError):
                    failure = error
                if error.status != 401 and not isinstance(error, NoTlsError):
                    break
            else:
                if url != self.api_url:
                    self.api_url = url
                return None
        return failure.reason
