"""The webhook server's HTTP without sockets: bytes in, answers out."""

import asyncio
import re
from typing import Any

_LOOP = asyncio.new_event_loop()
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Za-z -]+\r\n(?:[A-Za-z-]+: [^\r\n]*\r\n)+\r\n")
TOKEN = "1-secret"
# Those of the receiver's table that need no database to fail.
STATUSES = {200, 400, 401, 404, 405, 408, 411, 413, 431}


class Conversation:
    """One connection whose requests are answered at once.

    :param connection: `webhook.server`'s module of this name, as is `receiver`
    :param authentication: `webhook`'s module of this name
    """

    def __init__(self, connection: Any, receiver: Any, authentication: Any) -> None:
        self.answers = b""
        self.stored: list[bytes] = []
        self.begun = 0
        self._is_closing = False
        key = authentication.Key(TOKEN.partition("-")[2])
        self._webhook = authentication.Webhook(1, "aldeamo", key)
        self._authentication = authentication
        self._unknown = False
        self._receiver = receiver.Receiver(self, self)
        self._connection = connection.Connection(self._receiver)

    def run(self, data: bytes, size: int) -> list[int]:
        """Feed bytes in pieces of a size; return the statuses that were answered.

        :raises AssertionError: the answers are no HTTP, or something is left behind
        """
        return _LOOP.run_until_complete(self._run(data, size))

    async def _run(self, data: bytes, size: int) -> list[int]:
        self._connection.connection_made(self)
        for start in range(0, len(data), size):
            if not self._is_closing:
                self._connection.data_received(data[start : start + size])
            if self._unknown:
                self._unknown = False
                self._receiver.webhooks_read(self.begun + 1, True)
        if not self._is_closing:
            self._connection.eof_received()
        self._connection.connection_lost(None)
        assert not self._receiver.connections
        assert not self._receiver._bodies, "bytes stay set aside"
        statuses = [int(status) for status in _ANSWER.findall(self.answers)]
        assert not _ANSWER.sub(b"", self.answers.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b""))
        return statuses

    # As the writer

    def put(self, exchange: Any, entry: Any) -> None:
        if isinstance(entry, tuple):
            self.stored.append(entry[3])
        self._receiver.written([exchange], True)

    # As the webhooks

    def find(self, token: str, post: Any, now: Any) -> Any:
        is_ours = self._authentication.server_id_of(token) == 1
        webhook = self._webhook if is_ours else None
        provider = self._authentication.authentic_provider(webhook, token, post, now)
        return (1, provider) if provider else None

    def read_soon(self) -> None:
        self._unknown = True

    def note_refused(self, token: str, status: int) -> None:
        pass

    # As the transport

    def write(self, data: bytes) -> None:
        assert not self._is_closing
        self.answers += data

    def close(self) -> None:
        self._is_closing = True

    abort = close

    def is_closing(self) -> bool:
        return self._is_closing

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass
