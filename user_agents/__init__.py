# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a User-Agent tells of who opened or clicked, and what speaks for a machine."""
