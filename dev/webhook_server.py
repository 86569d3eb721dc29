"""The webhook server (`odoo-bin mail_webhook_server`) as a child process."""

import urllib.request
from contextlib import suppress
from http.client import HTTPException

from dev.odoo import free_port, odoo_command
from dev.postgres import Server
from dev.service import Service


class WebhookServer(Service):
    """A running webhook server; a context manager.

    :ivar port: of 127.0.0.1
    """

    NAME = "Webhook server"
    STARTUP = 30

    def __init__(self, pg: Server, database: str) -> None:
        self.port = free_port()
        command = [*odoo_command(pg, database, "mail_webhook_server"), f"--port={self.port}"]
        super().__init__(self.port, database, command, pg.env())

    def is_healthy(self) -> bool:
        """Tell whether it answers, and the database does."""
        page = self.url + "/mail_provider/health"
        # It isn't healthy if it can't be reached, or answers 503.
        with suppress(OSError, HTTPException), urllib.request.urlopen(page, timeout=5) as answer:
            return int(answer.status) == 200
        return False
