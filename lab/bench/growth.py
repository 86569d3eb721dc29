"""Applying and taking events as the tables grow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from dev.console import step
from dev.postgres import Server
from dev.sql import execute
from lab.bench import in_odoo, sender, services
from lab.bench.figures import Ratio, Run, rate_ratio, summary
from lab.bench.lines import Line, at_least, faster, peer
from lab.bench.scale import Scale

_GROUP = "Applying events, by stored mails with an event each"
# What is applied -> its name in the measurement, how many a second it must be.
_KINDS = {"delivered, opened, clicked": ("traffic", 6000), "hard bounces": ("bounces", 500)}
# The part of its rate at the smallest size that the job must keep up to the largest.
_FLAT = 0.8


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure at each size, in one database that grows."""
    with ExitStack() as running:
        database = running.enter_context(services.database(pg, "growth"))
        odoo = running.enter_context(services.odoo(pg, database, cron_workers=0))
        controller, floor = services.controller(pg, odoo), services.floor(odoo)
        stored = 0
        traffic = {}
        for size in scale.stored:
            with step(f"Applying events at {size:,} stored mails"):
                passes = _applied(pg, database, stored, size, scale)
            stored = size
            traffic[size] = _runs(passes, "traffic")
            yield from _applying_lines(size, passes)
            for target in (floor, controller):
                runs = _requests(target, scale)
                what = f"{target.name}, 1 in flight, {size:,} stored"
                yield _plotted(peer(_GROUP, what, summary(runs)), f"{target.name}: taken", size)
            execute(pg, database, "DELETE FROM mail_tracking WHERE state != 'done'")
        yield _flat_line(traffic)


def _flat_line(traffic: Mapping[int, Sequence[Run]]) -> Line:
    small, large = min(traffic), max(traffic)
    what = f"job, {large:,} stored beside {small:,}"
    return faster(_GROUP, what, traffic[large], traffic[small], _FLAT)


def _requests(target: sender.Target, scale: Scale) -> Sequence[Run]:
    sender.keep_in_flight(target, 1, scale.warm_up)
    return [sender.keep_in_flight(target, 1, scale.seconds) for _ in range(scale.passes)]


def _applying_lines(size: int, passes: Sequence[dict[str, Any]]) -> Iterator[Line]:
    for what, (name, rate) in _KINDS.items():
        ours, stock = _runs(passes, name), _runs(passes, f"stock_{name}")
        ratio: Ratio = rate_ratio(ours, stock)
        line = peer(_GROUP, f"Odoo's setters one by one, {what}, {size:,} stored", summary(stock))
        yield _plotted(line, f"Odoo's setters: {what}", size)
        line = at_least(_GROUP, f"job, {what}, {size:,} stored", ours, rate, ratio)
        yield _plotted(line, f"job: {what}", size)


def _runs(passes: Sequence[dict[str, Any]], key: str) -> list[Run]:
    return [Run(figures[key]["per_second"], 1.0) for figures in passes]


def _plotted(line: Line, series: str, size: int) -> Line:
    assert line.figures
    cost = line.figures.median or 1000 / line.figures.rate
    return replace(line, point=(series, size, cost))


def _applied(
    pg: Server, database: str, stored: int, size: int, scale: Scale
) -> list[dict[str, Any]]:
    """Add mails up to `size`, and apply events of them in a process with Odoo."""
    return in_odoo.results(
        pg,
        database,
        "lab.bench.apply_events",
        *("--stored", stored, "--repeat", scale.applying_passes, "--share", scale.events_share),
        size,
    )
