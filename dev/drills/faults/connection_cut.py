"""All connections to PostgreSQL are cut, again and again, while mails leave and events come in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World

_CUTS = 4
_CUT = (
    "SELECT state, pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND datname = current_database() AND backend_type = 'client backend'"
)


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    posting: list[str] = []

    def cut() -> None:
        for _time in range(_CUTS):
            posting.extend(_cut(world))
            time.sleep(0.4)

    mailing = Mailing(world, contacts=120)
    mailing.prepare()
    with _cut_after_each_call(mailing, world) as sending:
        mailing.try_to_send()
    world.let_time_pass()
    mailing.send()
    mailing.post(fault=cut)
    for stage, states in (("sending", sending), ("posting", posting)):
        busy = sum(state != "idle" for state in states)
        mailing.outcome.notes.append(f"cut while {stage}: {len(states)} connections, {busy} busy")
    mailing.outcome.require(bool(set(sending) - {"idle"}), "nobody was cut while sending")
    return mailing.count()


def _cut(world: World) -> list[str]:
    """Cut all connections; return what state they were in."""
    return [state for state, _is_cut in world.query(_CUT)]


@contextmanager
def _cut_after_each_call(mailing: Mailing, world: World) -> Iterator[list[str]]:
    """Cut when the provider has taken mails, and Odoo is about to write that down.

    Yields the states of the connections cut.
    """
    api = mailing.campaign.provider.api
    states: list[str] = []
    api.before_answer = lambda call: states.extend(_cut(world)) if call.messages else None
    try:
        yield states
    finally:
        api.before_answer = None
