"""The benchmark's arithmetic: from the single times to the figures that are shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Run:
    """One pass of a measurement.

    :param count: how many things were done
    :param seconds: how long all of it took
    :param times: seconds of each of the things; empty where only the whole was timed
    :param errors: what went wrong -> how often; such things are neither counted nor timed
    """

    count: int
    seconds: float
    times: Sequence[float] = ()
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """How many things were done in a second."""
        return self.count / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Figures:
    """What the passes of a measurement came to; times in milliseconds, things a second.

    :param median: with the percentiles and the maximum: of all passes together; ``None`` where
        only the whole was timed
    :param rate: the median of the passes' rates
    """

    rate: float
    count: int
    passes: int
    errors: int = 0
    median: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None


@dataclass(frozen=True)
class Ratio:
    """How many times one is the other: the median of the passes' ratios, and their spread."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} × ({self.low:.2f} to {self.high:.2f})"


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of the values do not exceed (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def summary(runs: Sequence[Run]) -> Figures:
    """Return the figures of the passes of a measurement."""
    times = sorted(time * 1000 for run in runs for time in run.times)
    return Figures(
        rate=median(run.rate for run in runs),
        count=sum(run.count for run in runs),
        passes=len(runs),
        errors=sum(run.errors.total() for run in runs),
        median=median(times) if times else None,
        p95=percentile(times, 0.95) if times else None,
        p99=percentile(times, 0.99) if times else None,
        max=times[-1] if times else None,
    )


def rate_ratio(ours: Sequence[Run], peers: Sequence[Run]) -> Ratio:
    """Compare the rates of two measurements that were made in turn."""
    return _ratio([a.rate / b.rate for a, b in zip(ours, peers, strict=True) if b.rate])


def median_ratio(ours: Sequence[Run], peers: Sequence[Run]) -> Ratio:
    """Compare the median times of two measurements that were made in turn."""
    pairs = [(a, b) for a, b in zip(ours, peers, strict=True) if a.times and b.times]
    return _ratio([median(a.times) / median(b.times) for a, b in pairs])


def _ratio(ratios: list[float]) -> Ratio:
    if not ratios:
        return Ratio(math.nan, math.nan, math.nan)
    return Ratio(median(ratios), min(ratios), max(ratios))
