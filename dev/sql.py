"""SQL without Odoo, for the benchmark, the drills and the tests."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg2

from dev.postgres import Server


def connect(pg: Server, database: str) -> Any:
    """Return a connection to the database of this full name."""
    return psycopg2.connect(
        host=pg.host,
        port=pg.port,
        user=pg.user,
        password=pg.password or None,
        dbname=database,
    )


def execute(pg: Server, database: str, statement: str, *values: Any) -> Any:
    """Execute a statement in a transaction of its own; return its rows, if it has any."""
    with closing(connect(pg, database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else None


def value(pg: Server, database: str, statement: str, *values: Any) -> Any:
    """Return the one value that a statement yields."""
    ((only,),) = execute(pg, database, statement, *values)
    return only
