# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SQL views. Imported after the models, because they read their tables."""

from . import mail_delivery_report
