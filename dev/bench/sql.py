"""What the benchmark itself asks of a database that is measured."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from dev.databases import connect
from dev.postgres import Server


def value(pg: Server, database: str, query: str, *values: Any) -> Any:
    """Return the one value that a query yields."""
    with closing(connect(pg, database)) as connection, connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchone()[0]


def execute(pg: Server, database: str, query: str, *values: Any) -> None:
    """Execute a statement and commit it."""
    with closing(connect(pg, database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values or None)
