# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One connection: requests come in, answers go out in the same order."""

import asyncio
import time
from collections import deque

import httptools

from .answers import ANSWERS, CONTINUE
from .exchange import Exchange

# Seconds. A proxy gives an idle connection up before IDLE (nginx: after 60), so that it never
# sends a request into one that is being closed here.
HEADERS, BODY, STORING, IDLE, LINGERING = 10, 15, 5, 75, 2
MAX_HEADERS = 16 * 1024  # bytes
# Bytes of a body that came along with headers of which it isn't known yet if they are authentic.
MAX_UNDECIDED = 16 * 1024
MAX_PIPELINED = 16  # requests that wait for their answers before no more are read


class Connection(asyncio.Protocol):
    """Feeds httptools, bounds what it takes in size and time, and keeps the order.

    :param Receiver receiver: decides what is answered
    """

    def __init__(self, receiver):
        self._receiver = receiver
        self._parser = httptools.HttpRequestParser(self)
        self._transport = None
        self._exchange = None  # the one being read
        self._waiting = deque()  # those to be answered, in order
        self._header_bytes = 0
        self._reads_headers = True
        self._is_over = False  # nothing that still arrives counts
        self._is_paused = False
        self._undecided = 0  # exchanges of which it isn't known yet if they are authentic
        self._deadline = time.monotonic() + HEADERS

    # What asyncio calls

    def connection_made(self, transport):
        self._transport = transport
        if not self._receiver.welcome(self):
            self._refuse(503)

    def connection_lost(self, _error):
        self._is_over = True
        self._receiver.farewell(self, self._exchange)
        self._parser = None  # it refers to this connection, as this to it: garbage at once

    def eof_received(self):
        """Keep the connection for the answers that are due, if there are any."""
        self._is_over = True
        return bool(self._waiting)

    def data_received(self, data):
        if self._is_over:
            return
        if self._reads_headers:
            self._header_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._is_over = True  # another protocol isn't spoken; the request itself is answered
        except httptools.HttpParserError:
            if not self._is_over:
                self._refuse(400)
        if self._reads_headers and self._header_bytes > MAX_HEADERS and not self._is_over:
            self._refuse(431)

    # What httptools calls

    def on_message_begin(self):
        self._exchange = Exchange(self)
        self._deadline = time.monotonic() + HEADERS

    def on_url(self, part):
        self._exchange.target += part

    def on_header(self, name, value):
        self._exchange.headers[name.lower()] = value

    def on_headers_complete(self):
        self._reads_headers = False
        self._header_bytes = 0
        if self._is_over:
            return
        exchange = self._exchange
        exchange.begin(self._parser.get_method(), self._parser.should_keep_alive())
        self._deadline = time.monotonic() + BODY
        self._receiver.admit(exchange)
        if exchange.is_undecided:
            self._undecided += 1
            self._pause_or_resume()

    def on_body(self, part):
        if self._is_over:
            return
        exchange = self._exchange
        if exchange.is_undecided and len(exchange.body) + len(part) > MAX_UNDECIDED:
            # Who turns out to be authentic posts it again.
            self._receiver.answer(exchange, 503)
        elif not exchange.refusal:
            exchange.body += part

    def on_message_complete(self):
        self._reads_headers = True
        if self._is_over:
            return
        exchange, self._exchange = self._exchange, None
        exchange.is_complete = True
        self._deadline = time.monotonic() + STORING
        self._waiting.append(exchange)
        self._pause_or_resume()
        if not exchange.is_undecided:
            self._receiver.receive(exchange)

    # What the receiver calls

    def go_on(self, exchange):
        """Read the body of an exchange that is decided about, or handle it if it is here."""
        if exchange.is_undecided:
            self._decided(exchange)
        if exchange.is_complete:
            self._receiver.receive(exchange)
        elif exchange.headers.get(b"expect", b"").lower() == b"100-continue":
            if exchange.refusal:
                self._receiver.answer(exchange, exchange.refusal)
            else:
                self._transport.write(CONTINUE)

    def answered(self, exchange):
        """Send the answers whose turn it is."""
        if exchange.is_undecided:
            self._decided(exchange)
        if exchange is self._exchange:
            # The body may be long, and isn't wanted: the answer doesn't wait for it.
            self._end_with(exchange)
        while self._waiting and self._waiting[0].status is not None:
            self._send(self._waiting.popleft())
        self._pause_or_resume()

    def _decided(self, exchange):
        exchange.is_undecided = False
        self._undecided -= 1
        self._pause_or_resume()

    def _pause_or_resume(self):
        """Read no faster than it is answered, and nothing from somebody unknown."""
        is_paused = len(self._waiting) >= MAX_PIPELINED or self._undecided > 0
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            if is_paused:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def check(self, now):
        """Give up what takes too long."""
        if now <= self._deadline:
            return
        if self._waiting:
            for exchange in list(self._waiting):
                exchange.answer(503)
        elif self._exchange and not self._is_over:
            self._refuse(408)
        else:
            self._transport.abort()

    def close_when_answered(self):
        """Take no further request; what has been taken is answered."""
        self._is_over = True
        if self._waiting:
            self._waiting[-1].stays = False
        else:
            self._transport.close()

    def _refuse(self, status):
        """Answer what is being read, in its turn, and read nothing more."""
        exchange = self._exchange = self._exchange or Exchange(self)
        self._receiver.answer(exchange, status)

    def _end_with(self, exchange):
        """Read nothing more; what has been read of the exchange waits for its turn."""
        self._is_over = True
        self._exchange = None
        exchange.stays = False
        exchange.body = b""
        self._waiting.append(exchange)

    def _send(self, exchange):
        if self._transport.is_closing():
            return
        stays = exchange.stays and not (self._is_over and not self._waiting)
        self._transport.write(ANSWERS[exchange.status, stays])
        if stays:
            self._deadline = time.monotonic() + (STORING if self._waiting else IDLE)
        elif exchange.is_complete:
            self._transport.close()
        else:
            # To close with bytes unread would have the system tear the answer up on its way.
            self._deadline = time.monotonic() + LINGERING
            if self._transport.can_write_eof():
                self._transport.write_eof()
