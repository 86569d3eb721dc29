"""What Odoo does, and what is done to it, while events arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.request import urlopen

from dev.odoo import Odoo, upgrade
from dev.postgres import Server
from dev.sql import execute, value

_PERSONS = 4
_TIMEOUT = 60
_NEXT_CALL = """
    UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' + %s::interval
     WHERE id = (SELECT res_id FROM ir_model_data
                  WHERE module = 'mail' AND name = 'ir_cron_mail_scheduler_action')
"""


def hold_queue(pg: Server, odoo: Odoo) -> None:
    """Have Odoo's scheduler leave the mails in the queue alone."""
    execute(pg, odoo.database, _NEXT_CALL, "1 day")


def release_queue(pg: Server, odoo: Odoo) -> None:
    """Have Odoo's scheduler send what is in the queue."""
    execute(pg, odoo.database, _NEXT_CALL, "0")
    # As Odoo itself wakes its scheduler, which otherwise looks once a minute.
    execute(pg, "postgres", "SELECT pg_notify('cron_trigger', %s)", odoo.database)


def waiting_mails(pg: Server, odoo: Odoo) -> int:
    """Return how many mails are in the queue."""
    query = "SELECT count(*) FROM mail_mail WHERE state = 'outgoing'"
    return int(value(pg, odoo.database, query))


def cancel_mails(pg: Server, odoo: Odoo) -> None:
    """Take all mails out of the queue."""
    query = "UPDATE mail_mail SET state = 'cancel' WHERE state = 'outgoing'"
    execute(pg, odoo.database, query)


@contextmanager
def people(odoo: Odoo) -> Iterator[None]:
    """Have people keep every worker busy: one request after the other, 300 ms each."""

    def click() -> None:
        with urlopen(f"{odoo.url}/bench/person", timeout=_TIMEOUT) as answer:
            answer.read()

    with _again_and_again(click, _PERSONS):
        yield


@contextmanager
def restarts(start: Callable[[], Odoo]) -> Iterator[None]:
    """Have Odoo started and stopped, again and again."""

    def restart() -> None:
        with start():
            pass

    with _again_and_again(restart):
        yield


@contextmanager
def upgrades(pg: Server, database: str) -> Iterator[None]:
    """Have the addon upgraded, again and again."""
    with _again_and_again(lambda: upgrade(pg, database)):
        yield


@contextmanager
def _again_and_again(action: Callable[[], None], threads: int = 1) -> Iterator[None]:
    done = threading.Event()

    def repeat() -> None:
        while not done.is_set():
            action()

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(repeat) for _ in range(threads)]
        try:
            yield
        finally:
            done.set()
        for future in futures:
            future.result()
