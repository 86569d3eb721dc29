"""The machine that the figures are from."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from dev.paths import ROOT, STATE
from dev.postgres import Server
from dev.sql import value

_WRITES = 200


def describe(pg: Server) -> dict[str, str]:
    """Return what the figures depend on besides the code, and which code it is."""
    return {
        "date": f"{datetime.now(timezone.utc):%F %R} UTC",
        "commit": _commit(),
        "processors": f"{len(os.sched_getaffinity(0))} × {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "PostgreSQL": value(pg, "postgres", "SHOW server_version"),
        "fsync": f"{value(pg, 'postgres', 'SHOW fsync')}, {_fsync() * 1000:.2f} ms a write",
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed


def _processor() -> str:
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _lines(path: Path) -> Iterator[str]:
    if path.exists():
        yield from path.read_text().splitlines()


def _fsync() -> float:
    """Return the median seconds that writing a page to the disk takes, which a commit waits for."""
    times = []
    with tempfile.TemporaryFile(dir=STATE) as file:
        for _ in range(_WRITES):
            started = time.perf_counter()
            file.write(bytes(8192))
            file.flush()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - started)
    return median(times)
