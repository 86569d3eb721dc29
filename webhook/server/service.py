# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The process that answers requests."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import parent_process

from .connection import Connection
from .database import Settings
from .exchange import Exchange
from .receiver import Receiver
from .webhooks import Webhooks
from .writer import Writer

BACKLOG = 4096
_CHECK = 1.0  # seconds
_PATIENCE = 10.0  # seconds to answer the accepted requests at the end


def run(settings: Settings, listener: socket.socket, drainer: int) -> None:
    """Answer until SIGTERM comes or the parent process ends.

    :param drainer: the writing end of the pipe that wakes the drainer
    """
    loop = _new_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_Service(loop, settings, drainer).serve(listener))


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


class _Service:
    def __init__(self, loop: asyncio.AbstractEventLoop, settings: Settings, drainer: int) -> None:
        self._loop = loop
        self._drainer = drainer
        self._stopped = asyncio.Event()
        self._looked_up = asyncio.Event()
        self._writer = Writer(settings, self._written, self._stored)
        self._webhooks = Webhooks(settings, self._webhooks_read)
        self._receiver = Receiver(self._writer, self._webhooks)

    async def serve(self, listener: socket.socket) -> None:
        supervisor = parent_process()
        assert supervisor, "started by the supervisor"
        self._loop.add_signal_handler(signal.SIGTERM, self._stopped.set)
        self._loop.add_reader(supervisor.sentinel, self._stopped.set)
        self._writer.start()
        self._webhooks.start()
        # Before the webhooks have been read, every secret would be unknown and be refused.
        await self._looked_up.wait()
        server = await self._loop.create_server(
            lambda: Connection(self._receiver), sock=listener, backlog=BACKLOG
        )
        checking = asyncio.ensure_future(self._check())
        await self._stopped.wait()
        server.close()
        await self._finish()
        checking.cancel()
        self._webhooks.stop()
        self._writer.stop()

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(_CHECK)
            now = time.monotonic()
            for connection in self._receiver.connections:
                connection.check(now)

    async def _finish(self) -> None:
        """Wait until the accepted requests are answered."""
        deadline = time.monotonic() + _PATIENCE
        for connection in self._receiver.connections:
            connection.close_when_answered()
        while self._receiver.connections and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    # Called in the threads

    def _written(self, exchanges: Sequence[Exchange], is_stored: bool) -> None:
        self._loop.call_soon_threadsafe(self._receiver.written, exchanges, is_stored)

    def _stored(self) -> None:
        with suppress(BlockingIOError):  # the pipe is full: the drainer is woken anyway
            os.write(self._drainer, b"x")

    def _webhooks_read(self, number: int, is_read: bool) -> None:
        self._loop.call_soon_threadsafe(self._looked_up.set)
        self._loop.call_soon_threadsafe(self._receiver.webhooks_read, number, is_read)
