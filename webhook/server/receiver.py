# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which request gets which answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...providers import PROVIDERS
from ...providers.body import MAX_BODY
from .. import authentication, spool
from .exchange import Exchange
from .webhooks import Webhooks
from .writer import Writer

if TYPE_CHECKING:
    from .connection import Connection

PREFIX = "/mail_provider/"
HEALTH = PREFIX + "health"
MAX_CONNECTIONS = 8192
MAX_BODIES = 128 * 1024 * 1024  # bytes, of all requests together
# Seconds to look for an unknown token: the answer is due within 0.1.
_LOOK_UP = 0.08


class Receiver:
    """Receives the providers' events as long as PostgreSQL works.

    ====== ===============================================================================
    Answer When
    ====== ===============================================================================
    200    the events are stored permanently, or were stored before, or the request is
           authentic but not understood and stored as failed; for a `GET` of `HEALTH`: the
           database answers
    400    the request isn't HTTP
    401    the URL was registered with user and password, and the request lacks them
    404    the token is unknown, or the server has no provider any more, or it has been
           archived for longer than events are kept
    405    the method isn't POST
    408    the request doesn't end in time
    411    the body's length isn't announced
    413    the body is larger than `MAX_BODY`
    431    the headers are too large
    503    the request can't be stored or authenticated now: the provider posts it again
    ====== ===============================================================================

    The controller has the same table and checks in the same order, the length before the secret
    for example.

    :param max_connections: a further connection is answered with 503
    """

    def __init__(
        self, writer: Writer, webhooks: Webhooks, max_connections: int = MAX_CONNECTIONS
    ) -> None:
        self._writer = writer
        self._webhooks = webhooks
        self._max_connections = max_connections
        self._connections: set[Connection] = set()
        self._bodies = 0
        # (number of the reading that decides, exchange)
        self._unknown: deque[tuple[int, Exchange]] = deque()

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The open connections."""
        return tuple(self._connections)

    def opened(self, connection: Connection) -> bool:
        """Count a new connection; return whether it is within the limit."""
        self._connections.add(connection)
        return len(self._connections) <= self._max_connections

    def closed(self, connection: Connection, unfinished: Exchange | None) -> None:
        """Forget a closed connection, and the exchange that was being read from it."""
        self._connections.discard(connection)
        if unfinished:
            unfinished.status = 408  # nobody can receive another
            self._release(unfinished)

    def check_headers(self, exchange: Exchange) -> None:
        """Decide by the headers alone.

        No memory is reserved for the body before the request is known to be authentic. If the
        token isn't known, the webhooks are read again, and the exchange is undecided until then.
        """
        status = self._refusal(exchange)
        if status:
            self.answer(exchange, status)
        elif exchange.method == b"GET":
            exchange.go_on()
        elif not self._authenticate(exchange):
            exchange.is_undecided = True
            self._unknown.append((self._webhooks.begun + 1, exchange))
            self._webhooks.read_soon()
            asyncio.get_running_loop().call_later(_LOOK_UP, self.answer, exchange, 503)

    def receive(self, exchange: Exchange) -> None:
        """Store or answer a request that is decided and has been read to its end."""
        if exchange.refusal:
            self.answer(exchange, exchange.refusal)
        elif exchange.webhook is None:  # a GET of `HEALTH`
            self._writer.put(exchange, None)
        elif self._is_signed(exchange, exchange.webhook[1]):
            entry = (*exchange.webhook, spool.now(), exchange.body, *exchange.declared)
            self._writer.put(exchange, entry)
        else:
            self._webhooks.note_refused(exchange.path[len(PREFIX) :], 401)
            self.answer(exchange, 401)

    def answer(self, exchange: Exchange, status: int) -> None:
        """Answer with an HTTP status, unless the request was answered before."""
        self._release(exchange)
        if exchange.status is None:
            exchange.answer(status)

    def written(self, exchanges: Iterable[Exchange], is_stored: bool) -> None:
        """Answer the requests that the writer has stored, or could not store."""
        status = 200 if is_stored else 503
        for exchange in exchanges:
            self.answer(exchange, status)

    def webhooks_read(self, number: int, is_read: bool) -> None:
        """Decide the requests whose tokens were unknown before the webhooks were read again.

        :param number: of the reading, as `Webhooks.begun`
        :param is_read: whether the reading succeeded
        """
        while self._unknown and self._unknown[0][0] <= number:
            _number, exchange = self._unknown.popleft()
            if exchange.status is None and not (is_read and self._authenticate(exchange)):
                if is_read:
                    self._webhooks.note_refused(exchange.path[len(PREFIX) :], 404)
                exchange.turn_away(404 if is_read else 503)

    def _refusal(self, exchange: Exchange) -> int | None:
        """Return the status with which the request is refused, authentic or not; or None."""
        path = exchange.path
        if not path.startswith(PREFIX) or not path[len(PREFIX) :] or "/" in path[len(PREFIX) :]:
            return 404
        is_health = path == HEALTH and exchange.method == b"GET"
        if exchange.method != b"POST" and not is_health:
            return 405
        length = 0 if is_health and exchange.length is None else exchange.length
        if length is None or b"transfer-encoding" in exchange.headers:
            return 411
        if length > (0 if is_health else MAX_BODY):
            return 413
        return None

    def _authenticate(self, exchange: Exchange) -> bool:
        """Reserve memory for an authentic request's body; return False for an unknown token."""
        token = exchange.path[len(PREFIX) :]
        try:
            post = authentication.Post(exchange.header)
            webhook = self._webhooks.find(token, post, spool.now())
        except authentication.WrongCredentialsError:
            self._webhooks.note_refused(token, 401)
            exchange.turn_away(401)
            return True
        if webhook is None:
            return False
        length = exchange.length or 0
        if self._bodies + length > MAX_BODIES:
            self.answer(exchange, 503)
            return True
        exchange.webhook = webhook
        exchange.size = length
        self._bodies += exchange.size
        exchange.go_on()
        return True

    def _is_signed(self, exchange: Exchange, provider: str) -> bool:
        """Tell whether the body, which has been read, comes from the provider."""
        if not PROVIDERS[provider].authentication.needs_body:
            return True
        token = exchange.path[len(PREFIX) :]
        post = authentication.Post(exchange.header, lambda: bytes(exchange.body))
        try:
            return self._webhooks.find(token, post, spool.now()) is not None
        except authentication.WrongCredentialsError:
            return False

    def _release(self, exchange: Exchange) -> None:
        self._bodies -= exchange.size
        exchange.size = 0
