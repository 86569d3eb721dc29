# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A webhook's path holds its secret: no log may show it."""

import re

_SECRET = re.compile(r"(/mail_provider/\d+-)[^\s?/\"']+")


def masked(line):
    """Return a line of a log with asterisks in place of the secret."""
    return _SECRET.sub(r"\1***", line)
