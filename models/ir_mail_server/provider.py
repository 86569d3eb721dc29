# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from operator import attrgetter

from markupsafe import Markup

from odoo import _, api, fields, models

from ...providers import PROVIDERS, provider_choices

# Field → what it tells of the provider
ABILITIES = {
    "has_account": attrgetter("account"),
    "has_transport_choice": lambda provider: len(provider.transports) > 1,
    "has_api_key": lambda provider: provider.api and provider.api.has_key,
    "has_tracking_switch": attrgetter("has_tracking_switch"),
    "has_dns_spf": lambda provider: "spf" in provider.dns_entered,
    "has_dns_selector": lambda provider: "dkim_selector" in provider.dns_entered,
    "has_dns_tracking": lambda provider: "tracking_host" in provider.dns_entered,
}
TEXTS = {
    "provider_user_label": attrgetter("user_label"),
    "provider_password_label": attrgetter("password_label"),
    "provider_credentials_help": attrgetter("credentials_help"),
    "provider_api_help": lambda provider: provider.api and provider.api.help,
    "provider_dns_help": attrgetter("dns_help"),
    "provider_limits_help": attrgetter("limits_help"),
    "provider_webhook_help": attrgetter("webhook_help"),
    "provider_webhook_key_label": attrgetter("authentication.key_label"),
    "provider_webhook_key_help": attrgetter("authentication.key_help"),
}


class IrMailServer(models.Model):
    """The provider of an outgoing mail server, and what the form shows of it."""

    _inherit = "ir.mail_server"

    # `smtp_authentication` stays `login`, because Odoo's own fields and views depend on it.
    provider = fields.Selection(
        selection=lambda self: provider_choices(),
        string="Email Provider",
        help="Odoo fills in the provider's server and accepts its events.",
    )
    has_account = fields.Boolean(compute="_compute_of_provider")
    has_transport_choice = fields.Boolean(compute="_compute_of_provider")
    has_api_key = fields.Boolean(compute="_compute_of_provider")
    has_tracking_switch = fields.Boolean(compute="_compute_of_provider")
    has_dns_spf = fields.Boolean(compute="_compute_of_provider")
    has_dns_selector = fields.Boolean(compute="_compute_of_provider")
    has_dns_tracking = fields.Boolean(compute="_compute_of_provider")
    webhook_type_count = fields.Integer(compute="_compute_of_provider")
    provider_logo = fields.Char(compute="_compute_of_provider")
    provider_user_label = fields.Char(compute="_compute_of_provider")
    provider_password_label = fields.Char(compute="_compute_of_provider")
    provider_credentials_help = fields.Char(compute="_compute_of_provider")
    provider_api_help = fields.Char(compute="_compute_of_provider")
    provider_api_losses = fields.Html(compute="_compute_of_provider")
    provider_dns_help = fields.Char(compute="_compute_of_provider")
    provider_limits_help = fields.Char(compute="_compute_of_provider")
    provider_webhook_help = fields.Char(compute="_compute_of_provider")
    provider_webhook_key_label = fields.Char(compute="_compute_of_provider")
    provider_webhook_key_help = fields.Char(compute="_compute_of_provider")

    @api.depends("provider")
    @api.depends_context("lang")
    def _compute_of_provider(self):
        for server in self:
            provider = PROVIDERS.get(server.provider)
            for name, is_able in ABILITIES.items():
                server[name] = bool(provider and is_able(provider))
            for name, text_of in TEXTS.items():
                text = provider and text_of(provider)
                server[name] = text and _(text)  # pylint: disable=translation-required
            server.webhook_type_count = (
                len(provider.account.event_types) if server.has_account else 0
            )
            server.provider_logo = provider and (
                f"/mail_mailjet_aldeamo/static/src/img/providers/{provider.code}.svg"
            )
            losses = provider.api.losses if provider and provider.api else ()
            items = [Markup("<li>%s</li>") % self._translate_text(loss) for loss in losses]
            server.provider_api_losses = items and Markup("<ul>%s</ul>") % Markup().join(items)
