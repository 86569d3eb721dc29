"""All connections to PostgreSQL are cut, again and again, while mails leave and events come in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World

_CUTS = 4
_CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    cuts: list[int] = []

    def cut() -> None:
        for _time in range(_CUTS):
            cuts.append(world.value(_CUT))
            threading.Event().wait(0.4)

    mailing = Mailing(world, contacts=120)
    mailing.prepare()
    with _cut_after_each_call(mailing, world, cuts):
        mailing.try_to_send()
    world.let_time_pass()
    mailing.send()
    mailing.post(fault=cut)
    mailing.outcome.notes.append(f"connections cut: {sum(cuts)}")
    mailing.outcome.require(min(cuts) > 0, "there was nothing to cut")
    return mailing.count()


@contextmanager
def _cut_after_each_call(mailing: Mailing, world: World, cuts: list[int]) -> Iterator[None]:
    """Cut when the provider has taken mails, and Odoo is about to write that down."""
    api = mailing.campaign.provider.api
    api.before_answer = lambda call: cuts.append(world.value(_CUT)) if call.messages else None
    try:
        yield
    finally:
        api.before_answer = None
