"""How long it takes to delete old events, and how long an event that comes meanwhile waits.

``python -m lab.bench.retention EVENTS`` is the part that runs within Odoo.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from dev.console import step
from dev.postgres import Server
from dev.processes import run_as_command
from lab.bench import in_odoo, services
from lab.bench.figures import Run, summary
from lab.bench.lines import Line, peer, within
from lab.bench.scale import Scale
from lab.bench.webhook import LIMIT

_GROUP = "Deleting old events, and an insert every few milliseconds meanwhile"
_QUIET_SECONDS = 3


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Delete old events in a database of its own."""
    with (
        services.database(pg, "retention") as database,
        step(f"Deleting {scale.old:,} old events"),
    ):
        [found] = in_odoo.results(pg, database, "lab.bench.retention", scale.old)
    seconds, quiet, meanwhile = found["seconds"], found["quiet"], found["meanwhile"]
    deleted = summary([Run(scale.old, seconds)])
    yield peer(_GROUP, f"deleting {scale.old:,} events", deleted, f"{seconds:.1f} s")
    yield peer(_GROUP, "inserts with nothing else going on", summary([_run(quiet)]))
    yield peer(_GROUP, "inserts meanwhile", summary([_run(meanwhile)]))
    yield within(_GROUP, "longest insert meanwhile", [_run([max(meanwhile)])], LIMIT)


def _run(times: list[float]) -> Run:
    return Run(len(times), sum(times), times)


def main(arguments: list[str]) -> int:
    """Fill the database with old events, delete them, and print the seconds as JSON."""
    [count] = map(int, arguments)
    with in_odoo.environment() as env:
        _fill(env.cr, count)
        quiet = Inserts(env)
        time.sleep(_QUIET_SECONDS)
        before = quiet.stop()
        inserts = Inserts(env)
        start = time.perf_counter()
        while _old(env):  # a run of the job ends after a minute
            env["mail.tracking"]._gc_trackings()
            env.cr.commit()
        seconds = time.perf_counter() - start
        meanwhile = inserts.stop()
    print(json.dumps({"seconds": seconds, "quiet": before, "meanwhile": meanwhile}))
    sys.stdout.flush()
    return 0


def _fill(cr: Any, count: int) -> None:
    cr.execute(
        """
        INSERT INTO mail_tracking (event_type, occurred_at, recipient, provider, origin, state,
                                   provider_message_id, fingerprint, payload, create_date)
        SELECT (ARRAY['delivered', 'opened', 'clicked', 'bounced'])[1 + mod(n, 4)],
               now() - interval '400 days', 'user' || n || '@old.example', 'aldeamo', 'smtp',
               'done', md5('mail ' || n), md5('old ' || n), repeat('payload ', 60),
               now() - interval '400 days'
          FROM generate_series(1, %s) AS n
        """,
        [count],
    )
    cr.commit()


def _old(env: Any) -> bool:
    env.cr.execute(
        "SELECT 1 FROM mail_tracking WHERE event_type IN ('delivered', 'opened', 'clicked',"
        " 'bounced') AND state != 'pending' AND create_date < now() - interval '399 days' LIMIT 1"
    )
    found = env.cr.fetchone()
    env.cr.commit()
    return bool(found)


class Inserts:
    """Stores an event every few milliseconds, each in its own transaction, as the webhook does."""

    def __init__(self, env: Any) -> None:
        self._registry = env.registry
        self._times: list[float] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> list[float]:
        """Stop; return how many seconds each insert took."""
        self._stopped.set()
        self._thread.join()
        return self._times

    def _run(self) -> None:
        with self._registry.cursor() as cr:
            while not self._stopped.wait(0.005):
                start = time.perf_counter()
                cr.execute(
                    """
                    INSERT INTO mail_tracking (event_type, occurred_at, recipient, state,
                                               fingerprint, create_date)
                    VALUES ('opened', now(), 'new@example.com', 'pending', %s, now())
                    ON CONFLICT (fingerprint) DO NOTHING
                    """,
                    [f"new {id(self)} {len(self._times)}"],
                )
                cr.commit()
                self._times.append(time.perf_counter() - start)


if __name__ == "__main__":
    run_as_command(main)
