"""The DNS checks, where they are part of the addon: their benchmark is one of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from dev.bench.lines import Line, not_measured

_GROUP = "DNS checks, 50 ms per answer"
_BUDGETS = {"common domain": 220, "ten look-ups, four deep": 340}


def measure() -> Iterator[Line]:
    """Have it measure; it hands back lines as all other parts do."""
    if importlib.util.find_spec("dev.dns_benchmark") is None:
        for what, milliseconds in _BUDGETS.items():
            reason = "the DNS checks are not there"
            yield not_measured(_GROUP, what, f"median ≤ {milliseconds} ms", reason)
        return
    from dev.dns_benchmark import lines

    yield from lines()
