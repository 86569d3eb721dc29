# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from odoo import models
from odoo.exceptions import AccessError, MissingError

from .mail_delivery.announce import SUBCHANNEL

CHANNEL = re.compile(r"mail_delivery/([a-z0-9_.]+)/([0-9]{1,9})")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """When a client subscribes to a document's e-mails, check that the user may read it."""
        # Channels that aren't text are another addon's.
        wanted = {
            channel: isinstance(channel, str) and CHANNEL.fullmatch(channel) for channel in channels
        }
        others = [channel for channel, match in wanted.items() if not match]
        return [
            *super()._build_bus_channel_list(others),
            *self._documents_with_emails([match.groups() for match in wanted.values() if match]),
        ]

    def _documents_with_emails(self, names):
        """Yield the channel of each document that the user may read.

        :param list names: of (model, id), as the web client sent them
        """
        for model, id_ in names:
            if "message_ids" in getattr(self.env.get(model), "_fields", ()):
                document = self.env[model].browse(int(id_))
                try:
                    self.env["mail.delivery"]._check_employee_may_read(document)
                except (AccessError, MissingError):
                    continue
                yield document, SUBCHANNEL
