"""How fast the job applies events, beside Odoo's own setters called one by one.

    python3 -m dev.bootstrap lab.bench.apply_events [--profile traffic|bounces] [SIZE…]

The sizes are numbers of stored traces, each with a stored event.
"""

import argparse
import cProfile
import json
import pstats
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dev.processes import run_as_command
from lab.bench import data
from lab.bench.in_odoo import Stopwatch, environment, measured

SIZES = (1_000, 10_000, 100_000, 1_000_000)
# The events whose query plans are checked; "unsubscribed" is from the mailing's lists.
KINDS = ("delivered", "opened", "clicked", "bounced", "complained", "unsubscribed", "resubscribed")
TRAFFIC = ("delivered", "opened", "delivered", "clicked")
# How many events of each kind are measured: the job needs a second or two for them.
EVENTS = {"traffic": 20_000, "bounces": 2_000}
# Seconds; Odoo alone is so slow that only a part is measured.
_STOCK_SECONDS = 2


def main(arguments: list[str]) -> int:
    """Measure each size in a database that grows; print a line of JSON for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--share", type=float, default=1, help="of the events, for a quick look")
    parser.add_argument("--profile", choices=EVENTS, help="print where the time goes")
    parser.add_argument(
        "--plans", action="store_true", help="at the last size: which read a whole table"
    )
    parser.add_argument("--stored", type=int, default=0, help="as many are there already")
    options = parser.parse_args(arguments)
    return measured("lab.bench.apply_events", arguments, lambda: _measure_all(options))


def _measure_all(options: argparse.Namespace) -> None:
    with environment() as env:
        server, mailing = data.make_mailing(env)
        filled = options.stored
        for size in options.sizes:
            data.fill(env.cr, server, mailing, filled + 1, size)
            filled = size
            data.analyze(env.cr)
            for _time in range(options.repeat):
                print(json.dumps({"traces": size, **_measure(env, server, mailing, options)}))
                sys.stdout.flush()
        if options.plans:
            print(json.dumps({"traces": size, **_full_reads(env, server, mailing)}))


def _measure(env: Any, server: Any, mailing: Any, options: argparse.Namespace) -> dict[str, Any]:
    result = {}
    for name, kinds in (("traffic", TRAFFIC), ("bounces", ("bounced",))):
        traces = data.choose_traces(env.cr, mailing, int(EVENTS[name] * options.share), len(kinds))
        data.reset(env.cr, traces)
        result[f"stock_{name}"] = _stock_rates(env, traces, kinds)
        data.reset(env.cr, traces)
        data.receive(env, server, traces, kinds)
        with _profiled(env, options.profile == name):
            result[name] = _job_rates(env)
    return result


def _full_reads(env: Any, server: Any, mailing: Any) -> dict[str, Any]:
    """Return which statements of webhook server, job and retention read a whole large table."""
    # Odoo has put the addon into its namespace by now.
    from odoo.addons.mail_mailjet_aldeamo.tests.plans import full_reads, recorded

    traces = data.choose_traces(env.cr, mailing, 100 * len(KINDS), 1)
    data.reset(env.cr, traces)
    data.receive(env, server, traces, KINDS)
    event = {"type": "SMTP", "event": "open", "email": traces[0]["email"]}
    with recorded() as statements:
        env["mail.tracking"]._receive(server.id, "aldeamo", json.dumps(event).encode())
        env["mail.tracking"]._cron_apply()
        env["mail.tracking"]._gc_trackings()
    found = full_reads(env.cr, statements)
    env.cr.commit()
    return {
        "statements": len(statements),
        "full_reads": [f"{node}: {' '.join(statement.split())[:300]}" for node, statement in found],
    }


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
    return int(env.cr.fetchone()[0])


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


if __name__ == "__main__":
    run_as_command(main)
