"""All that take events, in turn: a bare controller (the floor), the webhook in Odoo, the peer, and
the webhook server."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial

from dev.console import Stop, step
from dev.postgres import Server
from dev.sql import value
from lab.bench import sender, services, webhook_server
from lab.bench.figures import Run, summary
from lab.bench.lines import Line, faster, kept, no_slower, peer, within
from lab.bench.scale import BURST, IN_FLIGHT, IN_FLIGHT_SERVER, Scale
from lab.bench.sender import Target

LIMIT = 100  # milliseconds, after which Aldeamo throws an event away
_CONTROLLER = "Webhook in Odoo, 2 free workers, backlog not the limit"
_SERVER = "Webhook server"
# The rates are compared where all of them are busy.
_BUSY = 64
_PATIENCE = 600
_TIMEOUT = 10  # seconds; TCP has tried three times by then

_SERVER_LOADS = (*IN_FLIGHT, *IN_FLIGHT_SERVER)
_STORED = "SELECT count(*) FROM mail_tracking"
_UNSETTLED = """
    SELECT (SELECT count(*) FROM mail_tracking_spool)
         + (SELECT count(*) FROM mail_tracking WHERE state = 'pending' AND retry_at IS NULL)
"""

Runs = dict[tuple[str, int], list[Run]]


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure them in one run."""
    with services.database(pg, "webhook") as database:
        runs, beside, stored = _measured(pg, database, scale)
        yield from _controller_lines(runs)
        answered = _answered([runs, beside], "controller", "webhook server")
        yield kept(_CONTROLLER, "what was answered with 200 is stored", stored, answered)
        if scale.stock_backlog:
            yield from _stock_backlog_lines(pg, database)
    yield from _server_lines(runs, beside)


def _stock_backlog_lines(pg: Server, database: str) -> Iterator[Line]:
    before = _settled(pg, database)
    with services.odoo(pg, database, has_stock_backlog=True) as odoo:
        run = sender.burst(services.controller(pg, odoo), BURST, _TIMEOUT)
        stored = _settled(pg, database) - before
    what = f"controller alone, Odoo's own backlog, burst of {BURST}"
    yield peer(_CONTROLLER, what, summary([run]))
    yield kept(_CONTROLLER, "what it answered is stored", stored, run.count)


def _measured(pg: Server, database: str, scale: Scale) -> tuple[Runs, Runs, int]:
    """Return the runs, those of the webhook server beside its peers, and the number of stored
    events."""
    with ExitStack() as running:
        odoo = running.enter_context(services.odoo(pg, database))
        floor, controller = services.floor(odoo), services.controller(pg, odoo)
        oca, stored_by_oca = running.enter_context(services.peer(pg))
        path = services.webhook_path(pg, database, services.new_server(odoo))
        server = running.enter_context(webhook_server.running(pg, database, path))
        running.enter_context(step("Requests in flight, and bursts, in turn"))
        for target in (floor, controller, oca, server):
            sender.keep_in_flight(target, 16, scale.warm_up)
        before, before_at_oca = _settled(pg, database), stored_by_oca()
        runs = _in_turn([floor, controller, oca], IN_FLIGHT, scale)
        _add_bursts(runs, [floor, controller], scale)
        # Measured last: Odoo's job needs the processors for seconds to apply what it takes.
        runs |= _in_turn([server], _SERVER_LOADS, scale)
        rest = partial(_settled, pg, database)
        _add_bursts(runs, [server], scale, rest)
        beside = _in_turn([floor, oca, server], [_BUSY], scale, rest)
        stored = _settled(pg, database) - before
        _check_oca(stored_by_oca() - before_at_oca, _answered([runs, beside], "OCA"))
    return runs, beside, stored


def _in_turn(
    targets: Sequence[Target],
    numbers: Sequence[int],
    scale: Scale,
    rest: Callable[[], object] = lambda: None,
) -> Runs:
    """Measure everything once, and again, so that a change of the machine's speed meets all.

    :param rest: before each run
    """
    runs = defaultdict(list)
    for number in numbers:
        for number_of_pass in range(scale.passes):
            # In turning order: Odoo still applies the events of the one before, and slows the next.
            for target in targets if number_of_pass % 2 else reversed(targets):
                rest()
                run = sender.keep_in_flight(target, number, scale.seconds)
                runs[target.name, number].append(run)
    return runs


def _add_bursts(
    runs: Runs,
    targets: Sequence[Target],
    scale: Scale,
    rest: Callable[[], object] = lambda: None,
) -> None:
    """Measure bursts too; the peer takes six seconds for one, and has no place in the budget."""
    for _ in range(scale.bursts):
        for target in targets:
            rest()
            runs[target.name, BURST].append(sender.burst(target, BURST))


def _answered(several: Sequence[Runs], *names: str) -> int:
    return sum(
        run.count
        for runs in several
        for (name, _number), passes in runs.items()
        if name in names
        for run in passes
    )


def _check_oca(stored: int, answered: int) -> None:
    """Have no figures rather than those of a peer that fails: it answers that with 200 too.

    More may be stored than was answered: the sender may have given up before the answer came.
    """
    if stored < answered:
        raise Stop(f"Of {answered} events that OCA's addon answered, it has stored {stored}.")


def _controller_lines(runs: Runs) -> Iterator[Line]:
    for number in IN_FLIGHT:
        yield peer(_CONTROLLER, f"floor, {number} in flight", summary(runs["floor", number]))
        yield peer(_CONTROLLER, f"OCA, {number} in flight", summary(runs["OCA", number]))
        what = f"controller, {number} in flight"
        yield within(_CONTROLLER, what, runs["controller", number], LIMIT)
    ours = runs["controller", 1]
    yield no_slower(_CONTROLLER, "controller beside the floor", ours, runs["floor", 1], 1.3)
    ours = runs["controller", _BUSY]
    yield faster(_CONTROLLER, "controller beside OCA", ours, runs["OCA", _BUSY], 3)
    for name in ("floor", "controller"):
        yield peer(_CONTROLLER, f"{name}, burst of {BURST}", summary(runs[name, BURST]))


def _server_lines(runs: Runs, beside: Runs) -> Iterator[Line]:
    loads = {f"{number} in flight": number for number in _SERVER_LOADS}
    loads[f"burst of {BURST}"] = BURST
    for what, number in loads.items():
        yield within(_SERVER, what, runs["webhook server", number], LIMIT)
    ours = beside["webhook server", _BUSY]
    for name, times in (("floor", 4), ("OCA", 10)):
        what = f"beside {name}, {_BUSY} in flight"
        yield faster(_SERVER, what, ours, beside[name, _BUSY], times)


def _settled(pg: Server, database: str) -> int:
    """Return how many events are stored, once the webhook server has handed on what it took and the
    job has tried everything."""
    deadline = time.monotonic() + _PATIENCE
    before = None
    while True:
        unsettled, now = value(pg, database, _UNSETTLED), value(pg, database, _STORED)
        if not unsettled and now == before:
            return int(now)
        if time.monotonic() > deadline:
            raise Stop(f"After {_PATIENCE} s there are still {unsettled} events on their way.")
        before = now
        time.sleep(1)
