"""Applying and taking events as the tables grow."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from dev.bench import in_odoo, sender, services
from dev.bench.figures import Ratio, Run, rate_ratio, summary
from dev.bench.lines import Line, at_least, peer
from dev.bench.scale import Scale
from dev.bench.sql import execute
from dev.console import Stop, step, tail
from dev.paths import STATE
from dev.postgres import Server
from dev.processes import spawn, terminate

_GROUP = "Applying events, by stored mails with an event each"
# What is applied -> its name in the measurement, how many a second it must be.
_KINDS = {"delivered, opened, clicked": ("traffic", 5000), "hard bounces": ("bounces", 300)}


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure at each size, in one database that grows."""
    with ExitStack() as running:
        database = running.enter_context(services.database(pg, "growth"))
        odoo = running.enter_context(services.odoo(pg, database, cron_workers=0))
        controller, floor = services.controller(pg, odoo), services.floor(odoo)
        stored = 0
        for size in scale.stored:
            with step(f"Applying events at {size:,} stored mails"):
                passes = _applied(pg, database, stored, size, scale)
            stored = size
            yield from _applying_lines(size, passes)
            for target in (floor, controller):
                runs = _requests(target, scale)
                what = f"{target.name}, 1 in flight, {size:,} stored"
                yield _plotted(peer(_GROUP, what, summary(runs)), f"{target.name}: taken", size)
            execute(pg, database, "DELETE FROM mail_tracking WHERE state != 'done'")


def _requests(target: sender.Target, scale: Scale) -> Sequence[Run]:
    sender.keep_in_flight(target, 1, scale.warm_up)
    return [sender.keep_in_flight(target, 1, scale.seconds) for _ in range(scale.passes)]


def _applying_lines(size: int, passes: Sequence[dict]) -> Iterator[Line]:
    for what, (name, rate) in _KINDS.items():
        ours, stock = (
            [Run(figures[key]["per_second"], 1.0) for figures in passes]
            for key in (name, f"stock_{name}")
        )
        ratio: Ratio = rate_ratio(ours, stock)
        line = peer(_GROUP, f"stock one by one, {what}, {size:,} stored", summary(stock))
        yield _plotted(line, f"stock: {what}", size)
        line = at_least(_GROUP, f"job, {what}, {size:,} stored", ours, rate, ratio)
        yield _plotted(line, f"job: {what}", size)


def _plotted(line: Line, series: str, size: int) -> Line:
    assert line.figures
    cost = line.figures.median or 1000 / line.figures.rate
    return replace(line, point=(series, size, cost))


def _applied(pg: Server, database: str, stored: int, size: int, scale: Scale) -> list[dict]:
    """Add mails up to `size`, apply events of them in a process with Odoo; return its figures."""
    STATE.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=STATE, prefix="apply-") as output:
        process = spawn(
            [
                *(sys.executable, "-m", "dev.bench.apply_events", "--stored", str(stored)),
                *("--repeat", str(scale.applying_passes), "--share", str(scale.events_share)),
                str(size),
            ],
            in_odoo.options(pg, database),
            output,
        )
        try:
            status = process.wait()
        finally:
            terminate(process)
        if status:
            raise Stop(f"Events could not be applied:\n{tail(STATE / output.name)}")
        output.seek(0)
        return [json.loads(line) for line in output.read().splitlines() if line.startswith(b"{")]
