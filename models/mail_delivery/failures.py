# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How Odoo names what the providers call a failure."""

# Key of `providers.base.FAILURES` → failure type of `mailing.trace`. Of the others Odoo has no
# notion.
FAILURE_TYPES = {
    "invalid_address": "mail_email_invalid",
    "opted_out": "mail_bl",
    "duplicate": "mail_dup",
}
# … and of one that the provider refused at once: there, the sender is the address in From.
REFUSAL_TYPES = {**FAILURE_TYPES, "sender": "mail_from_invalid"}
