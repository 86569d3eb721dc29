"""The sender of requests, a process of its own: ``python -m dev.bench.load JOB``.

One connection per request, as the providers make them, and raw HTTP over epoll: the sender
shares the machine with what it measures. It prints its result as JSON.
"""

from __future__ import annotations

import errno
import gc
import json
import resource
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

_DRAIN = 20  # so many are begun at once before answers are looked at again
_REFRESH = 0.05  # seconds between looks at the clock while nothing happens


class _Exchange:
    """One request: `begun` is when it was made, or at a steady rate when it was due."""

    __slots__ = ("begun", "request", "response", "socket")

    def __init__(self, connection: socket.socket, request: bytes, begun: float) -> None:
        self.socket = connection
        self.request = request
        self.response = b""
        self.begun = begun

    def is_complete(self) -> bool:
        """Tell whether the whole answer is there; without a length, only its end tells."""
        head, separator, body = self.response.partition(b"\r\n\r\n")
        if not separator:
            return False
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return len(body) >= int(line.partition(b":")[2])
        return False


class Sender:
    """Sends requests to one address and notes how long each answer took."""

    def __init__(self, address: tuple[str, int], requests: Iterator[bytes], timeout: float) -> None:
        self.times: list[float] = []
        self.errors: Counter[str] = Counter()
        self._address = address
        self._requests = requests
        self._timeout = timeout
        self._epoll = select.epoll()
        self._open: dict[int, _Exchange] = {}

    def keep_in_flight(self, number: int, seconds: float) -> None:
        """Keep so many requests in flight until the time is over or there is none left."""
        end = time.monotonic() + seconds
        more = True
        while more or self._open:
            for _ in range(_DRAIN):
                more = more and time.monotonic() < end
                if len(self._open) >= number or not more:
                    break
                more = self._begin(time.monotonic())
            is_filling = more and len(self._open) < number
            self._handle(0 if is_filling else _REFRESH)

    def keep_pace(self, rate: float, seconds: float) -> None:
        """Begin so many requests a second, however many are still unanswered."""
        start = time.monotonic()
        numbers = count()
        due = start
        more = True
        while more or self._open:
            while more and due <= time.monotonic():
                # What is behind its time counts from when it was due: waiting is not left out.
                more = due < start + seconds and self._begin(due)
                due = start + (next(numbers) + 1) / rate
            wait = max(0.0, due - time.monotonic()) if more else _REFRESH
            self._handle(min(wait, _REFRESH))

    def _begin(self, begun: float) -> bool:
        request = next(self._requests, None)
        if request is None:
            return False
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        exchange = _Exchange(connection, request, begun)
        self._open[connection.fileno()] = exchange
        status = connection.connect_ex(self._address)
        if status not in (0, errno.EINPROGRESS):
            self._epoll.register(connection.fileno(), 0)
            self._end(exchange, errno.errorcode[status])
        else:
            self._epoll.register(connection.fileno(), select.EPOLLOUT)
        return True

    def _handle(self, wait: float) -> None:
        events = self._epoll.poll(wait)
        for descriptor, event in events:
            exchange = self._open[descriptor]
            try:
                if exchange.request and not event & (select.EPOLLERR | select.EPOLLHUP):
                    self._send(exchange)
                else:
                    self._receive(exchange)
            except OSError as error:
                self._end(exchange, errno.errorcode.get(error.errno, str(error)))
        if not events:
            self._give_up()

    def _send(self, exchange: _Exchange) -> None:
        sent = exchange.socket.send(exchange.request)
        exchange.request = exchange.request[sent:]
        if not exchange.request:
            self._epoll.modify(exchange.socket.fileno(), select.EPOLLIN)

    def _receive(self, exchange: _Exchange) -> None:
        data = exchange.socket.recv(65536)
        exchange.response += data
        if data and not exchange.is_complete():
            return
        status = exchange.response.split(b" ", 2)[1:2]
        if status == [b"200"]:
            self._end(exchange, None)
        else:
            self._end(exchange, status[0].decode("latin-1") if status else "no answer")

    def _end(self, exchange: _Exchange, error: str | None) -> None:
        if error is None:
            self.times.append(time.monotonic() - exchange.begun)
        else:
            self.errors[error] += 1
        del self._open[exchange.socket.fileno()]
        self._epoll.unregister(exchange.socket.fileno())
        exchange.socket.close()

    def _give_up(self) -> None:
        oldest = time.monotonic() - self._timeout
        for exchange in list(self._open.values()):
            if exchange.begun < oldest:
                self._end(exchange, "timeout")


def main(argument: str) -> None:
    """Do the job, a JSON object, and print its result."""
    job = json.loads(argument)
    with suppress(ValueError):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    requests = list(_requests(job))
    gc.freeze()
    gc.disable()
    url = urlsplit(job["url"])
    sender = Sender((url.hostname, url.port), iter(requests), job["timeout"])
    started = time.monotonic()
    if job["rate"]:
        sender.keep_pace(job["rate"], job["seconds"])
    else:
        sender.keep_in_flight(job["in_flight"], job["seconds"])
    result = {
        "times": sender.times,
        "seconds": time.monotonic() - started,
        "errors": sender.errors,
    }
    print(json.dumps(result), flush=True)


def _requests(job: dict) -> Iterator[bytes]:
    url = urlsplit(job["url"])
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
        "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
    ).encode()
    for body in Path(job["bodies"]).read_bytes().splitlines():
        yield b"%s%d\r\n\r\n%s" % (head, len(body), body)


if __name__ == "__main__":
    main(sys.argv[1])
