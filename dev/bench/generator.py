"""What the sender of requests itself reaches: it must not be what is measured."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import create_connection

from dev.bench import sender
from dev.bench.figures import summary
from dev.bench.lines import Line, peer
from dev.bench.scale import Scale
from dev.bench.sender import Target
from dev.odoo import free_port
from dev.processes import spawn, terminate

_GROUP = "The sender of requests against a server that does nothing"
_STARTUP = 10


def measure(scale: Scale) -> Iterator[Line]:
    """Measure the sender."""
    with _null_server() as target:
        sender.keep_in_flight(target, 16, scale.warm_up)
        for number in (*scale.in_flight, *scale.in_flight_intake):
            runs = [sender.keep_in_flight(target, number, scale.seconds)]
            yield peer(_GROUP, f"{number} in flight", summary(runs))
        yield peer(_GROUP, f"burst of {scale.burst}", summary([sender.burst(target, scale.burst)]))


def _bodies(count: int) -> list[bytes]:
    return [b'{"event":"sent"}'] * count


@contextmanager
def _null_server() -> Iterator[Target]:
    port = free_port()
    process = spawn([sys.executable, "-m", "dev.bench.null_server", str(port)])
    try:
        deadline = time.monotonic() + _STARTUP
        while time.monotonic() < deadline:
            with suppress(ConnectionRefusedError), create_connection(("127.0.0.1", port)):
                break
        yield Target("nothing", f"http://127.0.0.1:{port}/", _bodies, 30_000)
    finally:
        terminate(process)
