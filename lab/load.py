"""A sender of many requests, each on a connection of its own as a provider's are.

One thread and raw HTTP over epoll: the sender shares the machine with the receiver. To measure,
it is a process of its own: ``python -m lab.load JOB`` prints its result as JSON.
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
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from math import inf
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT = 30.0  # seconds
_DRAIN = 20  # so many are begun at once before answers are looked at again
_REFRESH = 0.05  # seconds between looks at the clock while nothing happens


@dataclass
class Result:
    """What came of the requests.

    :ivar times: seconds of those that were answered with 200
    :ivar statuses: how many were answered with which status; or an error's name instead
    :ivar acknowledged: the numbers of those that were answered with 200, in the order of sending
    :ivar seconds: of all together
    """

    times: list[float] = field(default_factory=list)
    statuses: Counter[int | str] = field(default_factory=Counter)
    acknowledged: set[int] = field(default_factory=set)
    seconds: float = 0.0

    def percentile(self, percent: int) -> float:
        """Milliseconds within which so many of a hundred were answered."""
        return quantiles(self.times, n=100, method="inclusive")[percent - 1] * 1000

    def __str__(self) -> str:
        return (
            f"{len(self.times) / self.seconds:.0f}/s, p50 {self.percentile(50):.1f},"
            f" p99 {self.percentile(99):.1f}, slowest {max(self.times) * 1000:.1f} ms,"
            f" {dict(self.statuses)}"
        )


def request(path: str, body: bytes, host: str = "127.0.0.1") -> bytes:
    """Return a POST request as a provider sends it."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def send(port: int, requests: Iterable[bytes], in_flight: int) -> Result:
    """Send requests to a port of 127.0.0.1, so many at a time, and wait for their answers."""
    sender = Sender(("127.0.0.1", port), iter(requests))
    sender.keep_in_flight(in_flight)
    return sender.result


class _Exchange:
    """One request: `begun` is when it was made, or at a steady rate when it was due."""

    __slots__ = ("begun", "number", "request", "response", "socket")

    def __init__(
        self, number: int, connection: socket.socket, request: bytes, begun: float
    ) -> None:
        self.number = number
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

    def __init__(
        self, address: tuple[str, int], requests: Iterator[bytes], timeout: float = _TIMEOUT
    ) -> None:
        self.result = Result()
        self._address = address
        self._requests = enumerate(requests)
        self._timeout = timeout
        self._epoll = select.epoll()
        self._open: dict[int, _Exchange] = {}

    def keep_in_flight(self, number: int, seconds: float = inf) -> None:
        """Keep so many requests in flight until the time is over or there is none left."""
        start = time.monotonic()
        end = start + seconds
        more = True
        while more or self._open:
            for _ in range(_DRAIN):
                more = more and time.monotonic() < end
                if len(self._open) >= number or not more:
                    break
                more = self._begin(time.monotonic())
            is_filling = more and len(self._open) < number
            self._handle(0 if is_filling else _REFRESH)
        self.result.seconds = time.monotonic() - start

    def keep_pace(self, rate: float, seconds: float) -> None:
        """Begin so many requests a second, however many are still unanswered."""
        start = time.monotonic()
        numbers = count()
        due = start
        more = True
        while more or self._open:
            while more and due <= time.monotonic():
                # A late request counts from when it was due, so that its waiting is measured, too.
                more = due < start + seconds and self._begin(due)
                due = start + (next(numbers) + 1) / rate
            wait = max(0.0, due - time.monotonic()) if more else _REFRESH
            self._handle(min(wait, _REFRESH))
        self.result.seconds = time.monotonic() - start

    def _begin(self, begun: float) -> bool:
        number, request = next(self._requests, (0, None))
        if request is None:
            return False
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        exchange = _Exchange(number, connection, request, begun)
        self._open[connection.fileno()] = exchange
        status = connection.connect_ex(self._address)
        try:
            if status not in (0, errno.EINPROGRESS):
                raise OSError(status, "")
            # On one machine a connection is there at once: waiting for it would cost a tenth more.
            self._epoll.register(connection.fileno(), self._send(exchange))
        except OSError as error:
            self._end(exchange, _name(error))
        return True

    def _handle(self, wait: float) -> None:
        events = self._epoll.poll(wait)
        for descriptor, event in events:
            exchange = self._open[descriptor]
            try:
                if exchange.request and not event & (select.EPOLLERR | select.EPOLLHUP):
                    self._epoll.modify(descriptor, self._send(exchange))
                else:
                    self._receive(exchange)
            except OSError as error:
                self._end(exchange, _name(error))
        if not events:
            self._give_up()

    def _send(self, exchange: _Exchange) -> int:
        """Send what is left of the request; return what to wait for then."""
        with suppress(BlockingIOError):
            sent = exchange.socket.send(exchange.request)
            exchange.request = exchange.request[sent:]
        return select.EPOLLOUT if exchange.request else select.EPOLLIN

    def _receive(self, exchange: _Exchange) -> None:
        data = exchange.socket.recv(65536)
        exchange.response += data
        if data and not exchange.is_complete():
            return
        status = exchange.response.split(b" ", 2)[1:2]
        self._end(exchange, int(status[0]) if status else "no answer")

    def _end(self, exchange: _Exchange, status: int | str) -> None:
        self.result.statuses[status] += 1
        if status == 200:
            self.result.times.append(time.monotonic() - exchange.begun)
            self.result.acknowledged.add(exchange.number)
        del self._open[exchange.socket.fileno()]
        # Closing isn't enough: a child that another thread just forked keeps it open (epoll(7)).
        with suppress(FileNotFoundError):
            self._epoll.unregister(exchange.socket)
        exchange.socket.close()

    def _give_up(self) -> None:
        oldest = time.monotonic() - self._timeout
        for exchange in list(self._open.values()):
            if exchange.begun < oldest:
                self._end(exchange, "timeout")


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, str(error))


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
    if job["rate"]:
        sender.keep_pace(job["rate"], job["seconds"])
    else:
        sender.keep_in_flight(job["in_flight"], job["seconds"])
    result = sender.result
    values = {"times": result.times, "seconds": result.seconds, "statuses": result.statuses}
    print(json.dumps(values), flush=True)


def _requests(job: dict[str, Any]) -> Iterator[bytes]:
    url = urlsplit(job["url"])
    for body in Path(job["bodies"]).read_bytes().splitlines():
        yield request(url.path, body, url.netloc)


if __name__ == "__main__":
    main(sys.argv[1])
