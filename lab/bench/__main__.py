"""`make bench`: measure, print the result, and write it down."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dev.console import Stop, say
from dev.locks import exclusive
from dev.paths import ROOT, STATE
from dev.postgres import OwnServer, Server
from dev.processes import run_as_command
from lab.bench import (
    busy,
    disk,
    dns,
    generator,
    growth,
    machine,
    memory,
    plans,
    report,
    retention,
    screens,
    sending,
    steady,
    webhook,
)
from lab.bench.lines import Line, all_met, not_measured
from lab.bench.scale import FULL, QUICK, Scale

_PARTS: dict[str, Callable[[Server, Scale], Iterator[Line]]] = {
    "generator": lambda _pg, scale: generator.measure(scale),
    "webhook": webhook.measure,
    "busy": busy.measure,
    "growth": growth.measure,
    "plans": plans.measure,
    "retention": retention.measure,
    "screens": screens.measure,
    "sending": sending.measure,
    "memory": memory.measure,
    "disk": disk.measure,
    "steady": steady.measure,
    "dns": lambda _pg, scale: dns.measure(scale.dns_rounds),
}
# A quick run has neither the time nor the large tables for these.
_WHOLE_ONLY = {"steady", "plans"}


def main(arguments: list[str]) -> int:
    """Run the benchmark; return 0 if every line of the budget was measured and is met."""
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, in five minutes")
    parser.add_argument(
        "--only", nargs="+", choices=_PARTS, default=list(_PARTS), help="these parts alone"
    )
    parser.add_argument("--output", type=Path, help="the folder for benchmark.md, .json and .svg")
    options = parser.parse_args(arguments)
    if options.quick and _WHOLE_ONLY.issuperset(options.only):
        parser.error(f"a quick run leaves out: {', '.join(options.only)}")
    folder = options.output or STATE / "results"
    lines: list[Line] = []
    with (
        exclusive("bench", "another benchmark runs in this checkout"),
        OwnServer("bench") as own,
    ):
        facts = machine.describe(own.server)
        started = time.monotonic()
        for name in options.only:
            part = _measured(name, own.server, QUICK if options.quick else FULL)
            say(report.table(part))
            lines += part
            facts["duration"] = f"{time.monotonic() - started:.0f} s"
            # After each part: whatever happens to the next ones, this is kept.
            _write(folder, facts, lines, options.quick)
    if options.only == list(_PARTS) and not (options.quick or options.output):
        for path in folder.glob("benchmark.[!j]*"):  # what of it is in git: the table and the plot
            shutil.copy(path, ROOT / "lab")
    say("\n" + ", ".join(f"{name} {text}" for name, text in facts.items()))
    say(report.verdicts(lines))
    return 0 if all_met(lines) else 1


def _measured(name: str, pg: Server, scale: Scale) -> list[Line]:
    """Return the lines of a part; if it breaks down, those that it has, and one that says so."""
    lines: list[Line] = []
    try:
        lines.extend(_PARTS[name](pg, scale))
    except Stop as reason:
        say(f"{name} broke down: {reason}")
        lines.append(not_measured(f"Broken down: {name}", "the rest", "measured", "see its output"))
    return lines


def _write(folder: Path, facts: dict[str, str], lines: list[Line], is_quick: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    document = folder / "benchmark.md"
    drawing = report.drawing(lines)
    drawn = document.with_suffix(".svg")
    drawn.unlink(missing_ok=True)
    if drawing:
        drawn.write_text(drawing)
    document.write_text(report.markdown(facts, lines, is_quick, drawn.name if drawing else ""))
    document.with_suffix(".json").write_text(report.as_json(facts, lines, is_quick))
    say(f"Written to {document}")


if __name__ == "__main__":
    run_as_command(main)
