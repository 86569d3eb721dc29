# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The outbox: one record for each e-mail that is sent through a provider."""

# The model first: the other files extend it.
from . import mail_delivery  # isort: skip
from . import (
    announce,
    button,
    deliver,
    events,
    follow,
    in_doubt,
    machines,
    mail_delivery_content,
    outcome,
    privacy,
    retention,
    timeline,
)
