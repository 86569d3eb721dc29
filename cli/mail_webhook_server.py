# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`odoo-bin mail_webhook_server`: runs the webhook server."""

from __future__ import annotations

import logging
import sys
from optparse import OptionGroup, Values
from pathlib import Path

from odoo.cli import Command
from odoo.sql_db import connection_info_for
from odoo.tools import config

_logger = logging.getLogger(__name__)


class MailWebhookServer(Command):
    """Answer the webhooks of email providers in a process beside Odoo"""

    name = "mail_webhook_server"

    def run(self, arguments: list[str]) -> None:
        """Run the webhook server until a signal stops it. Odoo's registry isn't loaded.

        :param arguments: Odoo's own and those of `_parse`
        """
        options = _parse(arguments)
        try:
            from ..webhook.server import supervisor
        except ImportError as error:
            sys.exit(f"Install what requirements-webhook-server.txt lists: {error}")
        _database, settings = connection_info_for(config["db_name"])
        try:
            listener = supervisor.listen(options.interface, options.port)
        except OSError as error:
            address = f"{options.interface}:{options.port}"
            sys.exit(f"The webhook server can't listen on {address}: {error}")
        _logger.info("Webhook server on %s:%s", *listener.getsockname()[:2])
        supervisor.supervise(settings, listener)


def _parse(arguments: list[str]) -> Values:
    """Return the options of this command; those of Odoo are in Odoo's `config`."""
    parser = config.parser
    parser.prog = f"{Path(sys.argv[0]).name} {MailWebhookServer.name}"
    group = OptionGroup(parser, "Webhook server", "It also uses Odoo's options -c, -d and --db….")
    group.add_option("--interface", default="127.0.0.1", help="where to listen (default: %default)")
    group.add_option("--port", type="int", default=8071, help="TCP port (default: %default)")
    parser.add_option_group(group)
    options: Values = config.parse_config(arguments)
    if not config["db_name"] or "," in config["db_name"]:
        parser.error("-d must give exactly one database, which stores the events")
    return options
