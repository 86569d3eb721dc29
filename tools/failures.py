# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How Odoo names what the providers call a failure, in their events and in their answers."""

# Key of `FAILURES` → failure type of `mailing.trace`. Of the others Odoo has no notion.
FAILURE_TYPES = {
    "invalid_address": "mail_email_invalid",
    "opted_out": "mail_bl",
    "duplicate": "mail_dup",
}
# Key of `providers.api.Outcome.failure` → failure type of `mail.mail`.
REFUSAL_TYPES = {
    "invalid_address": "mail_email_invalid",
    "no_address": "mail_email_missing",
    "sender": "mail_from_invalid",
}
