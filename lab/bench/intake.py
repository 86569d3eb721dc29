"""The webhook server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dev.intake import Intake
from dev.postgres import Server
from lab.bench.events import deliveries
from lab.bench.sender import Target


@contextmanager
def running(pg: Server, database: str, path: str) -> Iterator[Target]:
    """Run the webhook server on a database.

    :param path: of the webhook that events are posted to
    """
    with Intake(pg, database) as intake:
        yield Target("intake", intake.url + path, deliveries(), ceiling=12_000)
