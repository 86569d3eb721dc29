# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Aldeamo (also Tellit, ClickPanda): its presets, and where the parts of it are.

Source: *Manual de Integración - Email*, MAN-PP-03-03, V6, 2020-11-09; sections are named M n.
"""

from datetime import timezone

from ..base import TEST_EVENT, Provider, Text, _
from . import templates
from .dns import dns_expectations
from .events import COLOMBIA, TOKEN_HEADER, translate
from .send import LIMITS, LOSSES, AldeamoApi, encode


class Aldeamo(Provider):
    code = "aldeamo"
    name = "Aldeamo"
    smtp_host = "email-smtp-2.aldeamo.com"
    smtp_encryption = "starttls"
    smtp_ports = {"starttls": 2589}
    user_label = _("User")
    password_label = _("Password")
    credentials_help = _(
        "Your account executive at Aldeamo hands out the server, the port, the user and the "
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
    # M 7 prints https with port 5000 and http with 5001; clients that work have it the other
    # way round.
    api_urls = ("https://api.ckpnd.com:5001/v1/email", "https://api.ckpnd.com:5000/v1/email")
    has_api_key = True
    has_tracking_switch = False
    api_help = _(
        "Make the API key in Tellit, Aldeamo's web application: Email ▸ Configuración ▸ API. Keep "
        "everyday mail on SMTP: replies to what leaves by API don't find their document."
    )
    dns_entered = ("spf", "dkim_selector", "dkim_value", "token_host", "token")
    dns_help = _(
        "Aldeamo hands these out with the account: see Tellit, Aldeamo's web application, under "
        "Email ▸ Dominios, or ask your account executive. What you leave empty isn't checked."
    )
    template_help = _(
        "The 12 characters below the template's name in Tellit, Aldeamo's web application. Its "
        "variables are written {name} there."
    )
    replaces_message_id = False
    token_header = TOKEN_HEADER
    api_limits = LIMITS
    api_losses = LOSSES

    def api(self, credentials):
        return AldeamoApi(credentials)

    def encode(self, mail, token):
        return encode(mail)

    def dns_expectations(self, entered, told=None):
        return dns_expectations(entered)

    def instruct(self, email, instructions):
        headers = {**email["headers"], TOKEN_HEADER: instructions.token}
        email = templates.without_tag({**email, "headers": headers})
        if instructions.template:
            email = templates.with_tag(email, instructions.template, instructions.variables)
        return email

    def check_variable(self, name):
        if templates.VARIABLE.fullmatch(name):
            return None
        return Text(
            _(
                "Aldeamo would not replace a variable named “%(name)s”: use letters without "
                "accents, digits, underscores, hyphens and single spaces, and begin with a letter."
            ),
            {"name": name},
        )

    def check_template(self, template):
        if templates.TEMPLATE_ID.fullmatch(template):
            return None
        return Text(_("A template of Aldeamo has a name of letters and digits: 42eqy7oaigql."))

    def example(self, now):
        local = now.replace(tzinfo=timezone.utc).astimezone(COLOMBIA)
        return {
            "type": "SMTP",
            "event": TEST_EVENT,
            "email": "test@example.com",
            "timestamp": local.strftime("%Y-%m-%d %H:%M:%S"),
            "subject": "Odoo webhook test",
        }

    def translate(self, payload):
        return translate(payload)
