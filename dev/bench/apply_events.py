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
from typing import Any

from dev.bench import data
from dev.console import say
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


def _measure(env: Any, server: Any, mailing: Any, options: argparse.Namespace) -> dict[str, float]:
    result = {}
    for name, kinds in (("traffic", TRAFFIC), ("bounces", ("bounced",))):
        traces = data.choose_traces(env.cr, mailing, int(EVENTS[name] * options.share))
        result[f"stock_{name}"] = _stock_rate(env, traces, kinds)
        data.reset(env.cr)
        data.receive(env, server, traces, kinds)
        with _profiled(options.profile == name):
            result[name] = _job_rate(env)
        data.reset(env.cr)
    return result


def _job_rate(env: Any) -> float:
    count = waiting = _waiting(env)
    start = time.perf_counter()
    while waiting:  # a run of the job ends after a minute
        env["mail.tracking"]._cron_apply()
        env.cr.commit()
        waiting = _waiting(env)
    seconds = time.perf_counter() - start
    env.cr.execute("SELECT count(*) FROM mail_tracking WHERE state NOT IN ('pending', 'done')")
    if env.cr.fetchone() != (0,):
        raise RuntimeError("Some events had no effect")
    return round(count / seconds, 1)


def _waiting(env: Any) -> int:
    env.cr.execute("SELECT count(*) FROM mail_tracking WHERE state = 'pending'")
    return env.cr.fetchone()[0]


def _stock_rate(env: Any, traces: list[dict[str, Any]], kinds: tuple[str, ...]) -> float:
    """Return how many events a second Odoo alone applies, each in a transaction of its own."""
    steps: dict[str, Callable[[dict[str, Any]], None]] = {
        "delivered": lambda trace: env["mailing.trace"].set_sent(domain=_named(trace)),
        "opened": lambda trace: env["mailing.trace"].set_opened(domain=_named(trace)),
        "clicked": lambda trace: env["mailing.trace"].set_clicked(domain=_named(trace)),
        "bounced": lambda trace: _stock_bounce(env, trace),
    }
    start = time.perf_counter()
    done = 0
    for index, trace in enumerate(traces):
        steps[kinds[index % len(kinds)]](trace)
        env.cr.commit()
        env.invalidate_all()
        done += 1
        if time.perf_counter() - start > _STOCK_SECONDS:
            break
    return round(done / (time.perf_counter() - start), 1)


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
def _profiled(wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    say("")
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    run_as_command(main)
