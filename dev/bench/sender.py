"""Requests to the targets of the benchmark, sent by a process of their own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.bench.figures import Run
from dev.console import Stop, tail
from dev.paths import STATE
from dev.processes import spawn, terminate

_PATIENCE = 120


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


class Firing:
    """A measurement under way, to which the sender's result comes."""

    def __init__(self) -> None:
        self.run: Run | None = None


def keep_in_flight(target: Target, number: int, seconds: float) -> Run:
    """Keep so many requests in flight for a while."""
    count = max(number, int(target.ceiling * seconds))
    return _fire(target, count, in_flight=number, seconds=seconds)


def burst(target: Target, number: int) -> Run:
    """Send so many requests at once."""
    return _fire(target, number, in_flight=number, seconds=_PATIENCE)


def keep_pace(target: Target, rate: float, seconds: float) -> Run:
    """Send so many requests a second for a while, whether or not they are answered in time."""
    return _fire(target, int(rate * seconds), rate=rate, seconds=seconds)


@contextmanager
def pacing(target: Target, rate: float, longest: float) -> Iterator[Firing]:
    """Send so many requests a second until the context is left; then the run is there."""
    with _firing(target, int(rate * longest), rate=rate, seconds=longest) as (firing, process):
        yield firing
        process.terminate()


def _fire(target: Target, count: int, **job: Any) -> Run:
    with _firing(target, count, **job) as (firing, _process):
        pass
    assert firing.run
    return firing.run


@contextmanager
def _firing(target: Target, count: int, **job: Any) -> Iterator[tuple[Firing, Any]]:
    STATE.mkdir(parents=True, exist_ok=True)
    firing = Firing()
    with tempfile.TemporaryDirectory(dir=STATE, prefix="load-") as folder:
        bodies, result = Path(folder, "bodies"), Path(folder, "result")
        bodies.write_bytes(b"\n".join(target.bodies(count)))
        everything = {
            "url": target.url, "bodies": str(bodies), "in_flight": 0, "rate": 0, **job,
        }  # fmt: skip
        command = [sys.executable, "-m", "dev.bench.load", json.dumps(everything)]
        with open(result, "wb") as output:
            process = spawn(command, output=output)
        try:
            yield firing, process
            status = process.wait(job["seconds"] + _PATIENCE)
        finally:
            terminate(process)
        if status:
            raise Stop(f"The sender of requests ended with {status}:\n{tail(result)}")
        values = json.loads(result.read_text())
        times, errors = values["times"], Counter(values["errors"])
        firing.run = Run(len(times), values["seconds"], times, errors)
