# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The webhooks that there are, as of a second ago: who knows which secret."""

import logging
import threading
import time

import psycopg2

from .. import authentication, refusals, spool
from .database import Link
from .outage import Outage

_logger = logging.getLogger(__name__)

_INTERVAL = 1.0  # seconds: for so long a removed server is still accepted
_SHORTEST_INTERVAL = 0.05  # somebody who tries out tokens must not keep the database busy


class Webhooks:
    """Reads all webhooks every second, in a thread and over a connection of its own.

    Answers are given from memory: a lock on `ir_mail_server` holds up none of them.

    :param dict settings: of the connection
    :param on_read: called in the thread after each reading with its number and whether it succeeded
    :ivar begun: the number of the reading that began last
    """

    def __init__(self, settings, on_read):
        self._link = Link(settings, autocommit=True)
        self._on_read = on_read
        self._outage = Outage(_logger, "The webhooks can't be read")
        self.begun = 0
        self._by_server = {}
        self._refusals = refusals.Refusals()
        self._wanted = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._is_stopping = True
        self._wanted.set()

    def read_soon(self):
        """Read before it is time, as somebody is waiting for it."""
        self._wanted.set()

    def find(self, token, post, now):
        """Return (server id, provider) of the webhook that a token opens, or None.

        :raises authentication.WrongCredentialsError: it opens none without the right credentials
        """
        webhook = self._by_server.get(authentication.server_id_of(token))
        provider = authentication.authentic_provider(webhook, token, post, now)
        return (webhook.server_id, provider) if provider else None

    def note_refused(self, token, status):
        """Count a request that is refused, if it names a server that has a webhook."""
        server_id = authentication.server_id_of(token)
        if server_id in self._by_server:
            self._refusals.note(server_id, status)

    def _record_refused(self):
        counts = self._refusals.due()
        if not counts:
            return
        try:
            with self._link.use() as cursor:
                refusals.record(cursor, counts, spool.now())
        except psycopg2.Error as error:
            _logger.warning("Refused posts can't be noted: %s", type(error).__name__)

    def _run(self):
        while not self._is_stopping:
            self._wanted.clear()
            self.begun += 1
            try:
                with self._link.use() as cursor:
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
        self._link.close()
