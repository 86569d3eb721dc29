"""An HTTPS server on loopback: it reads requests, hands them on and writes the answers."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

HOST = "127.0.0.1"
_DRIP = 0.05  # seconds between two pieces


@dataclass(frozen=True)
class Request:
    """A request as it came.

    :param target: path with the query
    :param headers: looked up without regard to case
    :param connection: which TCP connection it came on, counted from 1
    """

    method: str
    target: str
    headers: Message
    body: bytes
    peer: str
    connection: int

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @cached_property
    def json(self) -> object:
        """The parsed body; ``None`` if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class FakeAnswer:
    """An answer.

    :param body: a text is HTML and goes as it is, everything else is JSON
    :param cut: the connection is closed after half of the body
    :param drip: seconds over which the body is spread
    """

    status: int
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    drip: float = 0.0

    @cached_property
    def content(self) -> bytes:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


class RestServer:
    """HTTP/1.1 on a free port, over TLS or not, a thread for each connection.

    :param respond: makes the answer to a request, in the thread of its connection; ``None`` closes
        the connection without one
    :ivar connections: how many TCP connections have been made
    """

    def __init__(self, respond: Callable[[Request], FakeAnswer | None]):
        self.connections = 0
        self._respond = respond
        self._open: dict[socket.socket, int] = {}
        self._server: _Server | None = None
        self._lock = threading.Lock()
        self._listening_lock = threading.Lock()
        self._stopping = threading.Event()
        self._reachable_again: threading.Timer | None = None

    def start(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self.port = 0
        self._listen()

    def stop(self) -> None:
        self._stopping.set()
        if self._reachable_again:
            self._reachable_again.cancel()
        self._close()

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than the server runs."""
        self._stopping.wait(seconds)

    def vanish(self, seconds: float) -> None:
        """Close all connections, and refuse new ones for a while."""
        self._close()
        self._reachable_again = threading.Timer(seconds, self._listen)
        self._reachable_again.daemon = True
        self._reachable_again.start()

    def appear(self) -> None:
        """Take connections again, if they are being refused."""
        if self._reachable_again:
            self._reachable_again.cancel()
        self._listen()

    def _listen(self) -> None:
        with self._listening_lock:
            if self._stopping.is_set() or self._server:
                return
            self._server = _Server(self, self._tls, self.port)
            self.port = self._server.server_port
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(0.02,), name="rest", daemon=True
            )
            self._thread.start()

    def _close(self) -> None:
        with self._listening_lock:
            if not self._server:
                return
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None
        with self._lock:
            for connection in self._open:
                _shut(connection)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._open[connection] = self.connections

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            del self._open[connection]

    def number(self, connection: socket.socket) -> int:
        return self._open[connection]

    def respond(self, request: Request) -> FakeAnswer | None:
        return self._respond(request)


class _Server(ThreadingHTTPServer):
    # With the default of 5, connections made at once wait a second for their SYN to be resent.
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, owner: RestServer, tls: ssl.SSLContext | None, port: int):
        self.owner = owner
        self._tls = tls
        super().__init__((HOST, port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls:
            # The handshake happens at the first read, hence in the connection's own thread.
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        self.owner.opened(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.owner.closed(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # An OSError is a client that was killed, or does not trust the certificate.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body of an answer in one piece

    def _answer(self) -> None:
        owner = self.server.owner
        request = Request(
            self.command,
            self.path,
            self.headers,
            self.rfile.read(int(self.headers.get("Content-Length", 0))),
            self.client_address[0],
            owner.number(self.connection),
        )
        answer = owner.respond(request)
        if answer is None:
            self._hang_up()
            return
        html = isinstance(answer.body, str)
        headers = {"Content-Type": "text/html" if html else "application/json"}
        self.send_response(answer.status)
        for name, value in {**headers, **answer.headers}.items():
            self.send_header(name, value)
        if answer.status in (204, 304):  # these have no body
            self.end_headers()
        else:
            self._write_body(answer)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 (http.server's names)

    def _write_body(self, answer: FakeAnswer) -> None:
        """Write the rest of the head, and the body in the manner that the answer says."""
        content = answer.content
        pieces = int(answer.drip / _DRIP)
        content = content.ljust(pieces)  # the blanks at the end of JSON mean nothing
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if answer.cut:
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self._hang_up()
        elif pieces:
            size = -(-len(content) // pieces)
            for start in range(0, len(content), size):
                self.wfile.write(content[start : start + size])
                self.wfile.flush()
                self.server.owner.wait(_DRIP)
        else:
            self.wfile.write(content)

    def _hang_up(self) -> None:
        self.close_connection = True
        _shut(self.connection)

    def log_message(self, *_args: object) -> None:
        """Log nothing: the API keeps its calls itself."""


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # the client was faster
        # Below TLS: its own state belongs to the connection's thread.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
