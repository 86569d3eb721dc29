"""All connections to PostgreSQL are cut, again and again, while mails leave and events come in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World

_CUTS = 4
_CUT = (
    "SELECT state IS DISTINCT FROM 'idle' AND starts_with(application_name, 'odoo-'),"
    " pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND datname = current_database() AND backend_type = 'client backend'"
)


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    posting: list[bool] = []

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
    for stage, cuts in (("sending", sending), ("posting", posting)):
        mailing.outcome.notes.append(
            f"cut while {stage}: {len(cuts)} connections, {sum(cuts)} of them Odoo's at work"
        )
    mailing.outcome.require(any(sending), "Odoo was not cut off while sending")
    return mailing.count()


def _cut(world: World) -> list[bool]:
    """Cut all connections; return of each whether it was Odoo's and at work, not idle."""
    return [is_at_work for is_at_work, _is_cut in world.query(_CUT)]


@contextmanager
def _cut_after_each_call(mailing: Mailing, world: World) -> Iterator[list[bool]]:
    """Cut when the provider has taken mails, and Odoo is about to write that down.

    Yields what `_cut` returned of all of them.
    """
    api = mailing.campaign.provider.api
    cuts: list[bool] = []
    api.before_answer = lambda call: cuts.extend(_cut(world)) if call.messages else None
    try:
        yield cuts
    finally:
        api.before_answer = None
