"""The dedicated intake, where it is part of the addon."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from dev.bench import services
from dev.bench.events import deliveries
from dev.bench.sender import Target
from dev.odoo import Odoo
from dev.postgres import Server

MISSING = "the intake is not there"


@contextmanager
def running(pg: Server, odoo: Odoo) -> Iterator[Target | None]:
    """Run the intake beside an Odoo, on its database; yield None if there is no intake."""
    if importlib.util.find_spec("dev.intake") is None:
        yield None
        return
    from dev.intake import Intake

    path = services.webhook_path(pg, odoo.database, services.new_server(odoo))
    with Intake(pg, odoo.database) as intake:
        yield Target("intake", intake.url + path, deliveries(), ceiling=12_000)
