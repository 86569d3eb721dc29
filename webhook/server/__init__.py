# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The dedicated intake: a server of its own, whose answers need nothing but PostgreSQL."""
