# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asks all questions of a run over UDP, in one thread.

A thread for each question would cost more than the question itself, and domains with dead servers
would take the processor from the other domains.
"""

from __future__ import annotations

import heapq
import secrets
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING

from .transport import MAX_MESSAGE, Question, Response, Server, Unanswered, over_tcp, receive

if TYPE_CHECKING:
    from .resolver import ResolverSettings


# In the third octet of a message (RFC 1035 4.1.1)
_RESPONSE = 0x80
_TRUNCATED = 0x02


class Wire:
    """Asks name servers; its thread runs from the first question until `close`."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        self._ear.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ, None)
        self._new: deque[_Exchange] = deque()
        self._timers: list[tuple[float, int, _Exchange, int]] = []
        self._pending: set[_Exchange] = set()
        self._count = 0
        self._lock = Lock()
        self._thread: Thread | None = None
        self._closed = False

    def ask(
        self,
        question: Question,
        servers: Sequence[Server],
        settings: ResolverSettings,
        until: float,
    ) -> Future[Response]:
        """Ask name servers in turn; return a future of the response.

        An answer to an earlier try is accepted: a server that needs longer than the time-out is
        slow, not dead. The future raises `Unanswered` if no server answers.

        :param settings: for the time-out and the number of tries
        :param until: `time.monotonic()` at which everything ends
        """
        exchange = _Exchange(self, question, servers, settings, until)
        with self._lock:
            if self._closed:
                exchange.end("deadline")
                return exchange.future
            self._new.append(exchange)
            sleeps = len(self._new) == 1
            if self._thread is None:
                self._thread = Thread(target=self._run, name="dns-wire", daemon=True)
                self._thread.start()
        if sleeps:
            self._ring()
        return exchange.future

    def close(self) -> None:
        """End immediately; open questions get no answer."""
        with self._lock:
            self._closed = True
            idle = self._thread is None
        self._ring()
        if idle:
            self._shut()

    def _ring(self) -> None:
        with suppress(OSError):  # it was closed meanwhile
            self._bell.send(b"!")

    def _run(self) -> None:
        try:
            while not self._closed:
                self._step()
        finally:
            with self._lock:
                self._closed = True
            for exchange in [*self._new, *self._pending]:
                exchange.end("deadline")
            self._shut()

    def _shut(self) -> None:
        self._selector.close()
        self._bell.close()
        self._ear.close()

    def _step(self) -> None:
        wait = max(self._timers[0][0] - time.monotonic(), 0) if self._timers else None
        for key, _events in self._selector.select(wait):
            if key.data is None:
                self._ear.recv(4096)
            else:
                exchange, server = key.data
                exchange.heard(server)
        while self._new:
            exchange = self._new.popleft()
            self._pending.add(exchange)
            exchange.next_try()
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            _when, _number, exchange, attempt = heapq.heappop(self._timers)
            exchange.rung(attempt)

    # Called by the exchanges, in the thread

    def wake(self, when: float, exchange: _Exchange, attempt: int) -> None:
        """Call `rung` of the exchange at that time, `time.monotonic()`."""
        self._count += 1
        heapq.heappush(self._timers, (when, self._count, exchange, attempt))

    def connect(self, exchange: _Exchange, server: Server) -> socket.socket:
        """Return a UDP socket for an exchange; it receives only what `server` sends."""
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_DGRAM)
        try:
            connection.setblocking(False)
            connection.connect(server)
            self._selector.register(connection, selectors.EVENT_READ, (exchange, server))
        except OSError:
            connection.close()
            raise
        return connection

    def disconnect(self, exchange: _Exchange, connections: Iterable[socket.socket]) -> None:
        """Close the sockets of an exchange."""
        self._pending.discard(exchange)
        for connection in connections:
            self._selector.unregister(connection)
            connection.close()


class _Exchange:
    """One question: its tries and the received answers."""

    def __init__(
        self,
        wire: Wire,
        question: Question,
        servers: Sequence[Server],
        settings: ResolverSettings,
        until: float,
    ) -> None:
        self.future: Future[Response] = Future()
        self._wire = wire
        self._question = question
        self._id = secrets.randbits(16)
        self._alive = list(servers)
        self._timeout, self._tries, self._until = settings.timeout, settings.tries, until
        self._attempt = 0
        self._sockets: dict[Server, socket.socket] = {}
        self._failure = "timeout" if servers else "no_nameserver"

    def next_try(self) -> None:
        """Ask the next server that may be alive, or give up."""
        while self._attempt < self._tries and self._alive and time.monotonic() < self._until:
            server = self._alive[self._attempt % len(self._alive)]
            self._attempt += 1
            try:
                if server not in self._sockets:
                    self._sockets[server] = self._wire.connect(self, server)
                self._sockets[server].send(self._question.octets(self._id))
            except OSError:
                self._drop(server, "unreachable")
                continue
            when = min(time.monotonic() + self._timeout, self._until)
            self._wire.wake(when, self, self._attempt)
            return
        if self._failure in ("timeout", "malformed") and time.monotonic() >= self._until:
            self._failure = "deadline"
        self.end(self._failure)

    def rung(self, attempt: int) -> None:
        """Make the next try if the time of the last one is over."""
        if attempt == self._attempt and not self.future.done():
            self.next_try()

    def heard(self, server: Server) -> None:
        """Read what has arrived from a server."""
        connection = self._sockets.get(server)
        if connection is None:
            return  # closed after the selector reported it
        try:
            octets = connection.recv(MAX_MESSAGE)
            if len(octets) < 12 or octets[:2] != self._id.to_bytes(2, "big"):
                raise Unanswered("malformed")
            if octets[2] & _RESPONSE and octets[2] & _TRUNCATED:
                self._over_tcp(server)
            else:
                self.end(receive(self._question.message(self._id), octets))
        except BlockingIOError:
            self._failure = "malformed"  # a packet with a bad checksum
        except OSError:
            self._failed(server, "unreachable")
        except Unanswered as error:
            self._failed(server, str(error))

    def _failed(self, server: Server, error: str) -> None:
        self._failure = error
        # Unreadable octets may come from somebody else: the answer may still come.
        if error != "malformed" and server in self._alive:
            self._drop(server, error)
            self.next_try()

    def _drop(self, server: Server, error: str) -> None:
        self._failure = error
        self._alive.remove(server)

    def _over_tcp(self, server: Server) -> None:
        until = min(self._until, time.monotonic() + 2 * self._timeout)
        self._attempt = self._tries + 1  # no more tries; timers are ignored from now on
        self._wire.disconnect(self, self._sockets.values())
        self._sockets = {}

        def ask() -> None:
            try:
                self.end(over_tcp(self._question.message(self._id), server, until))
            except Unanswered as error:
                self.end(str(error))

        Thread(target=ask, name="dns-tcp", daemon=True).start()

    def end(self, outcome: Response | str) -> None:
        """End with a response, or with an error as in `Answer.error`."""
        self._wire.disconnect(self, self._sockets.values())
        self._sockets = {}
        if self.future.done():
            return
        if isinstance(outcome, str):
            self.future.set_exception(Unanswered(outcome))
        else:
            self.future.set_result(outcome)
