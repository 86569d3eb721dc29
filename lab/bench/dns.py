"""The DNS checks: the figures of `make dns-bench`."""

from __future__ import annotations

from collections.abc import Iterator

from lab.bench.figures import Run, summary
from lab.bench.lines import Line, peer, within_median
from lab.dns_benchmark import measured

_GROUP = "DNS checks, 50 ms per answer, nothing cached"
# Domain of the test zones -> what it stands for, milliseconds.
_BUDGETS = {
    "common.example": ("common domain", 220),
    "news.nested.example": ("ten look-ups, four deep", 340),
}


def measure(rounds: int) -> Iterator[Line]:
    """Measure our checks, and those of checkdmarc, which are fewer."""
    for domain, (ours, theirs) in measured(_BUDGETS, rounds).items():
        what, milliseconds = _BUDGETS[domain]
        yield peer(_GROUP, f"checkdmarc, {what}", summary([_run(theirs)]))
        yield within_median(_GROUP, what, [_run(ours)], milliseconds)


def _run(seconds: list[float]) -> Run:
    return Run(len(seconds), sum(seconds), seconds)
