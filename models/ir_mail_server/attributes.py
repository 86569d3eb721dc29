# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Attributes that many fields of a mail server share."""

# Marketers may read mail servers, too.
ADMIN = {"groups": "base.group_system"}
# What Odoo has found out about a server: a copy begins without it.
NOTED = {**ADMIN, "readonly": True, "copy": False}
