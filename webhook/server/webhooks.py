# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The webhooks of all servers, with their secrets, as they were a second ago."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

import psycopg2

from .. import authentication, refusals, spool
from .database import ReconnectingConnection, Settings
from .outage import Outage

_logger = logging.getLogger(__name__)

_INTERVAL = 1.0  # seconds: a removed server is still accepted so long
_SHORTEST_INTERVAL = 0.05  # seconds: guessing tokens must not keep the database busy


class Webhooks:
    """Reads all webhooks every second, in its own thread and over its own connection.

    Requests are checked in memory, so a lock on `ir_mail_server` delays no answer.

    :param on_read: called in the thread after each reading, with its number and whether it
        succeeded
    :ivar begun: the number of the last reading that began
    """

    def __init__(self, settings: Settings, on_read: Callable[[int, bool], None]) -> None:
        self._connection = ReconnectingConnection(settings, autocommit=True)
        self._on_read = on_read
        self._outage = Outage(_logger, "The webhooks can't be read")
        self.begun = 0
        self._by_server: dict[int, authentication.Webhook] = {}
        self._refusals = refusals.Refusals()
        self._wanted = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_stopping = True
        self._wanted.set()

    def read_soon(self) -> None:
        """Read before the interval ends, because a request waits for it."""
        self._wanted.set()

    def find(self, token: str, post: authentication.Post, now: datetime) -> tuple[int, str] | None:
        """Return (server id, provider) of the webhook to which a token gives access, or None.

        :raises authentication.WrongCredentialsError: the webhook requires other credentials
        """
        webhook = self._by_server.get(authentication.server_id_of(token))
        provider = authentication.authentic_provider(webhook, token, post, now)
        return (webhook.server_id, provider) if webhook and provider else None

    def note_refused(self, token: str, status: int) -> None:
        """Count a refused request if its token has the id of a server with a webhook."""
        server_id = authentication.server_id_of(token)
        if server_id in self._by_server:
            self._refusals.note(server_id, status)

    def _record_refused(self) -> None:
        counts = self._refusals.due()
        if not counts:
            return
        try:
            with self._connection.use() as cursor:
                refusals.record(cursor, counts, spool.now())
        except psycopg2.Error as error:
            _logger.warning("Refused posts can't be noted: %s", type(error).__name__)

    def _run(self) -> None:
        while not self._is_stopping:
            self._wanted.clear()
            self.begun += 1
            try:
                with self._connection.use() as cursor:
                    cursor.execute(authentication.SELECT)
                    webhooks = map(authentication.Webhook.from_row, cursor.fetchall())
            except psycopg2.Error as error:
                self._outage.failed(error)
                is_read = False
            else:
                self._outage.is_over()
                self._by_server = {webhook.server_id: webhook for webhook in webhooks}
                is_read = True
            self._on_read(self.begun, is_read)
            self._record_refused()
            time.sleep(_SHORTEST_INTERVAL)
            self._wanted.wait(_INTERVAL)
        self._connection.close()
