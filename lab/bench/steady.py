"""Up to which steady rate the answers come in time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dev.console import step
from dev.postgres import Server
from lab.bench import sender, services, webhook_server
from lab.bench.figures import summary
from lab.bench.lines import Line, peer
from lab.bench.scale import Scale
from lab.bench.sender import Target
from lab.bench.webhook import LIMIT

_GROUP = f"Steady events a second, and whether p99 stays under {LIMIT} ms"


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Raise the rate until answers come too late: each way to run Odoo, and the webhook server."""
    if not scale.rates:
        return
    with services.database(pg, "steady") as database:
        # With Odoo's own backlog, as an administrator gets it.
        stock = partial(services.odoo, pg, database, has_stock_backlog=True)
        ways = {
            "2 workers": stock(),
            "4 workers": stock(workers=4),
            "2 workers, dbfilter": stock(extra=[f"--db-filter=^{database}$"]),
        }
        for way, odoo in ways.items():
            with odoo:
                controller = services.controller(pg, odoo)
                yield from _climbed(controller, f"controller, {way}", scale)
        path = services.webhook_path(pg, database, services.any_server(pg, database))
        with webhook_server.running(pg, database, path) as server:
            yield from _climbed(server, "webhook server", scale)


def _climbed(target: Target, what: str, scale: Scale) -> Iterator[Line]:
    sender.keep_in_flight(target, 8, scale.warm_up)
    with step(f"Steady rates: {what}"):
        for rate in scale.rates:
            figures = summary([sender.keep_pace(target, rate, scale.rate_seconds)])
            in_time = figures.p99 is not None and figures.p99 < LIMIT and not figures.errors
            yield peer(
                _GROUP, f"{what}, {rate} events/s", figures, "in time" if in_time else "late"
            )
            if not in_time:
                break
