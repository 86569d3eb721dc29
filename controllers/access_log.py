# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The access log prints the path of each request, and the webhook's path holds its secret."""

import logging

from ..webhook.masking import masked


class MaskWebhookSecret(logging.Filter):
    """Put asterisks in place of the secret in whatever is logged of a webhook's path."""

    def filter(self, record):
        message = record.getMessage()
        if "/mail_provider/" in message:
            record.msg, record.args = masked(message), ()
        return True


# Odoo serves as werkzeug, threaded or prefork, and through gevent, which logs as longpolling.
for _name in ("werkzeug", "longpolling"):
    logging.getLogger(_name).addFilter(MaskWebhookSecret())
