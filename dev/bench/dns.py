"""The DNS checks, where they are part of the addon: their benchmark is one of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from dev.bench.figures import Run, summary
from dev.bench.lines import Line, not_measured, peer, within_median

_GROUP = "DNS checks, 50 ms per answer, nothing cached"
# Domain of the test zones -> what it stands for, milliseconds.
_BUDGETS = {
    "common.example": ("common domain", 220),
    "news.nested.example": ("ten look-ups, four deep", 340),
}


def measure() -> Iterator[Line]:
    """Have it measure: ours, and checkdmarc, which does less."""
    if importlib.util.find_spec("dev.dns_benchmark") is None:
        for what, milliseconds in _BUDGETS.values():
            reason = "the DNS checks are not there"
            yield not_measured(_GROUP, what, f"median ≤ {milliseconds} ms", reason)
        return
    from dev.dns_benchmark import measured

    for domain, (ours, theirs) in measured(_BUDGETS).items():
        what, milliseconds = _BUDGETS[domain]
        yield peer(_GROUP, f"checkdmarc, {what}", summary([_run(theirs)]))
        yield within_median(_GROUP, what, [_run(ours)], milliseconds)


def _run(seconds: list[float]) -> Run:
    return Run(len(seconds), sum(seconds), seconds)
