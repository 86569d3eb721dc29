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


def send(port: int, requests: Iterable[bytes], in_flight: int) -> Result:
    """Send requests to a port of 127.0.0.1, so many at a time, and wait for their answers."""
    waiting = deque(enumerate(requests))
    result = Result()
    epoll = select.epoll()
    # descriptor → (socket, number, request, seconds at which it began, answer)
    open_: dict[int, tuple[socket.socket, int, bytes, float, bytearray]] = {}
    begun = time.perf_counter()
    while waiting or open_:
        while waiting and len(open_) < in_flight:
            number, data = waiting.popleft()
            connection = socket.socket()
            connection.setblocking(False)
            started = time.perf_counter()
            connection.connect_ex(("127.0.0.1", port))
            open_[connection.fileno()] = (connection, number, data, started, bytearray())
            epoll.register(connection.fileno(), select.EPOLLOUT)
        events = epoll.poll(_TIMEOUT)
        if not events:
            result.statuses[0] += len(open_)
            break
        for descriptor, _event in events:
            connection, number, data, started, answer = open_[descriptor]
            try:
                if data:
                    sent = connection.send(data)
                    open_[descriptor] = (connection, number, data[sent:], started, answer)
                    if sent == len(data):
                        epoll.modify(descriptor, select.EPOLLIN)
                    continue
                received = connection.recv(_CHUNK)
            except OSError:
                received = b""
            answer += received
            if b"\r\n\r\n" in answer or not received:
                status = int(answer[9:12]) if b"\r\n\r\n" in answer else 0
                result.statuses[status] += 1
                if status:
                    result.latencies.append(time.perf_counter() - started)
                if status == 200:
                    result.acknowledged.add(number)
                epoll.unregister(descriptor)
                connection.close()
                del open_[descriptor]
    result.seconds = time.perf_counter() - begun
    for connection, *_rest in open_.values():
        connection.close()
    epoll.close()
    return result
