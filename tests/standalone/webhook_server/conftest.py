"""The webhook server as its tests share it."""

from collections.abc import Iterator

import pytest
from receiver import SECRETS, Receiver

from dev.databases import fresh_database
from dev.postgres import Server
from dev.webhook_server import WebhookServer


@pytest.fixture(scope="module")
def webhook_database(pg: Server) -> Receiver:
    """A database that events are posted to; no Odoo runs on it."""
    return Receiver(pg, fresh_database(pg, "webhook_server"))


@pytest.fixture(scope="module")
def running_webhook_server(webhook_database: Receiver) -> Iterator[Receiver]:
    """The webhook server that a module's tests share."""
    with WebhookServer(webhook_database.pg, webhook_database.database) as webhook_server:
        webhook_database.webhook_server = webhook_server
        yield webhook_database


@pytest.fixture
def receiver(running_webhook_server: Receiver) -> Receiver:
    """The webhook server, with nothing stored and the webhooks as they were."""
    running = running_webhook_server
    running.query(
        "UPDATE ir_mail_server SET active = true, webhook_secret = %s WHERE id = %s",
        SECRETS["aldeamo"],
        running.servers["aldeamo"],
    )
    running.wait(lambda: running.post("[]").status_code == 200)
    running.wait(lambda: not running.waiting())
    running.query("DELETE FROM mail_tracking")
    return running
