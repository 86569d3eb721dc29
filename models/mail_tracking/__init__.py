# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What providers report: events come in, are applied once, and are kept for a while."""

# The model first: the other files extend it.
from . import mail_tracking  # isort: skip
from . import (
    apply,
    bounces,
    empty_list,
    failures,
    fetched,
    match,
    privacy,
    reader,
    receive,
    retention,
    spool,
    subscriptions,
    wake,
    words,
)
