# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The webhook server: a process beside Odoo that needs only PostgreSQL to answer."""
