"""How long it takes to delete old events, and how long an event that comes meanwhile waits.

python -m dev.bench.retention [EVENTS]
"""

import json
import sys
import threading
import time
from typing import Any

from dev.bench.in_odoo import environment, measured
from dev.processes import run_as_command

_EVENTS = 1_000_000
_QUIET_SECONDS = 10


def main(arguments: list[str]) -> int:
    """Fill a database of its own with old events, delete them, and print a line of JSON."""
    count = int(arguments[0]) if arguments else _EVENTS
    return measured("dev.bench.retention", arguments, lambda: _measure(count))


def _measure(count: int) -> None:
    with environment() as env:
        _fill(env.cr, count)
        quiet = Sender(env)
        time.sleep(_QUIET_SECONDS)
        before = quiet.stop()
        sender = Sender(env)
        start = time.perf_counter()
        while _old(env):  # a run of the job ends after a minute
            env["mail.tracking"]._gc_trackings()
            env.cr.commit()
        seconds = time.perf_counter() - start
        meanwhile = sender.stop()
    result = {
        "events": count,
        "seconds": round(seconds, 1),
        "per_second": round(count / seconds),
        "insert_ms_without": before,
        "insert_ms_meanwhile": meanwhile,
    }
    print(json.dumps(result))
    sys.stdout.flush()


def _fill(cr: Any, count: int) -> None:
    cr.execute(
        """
        INSERT INTO mail_tracking (event_type, occurred_at, recipient, provider, stream, state,
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


class Sender:
    """Stores an event every few milliseconds, in a transaction of its own, as the intake does."""

    def __init__(self, env: Any) -> None:
        self._registry = env.registry
        self._milliseconds: list[float] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Stop; return how long the inserts took."""
        self._stopped.set()
        self._thread.join()
        ordered = sorted(self._milliseconds)
        return {
            "inserts": len(ordered),
            "median": round(ordered[len(ordered) // 2], 1),
            "p99": round(ordered[len(ordered) * 99 // 100], 1),
            "max": round(ordered[-1], 1),
        }

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
                    [f"new {id(self)} {len(self._milliseconds)}"],
                )
                cr.commit()
                self._milliseconds.append(1000 * (time.perf_counter() - start))


if __name__ == "__main__":
    run_as_command(main)
