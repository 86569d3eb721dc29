# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Aldeamo (also Tellit, ClickPanda): its presets, and where the parts of it are.

Source: *Manual de Integración - Email*, MAN-PP-03-03, V6, 2020-11-09; sections are named M n.
"""

from datetime import datetime, timezone
from typing import Any

from ..account import Domain
from ..base import TEST_EVENT, Event, Instructions, _
from ..dns import ManualDnsSettings
from ..provider import Provider, Smtp
from .events import COLOMBIA, TOKEN_HEADER, translate
from .send import AldeamoApi
from .templates import AldeamoTemplates, with_tag, without_tag


class Aldeamo(Provider):
    code = "aldeamo"
    name = "Aldeamo"
    smtp = Smtp("email-smtp-2.aldeamo.com", "starttls", {"starttls": 2589})
    api = AldeamoApi
    templates = AldeamoTemplates
    token_header = TOKEN_HEADER
    user_label = _("User")
    password_label = _("Password")
    credentials_help = _(
        "Your account executive at Aldeamo gives you the server, the port, the user and the "
        "password of each account: if they differ from the values filled in here, enter yours."
    )
    pages = dict.fromkeys(("keys", "senders", "dns", "webhook"), "https://tellit.aldeamo.com/")
    senders_help = _(
        "Aldeamo can't be asked which domains are registered: look in Tellit, Aldeamo's web "
        "application, under Email ▸ Configuración ▸ Dominios. A test mail that is delivered "
        "settles it."
    )
    limits_help = _(
        "Aldeamo's manual names no limits: your account executive knows those of your plan. A "
        "prepaid plan ends with its last mail; sending then stops, this form says so, and the "
        "mails wait. Aldeamo doesn't tell Odoo how many are left."
    )
    webhook_help = _(
        "In Tellit, Aldeamo's web application, open Email ▸ Configuración ▸ Notificaciones, paste "
        "this URL as the notification link and tick Enviados, Clicks, Quejas, Abiertos, "
        "Suscripciones canceladas and Rebotes."
    )
    opens_help = _(
        "Aldeamo reports opens where the tracking of SMTP mail is switched on in the account: ask "
        "your account executive."
    )
    dns_entered = ("spf", "dkim_selector", "dkim_value", "token_host", "token")
    dns_help = _(
        "Aldeamo gives you these with the account: see Tellit, Aldeamo's web application, under "
        "Email ▸ Configuración ▸ Dominios, or ask your account executive. What you leave empty "
        "isn't checked."
    )

    def dns_expectations(
        self, entered: ManualDnsSettings, told: Domain | None = None
    ) -> dict[str, Any]:
        # The manual publishes no host, selector or token: they are handed out with the account
        # (Tellit ▸ Email ▸ Configuración ▸ Dominios), so the administrator enters them.
        host = entered.dkim_host
        return {
            "provider": self.name,
            "ownership_host": entered.token_host,
            "ownership_token": entered.token,
            "spf": entered.spf,
            "dkim": [{"host": host, "value": entered.dkim_value}] if host else [],
        }

    def instruct(self, email: dict[str, Any], instructions: Instructions) -> dict[str, Any]:
        headers = {**email["headers"], TOKEN_HEADER: instructions.token}
        email = without_tag({**email, "headers": headers})
        if instructions.template:
            email = with_tag(email, instructions.template, instructions.variables)
        return email

    def example(self, now: datetime) -> dict[str, Any]:
        local = now.replace(tzinfo=timezone.utc).astimezone(COLOMBIA)
        return {
            "type": "SMTP",
            "event": TEST_EVENT,
            "email": "test@example.com",
            "timestamp": local.strftime("%Y-%m-%d %H:%M:%S"),
            "subject": "Odoo webhook test",
        }

    def translate(self, payload: dict[str, Any]) -> Event:
        return translate(payload)
