# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What became of the emails of one mailing, or of several: figures for marketers."""

from . import results, retry
