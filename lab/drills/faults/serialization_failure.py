"""Somebody else changes the traces that the job is about to change."""

from concurrent.futures import ThreadPoolExecutor

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    mailing.post()
    world.wait("all events are stored", mailing.is_all_stored)
    before = world.times_logged("could not serialize access")
    touching = (
        "UPDATE mailing_trace SET write_date = now()"
        f" WHERE mass_mailing_id = {mailing.campaign.mailing}"
    )
    with ThreadPoolExecutor(1) as pool, world.holding(touching) as other:
        job = pool.submit(mailing.run_job)
        world.wait("the job waits for us", world.is_odoo_blocked)
        other.commit()
    job.result()
    failures = world.times_logged("could not serialize access") - before
    mailing.outcome.require(failures > 0, "nothing failed")
    return mailing.count()
