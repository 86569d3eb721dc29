"""The dedicated intake, where it is part of the addon."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from dev.bench.events import deliveries
from dev.bench.sender import Target
from dev.postgres import Server

MISSING = "the intake is not there"


@contextmanager
def running(pg: Server, database: str, path: str) -> Iterator[Target | None]:
    """Run the intake on a database; yield None if there is no intake.

    :param path: of the webhook that events are posted to
    """
    if importlib.util.find_spec("dev.intake") is None:
        yield None
        return
    from dev.intake import Intake

    with Intake(pg, database) as intake:
        yield Target("intake", intake.url + path, deliveries(), ceiling=12_000)
