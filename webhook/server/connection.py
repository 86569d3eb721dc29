# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One connection: it reads requests and sends the answers in the same order."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, cast

import httptools

from .answers import ANSWERS, CONTINUE
from .exchange import Exchange

if TYPE_CHECKING:
    from .receiver import Receiver

# Seconds. A proxy closes an idle connection before IDLE (nginx: after 60), so that it never sends
# a request through a connection that is being closed here.
HEADERS, BODY, STORING, IDLE, LINGERING = 10, 15, 5, 75, 2
MAX_HEADERS = 16 * 1024  # bytes
# Bytes of a body that arrived together with its headers, before these are known to be authentic
MAX_UNDECIDED = 16 * 1024
MAX_PIPELINED = 16  # requests that wait for answers; then reading pauses


class Connection(asyncio.Protocol):
    """Reads HTTP with httptools, limits size and time, and keeps the order of the answers."""

    _transport: asyncio.Transport

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._parser = httptools.HttpRequestParser(self)
        self._exchange: Exchange | None = None  # the one being read
        self._waiting: deque[Exchange] = deque()  # those to be answered, in order
        self._header_bytes = 0
        self._reads_headers = True
        self._is_over = False  # what still arrives is ignored
        self._is_paused = False
        self._undecided = 0  # exchanges that are not known yet to be authentic
        self._deadline = time.monotonic() + HEADERS

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._receiver.opened(self):
            self._refuse(503)

    def connection_lost(self, _error: Exception | None) -> None:
        self._is_over = True
        self._receiver.closed(self, self._exchange)
        del self._parser  # parser and connection refer to each other: this frees both immediately

    def eof_received(self) -> bool:
        """Keep the connection open if there are requests to answer."""
        self._is_over = True
        return bool(self._waiting)

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        if self._reads_headers:
            self._header_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._is_over = True  # no other protocol is supported; the request itself is answered
        except httptools.HttpParserError:
            if not self._is_over:
                self._refuse(400)
        if self._reads_headers and self._header_bytes > MAX_HEADERS and not self._is_over:
            self._refuse(431)

    # What httptools calls

    def on_message_begin(self) -> None:
        self._exchange = Exchange(self)
        self._deadline = time.monotonic() + HEADERS

    def on_url(self, part: bytes) -> None:
        if self._exchange:
            self._exchange.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._exchange:
            self._exchange.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        self._reads_headers = False
        self._header_bytes = 0
        exchange = self._exchange
        if self._is_over or exchange is None:
            return
        exchange.begin(self._parser.get_method(), self._parser.should_keep_alive())
        self._deadline = time.monotonic() + BODY
        self._receiver.check_headers(exchange)
        if exchange.is_undecided:
            self._undecided += 1
            self._pause_or_resume()

    def on_body(self, part: bytes) -> None:
        exchange = self._exchange
        if self._is_over or exchange is None:
            return
        if exchange.is_undecided and len(exchange.body) + len(part) > MAX_UNDECIDED:
            # A provider posts it again.
            self._receiver.answer(exchange, 503)
        elif not exchange.refusal:
            exchange.body += part

    def on_message_complete(self) -> None:
        self._reads_headers = True
        if self._is_over or self._exchange is None:
            return
        exchange, self._exchange = self._exchange, None
        exchange.is_complete = True
        self._deadline = time.monotonic() + STORING
        self._waiting.append(exchange)
        self._pause_or_resume()
        if not exchange.is_undecided:
            self._receiver.receive(exchange)

    # What the receiver calls

    def go_on(self, exchange: Exchange) -> None:
        """Read the body of an exchange that is decided, or handle it if it has been read."""
        if exchange.is_undecided:
            self._decided(exchange)
        if exchange.is_complete:
            self._receiver.receive(exchange)
        elif exchange.headers.get(b"expect", b"").lower() == b"100-continue":
            if exchange.refusal:
                self._receiver.answer(exchange, exchange.refusal)
            else:
                self._transport.write(CONTINUE)

    def answered(self, exchange: Exchange) -> None:
        """Send the answers for which no earlier request waits."""
        if exchange.is_undecided:
            self._decided(exchange)
        if exchange is self._exchange:
            # The body may be long and is not needed: answer before it has been read.
            self._end_with(exchange)
        while self._waiting and self._waiting[0].status is not None:
            self._send(self._waiting.popleft())
        self._pause_or_resume()

    def _decided(self, exchange: Exchange) -> None:
        exchange.is_undecided = False
        self._undecided -= 1
        self._pause_or_resume()

    def _pause_or_resume(self) -> None:
        """Pause reading while too many answers are due, or while a request is undecided."""
        is_paused = len(self._waiting) >= MAX_PIPELINED or self._undecided > 0
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            if is_paused:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def check(self, now: float) -> None:
        """End what takes too long.

        :param now: `time.monotonic()`
        """
        if now <= self._deadline:
            return
        if self._waiting:
            for exchange in list(self._waiting):
                exchange.answer(503)
        elif self._exchange and not self._is_over:
            self._refuse(408)
        else:
            self._transport.abort()

    def close_when_answered(self) -> None:
        """Accept no further request; answer those that were accepted, then close."""
        self._is_over = True
        if self._waiting:
            self._waiting[-1].keep_alive = False
        else:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        """Answer the request that is being read, in its turn, and read nothing more."""
        exchange = self._exchange = self._exchange or Exchange(self)
        self._receiver.answer(exchange, status)

    def _end_with(self, exchange: Exchange) -> None:
        """Read nothing more; this exchange is the last one to be answered."""
        self._is_over = True
        self._exchange = None
        exchange.keep_alive = False
        exchange.body = b""
        self._waiting.append(exchange)

    def _send(self, exchange: Exchange) -> None:
        if self._transport.is_closing() or exchange.status is None:
            return
        keep_alive = exchange.keep_alive and not (self._is_over and not self._waiting)
        self._transport.write(ANSWERS[exchange.status, keep_alive])
        if keep_alive:
            self._deadline = time.monotonic() + (STORING if self._waiting else IDLE)
        elif exchange.is_complete:
            self._transport.close()
        else:
            # Closing a socket with unread input sends RST, which may discard our answer:
            # half-close it and wait.
            self._deadline = time.monotonic() + LINGERING
            if self._transport.can_write_eof():
                self._transport.write_eof()
