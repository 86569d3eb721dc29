# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is answered to which request."""

import asyncio
from collections import deque

from ...providers import PROVIDERS
from .. import authentication, spool
from ..limits import MAX_BODY
from .writer import PROBE

PREFIX = "/mail_provider/"
HEALTH = PREFIX + "health"
MAX_CONNECTIONS = 8192
MAX_BODIES = 128 * 1024 * 1024  # bytes, of all requests together
# Seconds for which a token that isn't known may be looked for: the answer is due in 0.1.
_LOOK_UP = 0.08


class Receiver:
    """Where the providers post their events, as long as PostgreSQL is up.

    ====== ===============================================================================
    Answer When
    ====== ===============================================================================
    200    stored, for good; or already known; or authentic but not understood: then it is
           kept as failed. `GET` of `HEALTH`: the database answers
    400    this isn't HTTP
    401    the URL was registered with user and password, and they aren't sent along
    404    unknown token, or the server has no provider any more, or is archived for longer
           than events are kept
    405    not posted
    408    it doesn't come to its end
    411    the body's length isn't announced
    413    the body is larger than `MAX_BODY`
    431    the headers are too large
    503    it can't be stored, or authenticated, now: the provider posts it again
    ====== ===============================================================================

    It is the controller's table, and in the same order: length before secret, for instance.

    :param writer: as `writer.Writer`
    :param webhooks: as `webhooks.Webhooks`
    """

    def __init__(self, writer, webhooks, max_connections=MAX_CONNECTIONS):
        self._writer = writer
        self._webhooks = webhooks
        self._max_connections = max_connections
        self._connections = set()
        self._bodies = 0
        self._unknown = deque()  # (reading from which on it is decided, exchange)

    @property
    def connections(self):
        """Those that are open."""
        return tuple(self._connections)

    def welcome(self, connection):
        """Count a connection; return whether there is room for it."""
        self._connections.add(connection)
        return len(self._connections) <= self._max_connections

    def farewell(self, connection, unfinished):
        """Forget a connection, and what was being read from it."""
        self._connections.discard(connection)
        if unfinished:
            unfinished.status = 408  # nobody waits for another
            self._release(unfinished)

    def admit(self, exchange):
        """Decide by the headers alone.

        Nothing is set aside for the body, and none of it kept, before it is certain that the
        request is authentic. Where the token isn't known, the webhooks are read anew, and the
        exchange is undecided until then.
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

    def receive(self, exchange):
        """Have a request answered that is decided about and has been read to its end."""
        if exchange.refusal:
            self.answer(exchange, exchange.refusal)
        elif exchange.method == b"GET":
            self._writer.put(exchange, PROBE)
        elif self._is_signed(exchange):
            entry = (*exchange.webhook, spool.now(), exchange.body, *exchange.declared)
            self._writer.put(exchange, entry)
        else:
            self._webhooks.note_refused(exchange.path[len(PREFIX) :], 401)
            self.answer(exchange, 401)

    def answer(self, exchange, status):
        """Answer, unless that has happened already."""
        self._release(exchange)
        if exchange.status is None:
            exchange.answer(status)

    def written(self, exchanges, is_stored):
        """Answer what the writer has stored, or could not store."""
        status = 200 if is_stored else 503
        for exchange in exchanges:
            self.answer(exchange, status)

    def webhooks_read(self, number, is_read):
        """Decide about the tokens that were unknown before this reading of the webhooks."""
        while self._unknown and self._unknown[0][0] <= number:
            _number, exchange = self._unknown.popleft()
            if exchange.status is None and not (is_read and self._authenticate(exchange)):
                if is_read:
                    self._webhooks.note_refused(exchange.path[len(PREFIX) :], 404)
                exchange.turn_away(404 if is_read else 503)

    def _refusal(self, exchange):
        """Return what is answered to whoever it comes from, or None."""
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

    def _authenticate(self, exchange):
        """Have an authentic request's body kept; return False if the token is unknown."""
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
        if self._bodies + exchange.length > MAX_BODIES:
            self.answer(exchange, 503)
            return True
        exchange.webhook = webhook
        exchange.size = exchange.length
        self._bodies += exchange.size
        exchange.go_on()
        return True

    def _is_signed(self, exchange):
        """Tell whether the body, now that it is here, comes from the provider."""
        _server_id, provider = exchange.webhook
        if not PROVIDERS[provider].authentication.needs_body:
            return True
        token = exchange.path[len(PREFIX) :]
        post = authentication.Post(exchange.header, lambda: bytes(exchange.body))
        try:
            return self._webhooks.find(token, post, spool.now()) is not None
        except authentication.WrongCredentialsError:
            return False

    def _release(self, exchange):
        self._bodies -= exchange.size
        exchange.size = 0
