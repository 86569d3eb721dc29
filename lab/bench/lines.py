"""The lines of the result: what was measured, what it must reach, and whether it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.bench.figures import Figures, Ratio, Run, median_ratio, rate_ratio, summary

MET, NOT_MET, NOT_MEASURED = "met", "not met", "not measured"


@dataclass(frozen=True)
class Line:
    """One line of the result.

    :param group: the heading that it stands under
    :param budget: in words; empty for a peer, which has none
    :param is_met: whether the budget is met; ``None``: it was not measured
    :param ratio: beside a peer
    :param note: what has to be known of it
    :param point: its place in the plot: series, stored events, milliseconds
    """

    group: str
    what: str
    figures: Figures | None = None
    ratio: Ratio | None = None
    budget: str = ""
    is_met: bool | None = None
    note: str = ""
    point: tuple[str, int, float] | None = None

    @property
    def verdict(self) -> str:
        if not self.budget:
            return ""
        return {True: MET, False: NOT_MET, None: NOT_MEASURED}[self.is_met]


def peer(group: str, what: str, figures: Figures, note: str = "") -> Line:
    """Return the line of something that others do, for comparison."""
    return Line(group, what, figures, note=_with_errors(note, figures))


def not_measured(group: str, what: str, budget: str, reason: str) -> Line:
    """Return the line of something that could not be measured."""
    return Line(group, what, budget=budget, note=reason)


def within(group: str, what: str, runs: Sequence[Run], milliseconds: float) -> Line:
    """Return a line whose 99th percentile has a budget; an error breaks it too."""
    figures = summary(runs)
    is_met = bool(figures.p99 is not None and figures.p99 < milliseconds and not figures.errors)
    budget = f"p99 < {milliseconds:g} ms"
    return Line(group, what, figures, budget=budget, is_met=is_met, note=_with_errors("", figures))


def within_median(group: str, what: str, runs: Sequence[Run], milliseconds: float) -> Line:
    """Return a line whose median time has a budget."""
    figures = summary(runs)
    is_met = figures.median is not None and figures.median <= milliseconds and not figures.errors
    budget = f"median ≤ {milliseconds:g} ms"
    return Line(group, what, figures, budget=budget, is_met=is_met, note=_with_errors("", figures))


def no_slower(
    group: str, what: str, ours: Sequence[Run], peers: Sequence[Run], times: float
) -> Line:
    """Return a line whose median time may be at most `times` that of its peer."""
    ratio, figures = median_ratio(ours, peers), summary(ours)
    return Line(
        group,
        what,
        figures,
        ratio,
        budget=f"median ≤ {times:g} ×",
        is_met=ratio.median <= times and not _failed(ours, peers),
        note=_with_errors("", figures, summary(peers)),
    )


def faster(
    group: str,
    what: str,
    ours: Sequence[Run],
    peers: Sequence[Run],
    times: float,
    note: str = "",
) -> Line:
    """Return a line whose rate must be at least `times` that of its peer.

    Beside a peer that fails, nothing is proven: what it doesn't answer makes it slow.
    """
    ratio, figures = rate_ratio(ours, peers), summary(ours)
    return Line(
        group,
        what,
        figures,
        ratio,
        budget=f"rate ≥ {times:g} ×",
        is_met=ratio.median >= times and not _failed(ours, peers),
        note=_with_errors(note, figures, summary(peers)),
    )


def at_least(
    group: str, what: str, runs: Sequence[Run], rate: float, ratio: Ratio | None = None
) -> Line:
    """Return a line whose rate has a budget."""
    figures = summary(runs)
    is_met = figures.rate >= rate and not figures.errors
    return Line(group, what, figures, ratio, f"≥ {rate:g}/s", is_met, _with_errors("", figures))


def kept(group: str, what: str, stored: int, answered: int) -> Line:
    """Return a line that wants everything stored that was answered.

    More may be stored than was answered: the sender may have given up before the answer came.
    """
    note = f"{answered} answered, {stored} stored"
    return Line(group, what, budget="all of them", is_met=stored >= answered, note=note)


def all_met(lines: Sequence[Line]) -> bool:
    """Tell whether every budget was measured and is met."""
    return all(line.is_met for line in lines if line.budget)


def _failed(*measurements: Sequence[Run]) -> bool:
    return any(run.errors for runs in measurements for run in runs)


def _with_errors(note: str, figures: Figures, beside: Figures | None = None) -> str:
    notes = [note]
    if figures.errors:
        notes.append(f"{figures.errors} not answered with 200")
    if beside and beside.errors:
        notes.append(f"{beside.errors} of its peer's not answered with 200")
    return "; ".join(filter(None, notes))
