# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Outgoing mail servers: the provider, its account, sending, and the webhook."""

from . import (
    account,
    credentials,
    dns,
    ir_mail_server,
    mass_mail,
    missing_events,
    senders,
    sending,
    webhook,
    webhook_registration,
)
