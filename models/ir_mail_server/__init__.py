# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Outgoing mail servers: the provider, its account, sending, and the webhook."""

from . import (
    account,
    checklist,
    credentials,
    dns,
    facts,
    ir_mail_server,
    keys,
    mass_mail,
    missing_events,
    provider,
    senders,
    sending,
    state,
    state_events,
    state_sending,
    templates,
    waiting,
    webhook,
    webhook_registration,
    why_no_event,
)
