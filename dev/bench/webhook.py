"""All that take events, in turn: the floor, the webhook in Odoo, the peer, the intake."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from dev.bench import intake, sender, services
from dev.bench.figures import Run, summary
from dev.bench.lines import Line, faster, kept, no_slower, peer, within
from dev.bench.scale import Scale
from dev.bench.sender import Target
from dev.bench.sql import value
from dev.console import Stop, step
from dev.postgres import Server

LIMIT = 100  # milliseconds, after which Aldeamo throws an event away
_CONTROLLER = "Webhook in Odoo, 2 free workers, backlog not the limit"
_INTAKE = "Dedicated intake"
# The rates are compared where all of them are busy.
_BUSY = 64
_PATIENCE = 120
_TIMEOUT = 10  # seconds; TCP has tried three times by then

Runs = dict[tuple[str, int], list[Run]]


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure them in one run."""
    with ExitStack() as running:
        database = running.enter_context(services.database(pg, "webhook"))
        odoo = running.enter_context(services.odoo(pg, database))
        floor, controller = services.floor(odoo), services.controller(pg, odoo)
        oca = running.enter_context(services.peer(pg))
        path = services.webhook_path(pg, database, services.new_server(odoo))
        dedicated = running.enter_context(intake.running(pg, database, path))
        with step("Requests in flight, and bursts, in turn"):
            for target in (floor, controller, oca, dedicated):
                sender.keep_in_flight(target, 16, scale.warm_up)
            before = _settled(pg, database)
            runs = _in_turn([floor, controller, oca], scale.in_flight, scale)
            # By itself: Odoo's job needs the machine for seconds to apply what the intake takes.
            every = (*scale.in_flight, *scale.in_flight_intake)
            intake_runs = _in_turn([dedicated], every, scale)
            stored = _settled(pg, database) - before
        with services.odoo(pg, database, has_stock_backlog=True) as odoo:
            alone = sender.burst(services.controller(pg, odoo), scale.burst, _TIMEOUT)
        stored_alone = _settled(pg, database) - before - stored
    for number in scale.in_flight:
        yield peer(_CONTROLLER, f"floor, {number} in flight", summary(runs["floor", number]))
        yield peer(_CONTROLLER, f"OCA, {number} in flight", summary(runs["OCA", number]))
        what = f"controller, {number} in flight"
        yield within(_CONTROLLER, what, runs["controller", number], LIMIT)
    ours = runs["controller", 1]
    yield no_slower(_CONTROLLER, "controller beside the floor", ours, runs["floor", 1], 1.3)
    ours = runs["controller", _BUSY]
    yield faster(_CONTROLLER, "controller beside OCA", ours, runs["OCA", _BUSY], 3)
    for name in ("floor", "controller"):
        what = f"{name}, burst of {scale.burst}"
        yield peer(_CONTROLLER, what, summary(runs[name, scale.burst]))
    answered = sum(
        run.count
        for (name, _number), several in (*runs.items(), *intake_runs.items())
        for run in several
        if name in ("controller", "intake")
    )
    yield kept(_CONTROLLER, "what was answered with 200 is stored", stored, answered)
    what = f"controller alone, Odoo's own backlog, burst of {scale.burst}"
    yield peer(_CONTROLLER, what, summary([alone]))
    yield kept(_CONTROLLER, "what it answered is stored", stored_alone, alone.count)
    yield from _intake_lines(runs | intake_runs, scale)


def _in_turn(targets: Sequence[Target], numbers: Sequence[int], scale: Scale) -> Runs:
    """Measure everything once, and again, so that a change of the machine's speed meets all."""
    runs = defaultdict(list)
    for number in numbers:
        for _ in range(scale.passes):
            for target in targets:
                run = sender.keep_in_flight(target, number, scale.seconds)
                runs[target.name, number].append(run)
    for _ in range(scale.bursts):
        for target in targets:
            # The peer takes six seconds for one, and has no place in the budget.
            if target.name != "OCA":
                runs[target.name, scale.burst].append(sender.burst(target, scale.burst))
    return runs


def _intake_lines(runs: Runs, scale: Scale) -> Iterator[Line]:
    loads = {f"intake, {n} in flight": n for n in (*scale.in_flight, *scale.in_flight_intake)}
    loads[f"intake, burst of {scale.burst}"] = scale.burst
    for what, number in loads.items():
        yield within(_INTAKE, what, runs["intake", number], LIMIT)
    for name, times in (("floor", 4), ("OCA", 10)):
        what = f"intake beside {name}, {_BUSY} in flight"
        yield faster(_INTAKE, what, runs["intake", _BUSY], runs[name, _BUSY], times)


def _settled(pg: Server, database: str) -> int:
    """Return how many events are stored, once the intake has handed on what it has taken."""
    deadline = time.monotonic() + _PATIENCE
    before = -1
    while (now := value(pg, database, "SELECT count(*) FROM mail_tracking")) != before:
        if time.monotonic() > deadline:
            raise Stop(f"After {_PATIENCE} s there are still new events.")
        before = now
        time.sleep(2)
    return now
