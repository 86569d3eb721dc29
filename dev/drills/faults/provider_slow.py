"""The provider takes a second for each answer, and posts events about mails not yet committed."""

from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=120)
    mailing.prepare()
    api = mailing.campaign.provider.api
    api.latency = 1.0
    early = []

    def post_at_once(call) -> None:
        if call.messages and not mailing.events:
            mailing.post()
            world.wait("all events are stored", mailing.is_all_stored)
            early.append(mailing.pending())
            # An event that were applied now would make Odoo send the mails again.
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
    return mailing.count()
