"""What is measured: Odoo with the addon, a bare controller (the floor), and the peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from dev.databases import drop_database, fresh_base_database, fresh_database
from dev.odoo import Odoo
from dev.paths import addons_path
from dev.postgres import Server
from dev.sql import execute, value
from lab.bench import oca
from lab.bench.events import deliveries
from lab.bench.sender import Target

_ADDONS = Path(__file__).parent / "addons"
# Room for every request of a burst: none has to wait until TCP tries again.
_BACKLOG = "2048"


@contextmanager
def database(pg: Server, name: str, is_stock: bool = False) -> Iterator[str]:
    """Yield a fresh database with the addon, or with Odoo's own alone; drop it afterwards."""
    fresh = fresh_base_database if is_stock else fresh_database
    full_name = fresh(pg, f"bench_{name}")
    try:
        execute(
            pg,
            full_name,
            """
            CREATE TABLE bench_event (
                id serial PRIMARY KEY, event text, recipient text, message_id text,
                occurred_at timestamp, payload text
            )
            """,
        )
        yield full_name
    finally:
        drop_database(pg, full_name)


def odoo(
    pg: Server,
    database: str,
    workers: int = 2,
    cron_workers: int = 1,
    env: Mapping[str, str] | None = None,
    has_stock_backlog: bool = False,
    folders: Sequence[Path] = (),
    extra: Sequence[str] = (),
) -> Odoo:
    """Return an Odoo to run, in prefork mode."""
    backlog = {} if has_stock_backlog else {"BENCH_BACKLOG": _BACKLOG}
    return Odoo(
        pg,
        database,
        workers,
        extra=[
            f"--addons-path={','.join(map(str, (addons_path(), _ADDONS, *folders)))}",
            "--load=base,web,bench_floor",
            f"--max-cron-threads={cron_workers}",
            # A job that sends a thousand mails by SMTP takes longer than Odoo's two minutes.
            "--limit-time-real=1800",
            "--limit-time-cpu=1800",
            *extra,
        ],
        env={**(env or {}), **backlog},
    )


@contextmanager
def peer(pg: Server) -> Iterator[tuple[Target, Callable[[], int]]]:
    """Run the peer in an Odoo and a database of its own; the function counts what it has stored."""
    full_name = oca.database(pg, "bench_peer")
    try:
        with odoo(pg, full_name, folders=[oca.addons_folder()]) as running:
            yield oca.target(running), partial(oca.stored, pg, full_name)
    finally:
        drop_database(pg, full_name)


def floor(odoo: Odoo) -> Target:
    """Return the controller that does one insert."""
    return Target("floor", f"{odoo.url}/bench/floor", deliveries())


def controller(pg: Server, odoo: Odoo) -> Target:
    """Return the addon's webhook, of a mail server made for it."""
    path = webhook_path(pg, odoo.database, new_server(odoo))
    return Target("controller", odoo.url + path, deliveries())


def new_server(odoo: Odoo) -> int:
    """Create a mail server of a provider's; return its id."""
    values = {
        "name": "Benchmark",
        "provider": "aldeamo",
        "smtp_host": "127.0.0.1",
        "smtp_port": 2589,
        "smtp_user": "empresa",
        "smtp_pass": "secreto",
    }
    return int(odoo.rpc("ir.mail_server", "create", values))


def any_server(pg: Server, database: str) -> int:
    """Return the id of a mail server of a provider's that is there already."""
    query = "SELECT max(id) FROM ir_mail_server WHERE webhook_secret IS NOT NULL"
    return int(value(pg, database, query))


def webhook_path(pg: Server, database: str, server: int) -> str:
    """Return the path of the webhook of a mail server."""
    query = "SELECT id || '-' || webhook_secret FROM ir_mail_server WHERE id = %s"
    return f"/mail_provider/{value(pg, database, query, server)}"
