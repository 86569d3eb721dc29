# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet: its presets, and where the parts of it are.

Sources: dev.mailjet.com, guides "SMTP relay", "Send API v3.1" and "Event API". For the DNS: REST
reference "/dns"; documentation.mailjet.com, "Authenticating domains with SPF & DKIM", "How to set
up a custom Return-Path" and "Custom tracking domain".
"""

import json
from datetime import datetime, timezone
from typing import Any

from ..account import Domain
from ..base import TEST_EVENT, Event, Instructions, _
from ..dns import ManualDnsSettings
from ..provider import Provider, Smtp
from .account import MailjetAccount
from .event_errors import EXPLANATIONS
from .events import translate
from .headers import Verbatim
from .send import MailjetApi
from .templates import MailjetTemplates

# It can be anything, and comes back in the events as "CustomID".
TOKEN_HEADER = "X-MJ-CustomID"  # noqa: S105 - no password


class Mailjet(Provider):
    code = "mailjet"
    name = "Mailjet"
    smtp = Smtp("in-v3.mailjet.com", "starttls", {"starttls": 587, "ssl": 465})
    api = MailjetApi
    account = MailjetAccount
    templates = MailjetTemplates
    token_header = TOKEN_HEADER
    has_tracking_switch = True
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
    dns_entered = ("tracking_host", "token_host", "token", "dkim_value")
    dns_help = _(
        "Mailjet tells Odoo through its API what it wants for each domain. Values that you "
        "enter here are used only if the API key doesn't work or the domain isn't in the account. "
        "You find them in Mailjet under Account settings ▸ Sender domains & addresses."
    )
    replaces_message_id = True
    control_prefixes = ("x-mj-", "x-mailjet-")
    explanations = EXPLANATIONS
    # mailjet.com, "Sending policy": what is above it may get the account suspended.
    complaint_limit = 0.0008
    bounce_limit = 0.08

    def dns_expectations(
        self, entered: ManualDnsSettings, told: Domain | None = None
    ) -> dict[str, Any]:
        tracking_host = entered.tracking_host
        key = {
            "host": (told and told.dkim_name) or "mailjet._domainkey",
            "value": (told and told.dkim_value) or entered.dkim_value,
        }
        return {
            "provider": self.name,
            "ownership_host": told.txt_name if told else entered.token_host,
            "ownership_token": told.txt_value if told else entered.token,
            "spf": "include:spf.mailjet.com",
            "dkim": [key],
            "return_path": "bnc3.mailjet.com",
            "custom_return_path": {"host": "bnc3", "targets": ["bnc3.mailjet.com"]},
            # r.mailjet.com: from before Mailjet's links were https
            "tracking": tracking_host
            and {"host": tracking_host, "targets": ["t.mailjet.com", "r.mailjet.com"]},
        }

    def instruct(self, email: dict[str, Any], instructions: Instructions) -> dict[str, Any]:
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
        return {**email, "headers": {**self.without_controls(email["headers"]), **headers}}

    def example(self, now: datetime) -> dict[str, Any]:
        return {
            "event": TEST_EVENT,
            "time": int(now.replace(tzinfo=timezone.utc).timestamp()),
            "email": "test@example.com",
            "CustomID": "",
            "Payload": "",
        }

    def translate(self, payload: dict[str, Any]) -> Event:
        return translate(payload)
