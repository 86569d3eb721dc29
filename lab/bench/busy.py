"""The webhook in Odoo and the webhook server while Odoo is busy, restarts or is upgraded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from functools import partial

from dev.console import Stop, step
from dev.odoo import Odoo
from dev.postgres import Server
from dev.sql import value
from lab.bench import disturbances, sender, services, webhook_server
from lab.bench.events import of_mails
from lab.bench.figures import Run, summary
from lab.bench.lines import Line, not_measured, peer, within
from lab.bench.mailing import Mailing
from lab.bench.scale import BURST, IN_FLIGHT, IN_FLIGHT_SERVER, Scale
from lab.bench.sender import Target
from lab.bench.webhook import LIMIT
from lab.sandbox import Sandbox
from lab.sandbox.provider import FakeProvider

_SENDING = "While the queue is sending and the job applying"
_PEOPLE = "While people keep every worker busy"
_RESTARTS = "While Odoo restarts"
_UPGRADES = "While the addon is upgraded"
_MAILS = 110  # Odoo itself sends up to 100 at once, without its queue
_SHORTEST = 3  # seconds: the job is woken once a second
_PATIENCE = 30
_PACE = 100  # events a second: a compressed hour of a large mailing's


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure each of these."""
    with ExitStack() as running:
        sandbox = running.enter_context(Sandbox())
        database = running.enter_context(services.database(pg, "busy"))
        # Two cron workers, so that Odoo sends and applies at the same time.
        with services.odoo(pg, database, cron_workers=2) as odoo:
            yield from _while_sending(pg, odoo, sandbox, scale)
        with ExitStack() as first:
            odoo = first.enter_context(services.odoo(pg, database))
            controller = services.controller(pg, odoo)
            path = services.webhook_path(pg, database, services.new_server(odoo))
            server = running.enter_context(webhook_server.running(pg, database, path))
            for target in (controller, server):
                sender.keep_in_flight(target, 16, scale.warm_up)
            with step("Requests while people use Odoo"), disturbances.people(odoo):
                run = sender.keep_pace(controller, _PACE / 5, scale.seconds * 4)
                what = f"controller, {_PACE / 5:g} events/s"
                yield peer(_PEOPLE, what, summary([run]), _late(run))
                yield from _server_lines(_PEOPLE, server, scale)
        yield from _disturbed(
            _RESTARTS, disturbances.restarts(partial(services.odoo, pg, database)), server, scale
        )
        yield from _disturbed(_UPGRADES, disturbances.upgrades(pg, database), server, scale)


def _while_sending(pg: Server, odoo: Odoo, sandbox: Sandbox, scale: Scale) -> Iterator[Line]:
    provider = sandbox.aldeamo
    values = {"provider": "aldeamo", "api_url": provider.api_url}
    with step("A mailing whose events arrive, and one to be sent meanwhile"):
        disturbances.hold_queue(pg, odoo)
        first = Mailing(odoo, provider, _MAILS, **values)
        first.prepare()
        first.send()
        mails = list(provider.received)
        Mailing(odoo, provider, scale.queue_mails, **values).prepare()
    path = services.webhook_path(pg, odoo.database, first.server)
    bodies = of_mails(provider, mails)
    with ExitStack() as running:
        server = running.enter_context(webhook_server.running(pg, odoo.database, path))
        controller = Target("controller", odoo.url + path, bodies, ceiling=1000)
        targets = [controller, replace(server, bodies=bodies, ceiling=4000)]
        for target in targets:
            sender.keep_in_flight(target, 16, scale.warm_up)
        running.enter_context(step("Requests while Odoo sends and applies"))
        disturbances.release_queue(pg, odoo)
        _await_mail(provider)
        for target in targets:
            for number in IN_FLIGHT:
                yield _sending_line(pg, odoo, provider, target, number, scale)
    # Empty the queue: the next measurement needs an Odoo that does nothing else.
    odoo.kill()
    disturbances.cancel_mails(pg, odoo)


def _await_mail(provider: FakeProvider) -> None:
    before = len(provider.received)
    deadline = time.monotonic() + _PATIENCE
    while len(provider.received) == before:
        if time.monotonic() > deadline:
            raise Stop(f"Odoo sends nothing within {_PATIENCE} s.")
        time.sleep(0.05)


def _sending_line(
    pg: Server, odoo: Odoo, provider: FakeProvider, target: Target, number: int, scale: Scale
) -> Line:
    sent, applied = len(provider.received), _applied(pg, odoo)
    run = sender.keep_in_flight(target, number, max(_SHORTEST, scale.seconds * 2))
    sent, applied = len(provider.received) - sent, _applied(pg, odoo) - applied
    waiting = disturbances.waiting_mails(pg, odoo)
    note = f"meanwhile {sent} mails sent, {applied} events applied, {waiting} mails left to send"
    what = f"{target.name}, {number} in flight"
    if not (sent and applied and waiting):
        return not_measured(_SENDING, what, f"p99 < {LIMIT} ms", note)
    line = within(_SENDING, what, [run], LIMIT)
    return replace(line, note="; ".join(filter(None, (line.note, note))))


def _disturbed(
    group: str, disturbance: AbstractContextManager[None], server: Target, scale: Scale
) -> Iterator[Line]:
    with step(f"Requests {group[0].lower()}{group[1:]}"), disturbance:
        yield from _server_lines(group, server, scale)


def _server_lines(group: str, server: Target, scale: Scale) -> Iterator[Line]:
    for what, load in _loads(scale).items():
        yield within(group, f"webhook server, {what}", [load(server)], LIMIT)


def _loads(scale: Scale) -> Mapping[str, Callable[[Target], Run]]:
    """Return the ways to post events, each with its name.

    Those that keep PostgreSQL busy for seconds after them come last.
    """
    seconds = scale.seconds * 2
    return {
        f"{_PACE} events/s": partial(sender.keep_pace, rate=_PACE, seconds=seconds * 4),
        f"burst of {BURST}": partial(sender.burst, number=BURST),
        **{
            f"{number} in flight": partial(sender.keep_in_flight, number=number, seconds=seconds)
            for number in (*IN_FLIGHT, *IN_FLIGHT_SERVER)
        },
    }


def _late(run: Run) -> str:
    late = sum(time * 1000 > LIMIT for time in run.times)
    return f"{100 * late / max(1, run.count):.0f} % answered after {LIMIT} ms"


def _applied(pg: Server, odoo: Odoo) -> int:
    query = "SELECT count(*) FROM mail_tracking WHERE state = 'done'"
    return int(value(pg, odoo.database, query))
