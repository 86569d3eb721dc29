# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import sys
from optparse import OptionGroup
from pathlib import Path

from odoo.cli import Command
from odoo.sql_db import connection_info_for
from odoo.tools import config

_logger = logging.getLogger(__name__)


class MailIntake(Command):
    """Answer the e-mail providers' webhooks, beside Odoo"""

    name = "mail_intake"

    def run(self, arguments):
        """Run the intake until it is told to stop. Odoo's registry isn't loaded.

        :param list[str] arguments: Odoo's, and those of `_add_options`
        """
        options = _parse(arguments)
        try:
            from ..webhook.server import supervisor
        except ImportError as error:
            sys.exit(f"The intake needs what requirements-intake.txt lists: {error}")
        _database, settings = connection_info_for(config["db_name"])
        try:
            listener = supervisor.listen(options.interface, options.port)
        except OSError as error:
            sys.exit(f"The intake can't listen on {options.interface}:{options.port}: {error}")
        _logger.info("Mail intake on %s:%s", *listener.getsockname()[:2])
        supervisor.supervise(settings, listener)


def _parse(arguments):
    """Return what only the intake is told; what Odoo is told as well is in its `config`."""
    parser = config.parser
    parser.prog = f"{Path(sys.argv[0]).name} {MailIntake.name}"
    group = OptionGroup(parser, "Mail intake", "Of Odoo's own options, -c, -d and --db… matter.")
    group.add_option("--interface", default="127.0.0.1", help="where to listen (default: %default)")
    group.add_option("--port", type="int", default=8071, help="TCP port (default: %default)")
    parser.add_option_group(group)
    options = config.parse_config(arguments)
    if not config["db_name"] or "," in config["db_name"]:
        parser.error("-d must name the one database whose events are taken")
    return options
