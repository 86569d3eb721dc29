"""Whether PostgreSQL reads a whole large table for anything that the addon does all the time."""

from __future__ import annotations

from collections.abc import Iterator

from dev.console import step
from dev.postgres import Server
from lab.bench import in_odoo, services
from lab.bench.lines import Line
from lab.bench.scale import Scale

# Tables that are filled up to less are rightly read as a whole.
_LARGE = 1_000_000
_SHOWN = 150  # characters of a statement
_GROUP = "Plans of the statements of webhook server, job and retention"


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Look at the plans at the largest size."""
    size = max(scale.stored)
    if size < _LARGE:
        return
    with services.database(pg, "plans") as database, step(f"Plans at {size:,} stored mails"):
        options = ("--repeat", 0, "--plans", size)
        [found] = in_odoo.results(pg, database, "lab.bench.apply_events", *options)
    yield Line(
        _GROUP,
        f"{found['statements']} statements, {size:,} stored",
        budget="no full read of a large table",
        is_met=not found["full_reads"],
        note="; ".join(dict.fromkeys(text[:_SHOWN] for text in found["full_reads"])),
    )
