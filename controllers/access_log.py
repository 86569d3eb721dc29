# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keeps the secret in the webhook's path out of the access log."""

import logging

from ..webhook.authentication import masked


class MaskWebhookSecret(logging.Filter):
    """Replace the secret in logged webhook paths by asterisks."""

    def filter(self, record):
        message = record.getMessage()
        if "/mail_provider/" in message:
            record.msg, record.args = masked(message), ()
        return True


# Loggers of Odoo's servers: werkzeug (threaded and prefork), longpolling (gevent)
for _name in ("werkzeug", "longpolling"):
    logging.getLogger(_name).addFilter(MaskWebhookSecret())
