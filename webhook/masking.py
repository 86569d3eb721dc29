# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The path of a webhook's URL contains its secret, which no log may show."""

import re

_SECRET = re.compile(r"(/mail_provider/\d+-)[^\s?/\"']+")


def masked(line: str) -> str:
    """Return a line of a log with asterisks instead of the secret."""
    return _SECRET.sub(r"\1***", line)
