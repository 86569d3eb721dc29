"""A burst, an hour of events in a minute, a burst, while a mailing is sent and workers recycled."""

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dev.odoo import Odoo
from dev.service import Service
from lab.bench import sender
from lab.bench.events import Bodies
from lab.bench.figures import Run, summary
from lab.bench.sender import Target
from lab.drills.mailing import Mailing
from lab.drills.opens import opens
from lab.drills.outcome import Outcome
from lab.drills.world import World

_BURST = 1000
_SECONDS = 60
_RATES = {"webhook server": 500, "controller": 20}  # events a second: 30 000 and 1200 in the hour
_REQUESTS = 300  # of a worker, before Odoo replaces it
_OPENED, _MAILS = 1000, 400  # recipients who open their mails, and of the mailing meanwhile
_GROWTH = 1.15


def run(world: World) -> Outcome:
    """Do it; return what came of it."""
    opened = Mailing(world, contacts=_OPENED)
    opened.prepare()
    opened.send()
    events = opens(opened)
    sent = Mailing(world, contacts=_MAILS)
    options = ["--max-cron-threads=2", f"--limit-request={_REQUESTS}"]
    trusted = {"REQUESTS_CA_BUNDLE": world.sandbox.ca_bundle}
    with Odoo(world.pg, world.database, extra=options, env=trusted) as odoo:
        path = urlsplit(opened.by_webhook_server).path
        urls = {"webhook server": world.webhook_server.url + path, "controller": odoo.url + path}
        burst = Target("webhook server", urls["webhook server"], _bodies(events, _BURST))
        hour = [
            Target(name, url, _bodies(events, _RATES[name] * _SECONDS))
            for name, url in urls.items()
        ]
        burst_again = Target("webhook server", urls["webhook server"], _bodies(events, _BURST))
        results = {"burst": sender.burst(burst, _BURST)}
        before = _memory(world.webhook_server)
        sent.prepare()  # Odoo's scheduler sends it from now on
        results |= _hour(hour)
        results["burst again"] = sender.burst(burst_again, _BURST)
        after = _memory(world.webhook_server)
        recycled = len(re.findall(r"max request \(\d+\) reached", odoo.log_path.read_text()))
        sent.send()
    outcome = opened.count()
    outcome.add(sent.count())
    for name, result in results.items():
        _judge(outcome, name, result)
    megabytes = f"{before / 1024:.0f} MB before, {after / 1024:.0f} MB after"
    outcome.notes.append(f"the webhook server's memory: {megabytes}; workers recycled: {recycled}")
    outcome.require(after < before * _GROWTH, "the webhook server's memory grows")
    outcome.require(recycled > 0, "no worker was recycled")
    return outcome


def _bodies(events: Iterator[dict[str, Any]], number: int) -> Bodies:
    """Make so many bodies now, and hand them out when they are wanted."""
    bodies = [json.dumps(event).encode() for event in islice(events, number)]
    return lambda wanted: bodies[:wanted]


def _hour(targets: Sequence[Target]) -> dict[str, Run]:
    """Post at the rates of both ways in, at the same time."""
    with ThreadPoolExecutor(len(targets)) as pool:
        running = {
            target.name: pool.submit(sender.keep_pace, target, _RATES[target.name], _SECONDS)
            for target in targets
        }
        return {name: future.result() for name, future in running.items()}


def _judge(outcome: Outcome, name: str, result: Run) -> None:
    figures = summary([result])
    outcome.require(not result.errors, f"{name}: {dict(result.errors)}")
    outcome.notes.append(
        f"{name}: {result.count} at {figures.rate:.0f}/s, median {figures.median:.0f} ms,"
        f" p99 {figures.p99:.0f} ms, slowest {figures.max:.0f} ms"
    )


def _memory(service: Service) -> int:
    """Return the kilobytes of a service's processes, each shared page once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
            if session == service.process.pid:
                text = (folder / "smaps_rollup").read_text()
                total += sum(map(int, re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
    return total
