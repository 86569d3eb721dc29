# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Commands of odoo-bin. Odoo imports them with the addon, so they import as little as possible."""

from . import mail_webhook_server
