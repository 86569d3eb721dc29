"""The provider takes a second for each answer, and posts events before it answers."""

from threading import Lock

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox.api import Call


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=120)
    mailing.prepare()
    api = mailing.campaign.provider.api
    api.latency = 1.0
    turn = Lock()
    early: list[int] = []

    def post_at_once(call: Call) -> None:
        with turn:
            if not call.messages or early:
                return
            mailing.post()
            world.wait("all events are stored", mailing.is_all_stored)
            early.append(mailing.pending())
            # What they say of the mails must outlast the answer, which comes later.
            mailing.run_job()

    api.before_answer = post_at_once
    try:
        mailing.send()
    finally:
        api.latency, api.before_answer = 0.0, None
    mailing.outcome.notes.append(f"events before Odoo knew: {len(mailing.events)}")
    # An exception in the provider's thread shows only by what is missing here.
    mailing.outcome.require(
        early == [len(mailing.events)], f"events that the job found waiting: {early}"
    )
    mailing.post_rest()
    return mailing.count()
