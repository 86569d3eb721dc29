"""Odoo, the webhook server, the providers and PostgreSQL, as the drills use them."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import psycopg2

from dev import sql
from dev.console import Stop
from dev.databases import copy_database, drop_database, fresh_database
from dev.odoo import Odoo
from dev.postgres import OwnServer, Server
from dev.webhook_server import WebhookServer
from lab.sandbox import Sandbox

_PATIENCE = 60


class World:
    """One database, and all that works on it; a context manager.

    Odoo's scheduler doesn't run: a drill says when a job does.

    :ivar pg: how to reach PostgreSQL
    :ivar own: its server, which a drill may stop; None if others use it, too
    :ivar database: the database's name
    :ivar odoo: two workers
    :ivar webhook_server: the webhook server
    :ivar sandbox: both providers
    """

    def __init__(self, pg: Server, name: str, own: OwnServer | None = None) -> None:
        self.pg = pg
        self.own = own
        self._name = name
        self._running = ExitStack()

    def __enter__(self) -> "World":
        with self._running:
            self.sandbox = self._running.enter_context(Sandbox())
            self.database = fresh_database(self.pg, self._name)
            trusted = {"REQUESTS_CA_BUNDLE": self.sandbox.ca_bundle}
            options = ["--max-cron-threads=0"]
            self.odoo = Odoo(self.pg, self.database, extra=options, env=trusted)
            self._running.enter_context(self.odoo)
            self.webhook_server = self._running.enter_context(WebhookServer(self.pg, self.database))
            self._running = self._running.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._running.__exit__(*error)

    def own_server(self) -> OwnServer:
        """Return the PostgreSQL server, which a drill may stop."""
        assert self.own
        return self.own

    def connect(self) -> Any:
        """Return a connection to the database."""
        return sql.connect(self.pg, self.database)

    def query(self, statement: str, *values: Any) -> Any:
        """Execute a statement in a transaction of its own; return its rows, if it has any."""
        return sql.execute(self.pg, self.database, statement, *values)

    def value(self, statement: str, *values: Any) -> Any:
        """Return the one value that a query finds."""
        return sql.value(self.pg, self.database, statement, *values)

    @contextmanager
    def holding(self, *statements: str) -> Iterator[Any]:
        """Keep what the statements lock, in another transaction, which is rolled back."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            yield connection

    def mend(self) -> None:
        """Undo what a drill that broke down may have left to the next one."""
        for provider in (self.sandbox.aldeamo, self.sandbox.mailjet):
            provider.api.heal()
            provider.smtp.heal()
            provider.on_message = None
        for service in (self.odoo, self.webhook_server):
            if not service.is_healthy():
                service.kill()
                service.start()

    @contextmanager
    def going_back(self) -> Iterator[None]:
        """Restore the database, at the end of the block, as it was before."""
        dump = f"{self.database}_dump"
        self._replace(dump, self.database)
        try:
            yield
            self._replace(self.database, dump)
        finally:
            drop_database(self.pg, dump)

    def _replace(self, target: str, source: str) -> None:
        """Make a database a copy of another one, which nobody may use meanwhile."""
        for service in (self.odoo, self.webhook_server):
            service.stop()
        copy_database(self.pg, source, target)
        for service in (self.odoo, self.webhook_server):
            service.start()

    def is_odoo_blocked(self, beginning: str = "") -> bool:
        """Tell whether a statement of Odoo's that begins so waits for what another session holds.

        The webhook server's sessions have another name, and don't count.
        """
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name LIKE 'odoo-%%'"
            " AND query LIKE %s AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return int(self.value(waiting, self.database, f"{beginning}%")) > 0

    def times_logged(self, text: str) -> int:
        """Return how many lines of Odoo's log have the text."""
        lines = self.odoo.log_path.read_text(errors="replace").splitlines()
        return sum(text in line for line in lines)

    def wait(self, what: str, is_so: Callable[[], bool], patience: float = _PATIENCE) -> None:
        """Wait until it is so.

        :raises Stop: it is not so in time
        """
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with suppress(psycopg2.OperationalError):  # PostgreSQL may be down
                if is_so():
                    return
            time.sleep(0.2)
        raise Stop(f"It took too long until {what}.")

    def let_time_pass(self) -> None:
        """Move the times of what Odoo waits for an hour back.

        No call to a provider may be under way: its lease would end, too.
        """
        times = ("create_date", "called_at", "retry_at")
        earlier = ", ".join(f"{name} = {name} - interval '1 hour'" for name in times)
        self.query(
            f"UPDATE mail_delivery SET {earlier} WHERE state IN ('waiting', 'calling', 'in_doubt')"
        )
        # Odoo's own now has no fractions of a second: it may be behind PostgreSQL's.
        self.query(
            "UPDATE ir_mail_server SET sending_paused_until = sending_paused_until"
            " - interval '1 hour'"
        )
        self.query("UPDATE mail_tracking SET retry_at = NULL WHERE state = 'pending'")
