"""How fast the job applies events, beside Odoo's own setters called one by one.

    python -m dev.bench.apply_events [--profile KIND] [SIZE…]

The sizes are numbers of stored traces, each with a stored event.
"""

import argparse
import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dev.bench import data
from dev.databases import drop_database, fresh_database
from dev.odoo import odoo_command
from dev.paths import ODOO_HOME, VENV_PYTHON
from dev.postgres import postgres
from dev.processes import run_as_command

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TRAFFIC = ("delivered", "opened", "delivered", "clicked")
# How many events of each kind are measured: enough for a second or two.
EVENTS = {"traffic": 20_000, "bounces": 2_000}
# Odoo alone is slow: it gets this long.
_STOCK_SECONDS = 2


def main(arguments: list[str]) -> int:
    """Measure each size in a database of its own growing; print a line of JSON for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--profile", choices=EVENTS)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--share", type=float, default=1, help="of the events, for a quick look")
    parser.add_argument("--database", help="given to the process that measures")
    options = parser.parse_args(arguments)
    if options.database:
        _measure_all(options)
        return 0
    with postgres() as pg:
        database = fresh_database(pg, "bench_apply")
        try:
            return subprocess.run(
                [
                    str(VENV_PYTHON),
                    *("-m", "dev.bench.apply_events", "--database", database),
                    *arguments,
                ],
                env={
                    **os.environ,
                    **pg.env(),
                    "PYTHONPATH": str(ODOO_HOME),
                    "ODOO_OPTIONS": json.dumps(odoo_command(pg, database)[2:]),
                },
            ).returncode
        finally:
            drop_database(pg, database)


def _measure_all(options: argparse.Namespace) -> None:
    with environment() as env:
        server, mailing = data.make_mailing(env)
        filled = 0
        for size in options.sizes or SIZES:
            data.fill(env.cr, server, mailing, filled + 1, size)
            filled = size
            data.analyze(env.cr)
            for _time in range(options.repeat):
                print(json.dumps({"traces": size, **_measure(env, server, mailing, options)}))
                sys.stdout.flush()


def _measure(env: Any, server: Any, mailing: Any, options: argparse.Namespace) -> dict[str, Any]:
    result = {}
    for name, kinds in (("traffic", TRAFFIC), ("bounces", ("bounced",))):
        traces = data.choose_traces(env.cr, mailing, int(EVENTS[name] * options.share))
        result[f"stock_{name}"] = _stock_rates(env, traces, kinds)
        data.receive(env, server, traces, kinds)
        with _profiled(env, options.profile == name):
            result[name] = _job_rates(env)
    return result


def _job_rates(env: Any) -> dict[str, int]:
    count = waiting = _waiting(env)
    watch = Stopwatch(env)
    while waiting:  # a run of the job ends after a minute
        env["mail.tracking"]._cron_apply()
        env.cr.commit()
        waiting = _waiting(env)
    result = watch.rates(count)
    env.cr.execute("SELECT count(*) FROM mail_tracking WHERE state NOT IN ('pending', 'done')")
    if env.cr.fetchone() != (0,):
        raise RuntimeError("Some events had no effect")
    return result


def _waiting(env: Any) -> int:
    env.cr.execute("SELECT count(*) FROM mail_tracking WHERE state = 'pending'")
    return env.cr.fetchone()[0]


def _stock_rates(env: Any, traces: list[dict[str, Any]], kinds: tuple[str, ...]) -> dict[str, int]:
    """Measure Odoo alone: it applies each event in a transaction of its own."""
    steps: dict[str, Callable[[dict[str, Any]], None]] = {
        "delivered": lambda trace: env["mailing.trace"].set_sent(domain=_named(trace)),
        "opened": lambda trace: env["mailing.trace"].set_opened(domain=_named(trace)),
        "clicked": lambda trace: env["mailing.trace"].set_clicked(domain=_named(trace)),
        "bounced": lambda trace: _stock_bounce(env, trace),
    }
    watch = Stopwatch(env)
    done = 0
    for index, trace in enumerate(traces):
        steps[kinds[index % len(kinds)]](trace)
        env.cr.commit()
        env.invalidate_all()
        done += 1
        if watch.seconds() > _STOCK_SECONDS:
            break
    return watch.rates(done)


def _named(trace: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [("message_id", "in", [trace["message_id"]])]


def _stock_bounce(env: Any, trace: dict[str, Any]) -> None:
    """Do as Odoo's mail gateway does with a bounce message."""
    email = trace["email"]
    env["mail.thread"]._routing_handle_bounce(
        None,
        {
            "bounced_email": email,
            "bounced_partner": env["res.partner"].search([("email_normalized", "=", email)]),
            "bounced_msg_ids": [trace["message_id"]],
            "bounced_message": env["mail.message"],
            "body": "550 5.1.1 no such user",
            "email_from": email,
            "to": "bounce@bench.example",
            "message_id": trace["message_id"],
        },
    )


@contextmanager
def environment() -> Iterator[Any]:
    """Yield an environment of Odoo's in this process, whose options `ODOO_OPTIONS` holds."""
    import odoo

    options = json.loads(os.environ["ODOO_OPTIONS"])
    odoo.tools.config.parse_config([*options, "--log-level=warn"])
    registry = odoo.registry(odoo.tools.config["db_name"])
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})


@contextmanager
def _profiled(env: Any, wanted: bool) -> Iterator[None]:
    """Print where the time went: in Python, and in PostgreSQL if it has pg_stat_statements."""
    if not wanted:
        yield
        return
    env.cr.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'")
    has_statements = env.cr.fetchone()[0]
    if has_statements:
        env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        env.cr.execute("SELECT pg_stat_statements_reset()")
        env.cr.commit()
    with cProfile.Profile() as profile:
        yield
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
    if has_statements:
        env.cr.execute(
            """
            SELECT round(total_exec_time), calls, rows, regexp_replace(query, '\\s+', ' ', 'g')
              FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 20
            """
        )
        for milliseconds, calls, rows, query in env.cr.fetchall():
            print(f"{milliseconds:>8} ms {calls:>6} calls {rows:>7} rows  {query[:300]}")


class Stopwatch:
    """Time that passes, and time that the processor works for us: on a machine that others use
    too, only the latter says how fast the code is.
    """

    def __init__(self, env: Any) -> None:
        env.cr.execute("SELECT pg_backend_pid()")
        self._backend = Path(f"/proc/{env.cr.fetchone()[0]}/stat")
        env.cr.commit()
        self._start = time.perf_counter()
        self._start_cpu = self._cpu()

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self._start

    def cpu_seconds(self) -> float:
        """Return what this process and its connection's server process worked since the start."""
        return self._cpu() - self._start_cpu

    def _cpu(self) -> float:
        ticks = self._backend.read_text().rpartition(")")[2].split()[11:13]
        return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def rates(self, count: int) -> dict[str, int]:
        """Return how many of `count` were done a second."""
        return {
            "per_second": round(count / self.seconds()),
            "per_cpu_second": round(count / self.cpu_seconds()),
        }


if __name__ == "__main__":
    run_as_command(main)
