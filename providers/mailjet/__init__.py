# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet: its presets, and where the parts of it are.

Sources: dev.mailjet.com, guides "SMTP relay", "Send API v3.1" and "Event API".
"""

import json
import re
from datetime import timezone

from ..base import TEST_EVENT, Provider, Text, _
from .account import MailjetAccount
from .dns import dns_expectations
from .event_errors import EXPLANATIONS
from .events import translate
from .headers import Verbatim
from .send import LIMITS, LOSSES, MailjetApi, encode
from .templates import MailjetTemplates

TEMPLATE_ID = re.compile(r"[1-9]\d{0,17}", re.A)
# Its templating language is written {{var:name}}.
VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.A)


class Mailjet(Provider):
    code = "mailjet"
    name = "Mailjet"
    smtp_host = "in-v3.mailjet.com"
    smtp_encryption = "starttls"
    smtp_ports = {"starttls": 587, "ssl": 465}
    user_label = _("API key")
    password_label = _("Secret key")
    credentials_help = _(
        "In Mailjet, open Account settings ▸ SMTP and SEND API settings and retrieve your API "
        "credentials. The tab Account then shows what else is to be set up."
    )
    pages = {
        "keys": "https://app.mailjet.com/account/apikeys",
        "senders": "https://app.mailjet.com/account/sender",
        "dns": "https://app.mailjet.com/account/sender",
        "webhook": "https://app.mailjet.com/account/triggers",
    }
    # Mailjet's public price list; an employee of Mailjet's on the number of calls.
    limits_help = _(
        "Mailjet's free plan takes 200 mails a day and 6,000 a month; other plans have a number "
        "of mails a month. About 50 calls a second are taken: 4 connections at once are enough. "
        "Mailjet doesn't tell Odoo how many mails are left: its own pages do."
    )
    webhook_help = _(
        "In Mailjet, open Account settings ▸ Event notifications (webhooks), paste this URL for "
        "all seven events and tick Group events."
    )
    opens_help = _(
        "Mailjet reports opens where the account's settings have the tracking of opens switched on."
    )
    # The second one for accounts made in the US region: the keys of one don't serve the other.
    api_urls = ("https://api.mailjet.com", "https://api.us.mailjet.com")
    has_api_key = False
    has_tracking_switch = True
    account = MailjetAccount
    templates = MailjetTemplates
    api_help = _(
        "Mails leave up to 50 at a time, and the same API and secret key serve. Mailjet gives "
        "each mail a Message-Id of its own; replies find their document all the same."
    )
    dns_entered = ("tracking_host", "token_host", "token", "dkim_value")
    dns_help = _(
        "Mailjet tells Odoo through its API what it wants for each domain. What you enter here "
        "counts where it doesn't: without a usable API key, or for a domain that isn't in the "
        "account. You find it in Mailjet under Account settings ▸ Sender domains & addresses."
    )
    template_help = _(
        "The number of a template in Mailjet's Passport or of its API. Its variables are written "
        "there as var:name, between double braces."
    )
    replaces_message_id = True
    token_header = "X-MJ-CustomID"  # noqa: S105 - no password
    control_prefixes = ("x-mj-", "x-mailjet-")
    api_limits = LIMITS
    api_losses = LOSSES
    explanations = EXPLANATIONS
    # mailjet.com, "Sending policy": what is above it may get the account suspended.
    complaint_limit = 0.0008
    bounce_limit = 0.08

    def api(self, credentials):
        return MailjetApi(credentials)

    def encode(self, mail, token):
        return encode(mail, token)

    def dns_expectations(self, entered, told=None):
        return dns_expectations(entered, told)

    def instruct(self, email, instructions):
        headers = {self.token_header: instructions.token}
        if instructions.campaign:
            headers["X-Mailjet-Campaign"] = instructions.campaign
        if instructions.tracking is not None:
            switch = "1" if instructions.tracking else "0"
            headers.update({"X-Mailjet-TrackOpen": switch, "X-Mailjet-TrackClick": switch})
        if instructions.template:
            # The template has a body of its own, and two are refused.
            email = {**email, "body": " ", "body_alternative": " "}
            headers["X-MJ-TemplateID"] = instructions.template
            headers["X-MJ-TemplateLanguage"] = "1"
            headers["X-MJ-Vars"] = Verbatim("X-MJ-Vars", json.dumps(instructions.variables))
        others = {
            name: value
            for name, value in email["headers"].items()
            if not name.lower().startswith(self.control_prefixes)
        }
        return {**email, "headers": {**others, **headers}}

    def check_variable(self, name):
        if VARIABLE.fullmatch(name):
            return None
        return Text(
            _(
                "Mailjet would not replace a variable named “%(name)s”: use letters without "
                "accents, digits and underscores, and begin with a letter."
            ),
            {"name": name},
        )

    def check_template(self, template):
        if TEMPLATE_ID.fullmatch(template):
            return None
        return Text(_("A template of Mailjet has a number, such as 1234567."))

    def example(self, now):
        return {
            "event": TEST_EVENT,
            "time": int(now.replace(tzinfo=timezone.utc).timestamp()),
            "email": "test@example.com",
            "CustomID": "",
            "Payload": "",
        }

    def translate(self, payload):
        return translate(payload)
