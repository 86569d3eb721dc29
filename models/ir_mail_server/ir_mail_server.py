# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ...providers import PROVIDERS
from .credentials import CREDENTIALS
from .waiting import LIMITS


class IrMailServer(models.Model):
    """Presets of the provider, and what follows when a server is changed."""

    _inherit = "ir.mail_server"

    @api.constrains("provider", "smtp_port")
    def _check_provider_port(self):
        for server in self:
            provider = PROVIDERS.get(server.provider)
            if provider and provider.smtp and server.smtp_port == 25:
                raise ValidationError(
                    _(
                        "Port 25 can't be used for %(provider)s: it is meant for mail between "
                        "mail servers, and Odoo Online, Odoo.sh and most hosts block it. Use "
                        "port %(port)s, or the port that %(provider)s gave you.",
                        provider=provider.name,
                        port=provider.smtp.port,
                    )
                )

    @api.onchange("provider")
    def _onchange_provider(self):
        is_own_name = self.name not in {provider.name for provider in PROVIDERS.values()}
        values = {"provider": self.provider, "name": is_own_name and self.name}
        self.update(self._provider_presets(values))

    @api.model_create_multi
    def create(self, vals_list):
        """Add the provider's presets to new servers."""
        self._forget_webhooks()
        vals_list = [{**vals, **self._provider_presets(vals)} for vals in vals_list]
        for vals in vals_list:
            if vals.get("mass_mail"):
                vals["sequence"] = self._mass_mail_sequence(vals.get("sequence", 0))
        return super().create(vals_list)

    def write(self, vals):
        """When the provider changes, set its presets as the form does, except the name. When the
        account, the credentials or the webhook change, reset what depends on them.
        """
        if any(name in ("active", "provider") or name.startswith("webhook_") for name in vals):
            self._forget_webhooks()
        if "provider" in vals:
            self._keep_former_provider(vals["provider"])
        if "active" in vals:
            vals = {**vals, "webhook_until": not vals["active"] and self._last_event_time()}
        has_other_keys = not CREDENTIALS.isdisjoint(vals)
        if has_other_keys:
            vals = {
                **vals,
                "keys_datetime": fields.Datetime.now(),
                "keys_are_accepted": False,
                "keys_trouble_text": False,
            }
        with_other_account = self._with_other_account(vals)
        for server, sequence in self._make_room_for_mass_mail(vals):
            super(IrMailServer, server).write({"sequence": sequence})
        presets = self._provider_presets(vals)
        presets.pop("name", None)
        with_other_provider = self.filtered(
            lambda server: presets and server.provider != vals["provider"]
        )
        super(IrMailServer, self - with_other_provider).write(vals)
        super(IrMailServer, with_other_provider).write({**vals, **presets})
        if with_other_account:
            with_other_account._forget_account()
        if has_other_keys:
            self._try_again()
        elif not LIMITS.isdisjoint(vals):
            self._wake_sending()
        return True

    def unlink(self):
        self._forget_webhooks()
        self.sudo().stop_ids.unlink()
        return super().unlink()

    @api.model
    def _provider_presets(self, vals):
        """Return the provider's presets for fields that are missing or empty in `vals`.

        :param dict vals: values of a server
        """
        provider = PROVIDERS.get(vals.get("provider"))
        if not provider:
            return {}
        presets = {"name": provider.name, "smtp_authentication": "login"}
        if len(provider.transports) == 1:
            presets["transport"] = provider.transports[0]
        smtp = provider.smtp
        if smtp:
            by_port = {port: encryption for encryption, port in smtp.ports.items()}
            encryption = vals.get("smtp_encryption") or by_port.get(
                vals.get("smtp_port"), smtp.encryption
            )
            presets["smtp_host"] = smtp.host
            presets["smtp_encryption"] = encryption
            presets["smtp_port"] = smtp.ports.get(encryption, smtp.port)
        return {name: value for name, value in presets.items() if not vals.get(name)}

    @api.onchange("smtp_encryption")
    def _onchange_encryption(self):
        """When the encryption changes, keep the provider's port: Odoo would set port 25."""
        provider = PROVIDERS.get(self.provider)
        if not provider:
            return super()._onchange_encryption()
        if provider.smtp:
            self.smtp_port = provider.smtp.ports.get(self.smtp_encryption, self.smtp_port)
        return None
