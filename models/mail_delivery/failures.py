# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's failure types for the providers' failures."""

# Key of `providers.base.FAILURES` → failure type of `mailing.trace`. Odoo has no type for the
# others.
FAILURE_TYPES = {
    "invalid_address": "mail_email_invalid",
    "opted_out": "mail_bl",
    "duplicate": "mail_dup",
}
# The same for e-mails that the provider refused: there, "sender" means the address in From.
REFUSAL_TYPES = {**FAILURE_TYPES, "sender": "mail_from_invalid"}
