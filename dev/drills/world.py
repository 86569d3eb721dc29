"""Odoo, the intake, the providers and PostgreSQL, as the drills use and ill-treat them."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import psycopg2

from dev.console import Stop
from dev.databases import fresh_database
from dev.intake import Intake
from dev.odoo import Odoo
from dev.postgres import OwnServer, Server
from dev.sandbox import Sandbox

_PATIENCE = 60


class World:
    """One database, and all that works on it; a context manager.

    Odoo's scheduler doesn't run: a drill says when a job does.

    Attributes:
        pg: how to reach PostgreSQL.
        own: its server, if it is ours to stop; else None.
        database: the database's name.
        odoo: two workers.
        intake: the dedicated one.
        sandbox: both providers.
    """

    def __init__(self, pg: Server, own: OwnServer | None = None) -> None:
        self.own = own
        self.pg = pg
        self._running = ExitStack()

    def __enter__(self) -> "World":
        with self._running:
            self.sandbox = self._running.enter_context(Sandbox())
            self.database = fresh_database(self.pg, "drills")
            trusted = {"REQUESTS_CA_BUNDLE": self.sandbox.ca_bundle}
            options = ["--max-cron-threads=0"]
            self.odoo = Odoo(self.pg, self.database, extra=options, env=trusted)
            self._running.enter_context(self.odoo)
            self.intake = self._running.enter_context(Intake(self.pg, self.database))
            self._running = self._running.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._running.__exit__(*error)

    def connect(self) -> Any:
        """Return a connection to the database."""
        return psycopg2.connect(
            host=self.pg.host,
            port=self.pg.port,
            user=self.pg.user,
            password=self.pg.password,
            dbname=self.database,
        )

    def query(self, sql: str, *parameters: Any) -> Any:
        """Execute a statement in a transaction of its own; return its rows, if it has any."""
        with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else None

    def value(self, sql: str, *parameters: Any) -> Any:
        """Return the one value that a query finds."""
        ((value,),) = self.query(sql, *parameters)
        return value

    @contextmanager
    def holding(self, *statements: str) -> Iterator[Any]:
        """Keep what the statements lock, in another transaction, which is rolled back."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            yield connection

    def is_blocked(self) -> bool:
        """Tell whether some session waits for what another holds."""
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = %s AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return self.value(waiting, self.database) > 0

    def wait(self, what: str, is_so: Callable[[], bool], patience: float = _PATIENCE) -> None:
        """Wait until it is so.

        Raises:
            Stop: it is not so in time.
        """
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with suppress(psycopg2.OperationalError):  # PostgreSQL may be down
                if is_so():
                    return
            time.sleep(0.05)
        raise Stop(f"It took too long until {what}.")

    def let_time_pass(self) -> None:
        """The minutes go by for which Odoo waits before it tries again."""
        self.query("UPDATE mail_api_delivery SET started_at = started_at - interval '10 minutes'")
        self.query("UPDATE mail_tracking SET retry_at = NULL WHERE state = 'pending'")
        # The job takes what the intake has left behind; see `ABANDONED` in the addon.
        self.query(
            "UPDATE mail_tracking_spool SET received_at = received_at - interval '10 minutes'"
        )
