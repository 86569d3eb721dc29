# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The providers' events: they are received, applied once, and kept for a while."""

# The model first: the other files extend it.
from . import mail_tracking  # isort: skip
from . import (
    apply,
    bounces,
    fetched,
    match,
    privacy,
    reader,
    receive,
    retention,
    spool,
    subscriptions,
    wake,
)
