"""The webhook server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dev.postgres import Server
from dev.webhook_server import WebhookServer
from lab.bench.events import deliveries
from lab.bench.sender import Target


@contextmanager
def running(pg: Server, database: str, path: str) -> Iterator[Target]:
    """Run the webhook server on a database.

    :param path: of the webhook that events are posted to
    """
    with WebhookServer(pg, database) as webhook_server:
        yield Target("webhook server", webhook_server.url + path, deliveries(), ceiling=12_000)
