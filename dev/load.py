"""A sender of many requests, each on a connection of its own as a provider's are.

One thread and `select.epoll`: the machine is to be busy with the receiver, not with this.
"""

import select
import socket
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import quantiles

_TIMEOUT = 30.0
_CHUNK = 65536


@dataclass
class Result:
    """What came of the requests: status → how many (0: no answer), seconds of each, and of all.

    Attributes:
        acknowledged: the numbers of the requests that were answered with 200.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which so many of a hundred were answered."""
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1] * 1000

    @property
    def slowest(self) -> float:
        """Milliseconds."""
        return max(self.latencies) * 1000

    def __str__(self) -> str:
        return (
            f"{self.rate:6.0f}/s  p50 {self.percentile(50):6.1f}  p99 {self.percentile(99):6.1f}"
            f"  max {self.slowest:6.1f} ms  {dict(self.statuses)}"
        )


def request(path: str, body: bytes) -> bytes:
    """Return a POST request as a provider sends it."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@dataclass
class _Call:
    """A request under way: what is left to send of it, and what has come back."""

    number: int
    left: bytes
    port: int
    answer: bytes = b""

    def __post_init__(self) -> None:
        self.connection = socket.socket()
        self.connection.setblocking(False)
        self.started = time.perf_counter()
        self.connection.connect_ex(("127.0.0.1", self.port))

    def proceed(self) -> bool:
        """Send or receive what can be without waiting; return whether the call is over."""
        try:
            if self.left:
                self.left = self.left[self.connection.send(self.left) :]
                return False
            received = self.connection.recv(_CHUNK)
        except OSError:
            return True
        self.answer += received
        return not received or b"\r\n\r\n" in self.answer


def send(port: int, requests: Iterable[bytes], in_flight: int) -> Result:
    """Send requests to a port of 127.0.0.1, so many at a time, and wait for their answers."""
    waiting = deque(enumerate(requests))
    result = Result()
    calls: dict[int, _Call] = {}
    with select.epoll() as epoll:
        begun = time.perf_counter()
        while waiting or calls:
            while waiting and len(calls) < in_flight:
                call = _Call(*waiting.popleft(), port)
                calls[call.connection.fileno()] = call
                epoll.register(call.connection, select.EPOLLOUT)
            ready = epoll.poll(_TIMEOUT) or [(descriptor, 0) for descriptor in calls]
            for descriptor, event in ready:
                call = calls[descriptor]
                if not event or call.proceed():
                    _count(result, calls.pop(descriptor))
                elif not call.left:
                    epoll.modify(descriptor, select.EPOLLIN)
        result.seconds = time.perf_counter() - begun
    return result


def _count(result: Result, call: _Call) -> None:
    call.connection.close()
    status = int(call.answer[9:12]) if b"\r\n\r\n" in call.answer else 0
    result.statuses[status] += 1
    if status:
        result.latencies.append(time.perf_counter() - call.started)
    if status == 200:
        result.acknowledged.add(call.number)
