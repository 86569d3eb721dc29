"""The highest rate of the sender of requests, which must not limit the other figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from socket import create_connection

from dev.odoo import free_port
from dev.service import Service
from lab.bench import sender
from lab.bench.figures import summary
from lab.bench.lines import Line, peer
from lab.bench.scale import BURST, IN_FLIGHT, IN_FLIGHT_SERVER, Scale
from lab.bench.sender import Target

_GROUP = "The sender of requests against a server that does nothing"


def measure(scale: Scale) -> Iterator[Line]:
    """Measure the sender."""
    with _NullServer() as server:
        target = Target("nothing", server.url + "/", _bodies, ceiling=30_000)
        sender.keep_in_flight(target, 16, scale.warm_up)
        for number in (*IN_FLIGHT, *IN_FLIGHT_SERVER):
            runs = [sender.keep_in_flight(target, number, scale.seconds)]
            yield peer(_GROUP, f"{number} in flight", summary(runs))
        yield peer(_GROUP, f"burst of {BURST}", summary([sender.burst(target, BURST)]))


def _bodies(count: int) -> list[bytes]:
    return [b'{"event":"sent"}'] * count


class _NullServer(Service):
    """The server that does nothing."""

    NAME = "Nothing"
    STARTUP = 10

    def __init__(self) -> None:
        self._port = free_port()
        command = [sys.executable, "-m", "lab.bench.null_server", str(self._port)]
        super().__init__(self._port, "bench", command, {})

    def is_healthy(self) -> bool:
        """Tell whether it listens."""
        with suppress(OSError), create_connection(("127.0.0.1", self._port)):
            return True
        return False
