"""Requests to the targets of the benchmark, sent by a process of their own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.console import Stop, tail
from dev.paths import STATE
from dev.processes import spawn, terminate
from lab.bench.figures import Run

_PATIENCE = 120
_TIMEOUT = 30  # seconds for one request


@dataclass(frozen=True)
class Target:
    """Something that takes events.

    :param bodies: makes so many bodies, none of which was there before
    :param ceiling: requests a second that it can't reach: so many are made ready for a second
    """

    name: str
    url: str
    bodies: Callable[[int], list[bytes]]
    ceiling: int = 2000


def keep_in_flight(target: Target, number: int, seconds: float) -> Run:
    """Keep so many requests in flight for a while."""
    count = max(number, int(target.ceiling * seconds))
    return _fire(target, count, in_flight=number, seconds=seconds)


def burst(target: Target, number: int, timeout: float = _TIMEOUT) -> Run:
    """Send so many requests at once."""
    return _fire(target, number, in_flight=number, seconds=_PATIENCE, timeout=timeout)


def send_all(target: Target, number: int, in_flight: int) -> Run:
    """Send so many requests, and keep some in flight until all are answered."""
    return _fire(target, number, in_flight=in_flight, seconds=_PATIENCE)


def keep_pace(target: Target, rate: float, seconds: float) -> Run:
    """Send so many requests a second for a while, whether or not they are answered in time."""
    return _fire(target, int(rate * seconds), rate=rate, seconds=seconds)


def _fire(target: Target, count: int, **how: Any) -> Run:
    STATE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=STATE, prefix="load-") as folder:
        bodies, result = Path(folder, "bodies"), Path(folder, "result")
        bodies.write_bytes(b"\n".join(target.bodies(count)))
        job = {
            "url": target.url,
            "bodies": str(bodies),
            "in_flight": 0,
            "rate": 0,
            "timeout": _TIMEOUT,
            **how,
        }
        with open(result, "wb") as output:
            process = spawn([sys.executable, "-m", "lab.load", json.dumps(job)], None, output)
        try:
            status = process.wait(job["seconds"] + _PATIENCE)
        finally:
            terminate(process)
        if status:
            raise Stop(f"The sender of requests ended with {status}:\n{tail(result)}")
        values = json.loads(result.read_text())
    times, errors = values["times"], Counter(values["statuses"])
    errors.pop("200", None)
    return Run(len(times), values["seconds"], times, errors)
