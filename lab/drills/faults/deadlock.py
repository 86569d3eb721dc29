"""The job and somebody else wait for each other: PostgreSQL aborts the job."""

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
    before = world.times_logged("deadlock detected")
    touching = (
        "UPDATE mailing_trace SET write_date = now()"
        f" WHERE mass_mailing_id = {mailing.campaign.mailing}"
    )
    with ThreadPoolExecutor(1) as pool, world.holding(touching) as other:
        job = pool.submit(mailing.run_job)
        world.wait("the job waits for us", world.is_odoo_blocked)
        with other.cursor() as cursor:
            # What the job has claimed. It has waited for longer: PostgreSQL aborts it and not us.
            cursor.execute("SELECT FROM mail_tracking WHERE state = 'pending' FOR UPDATE")
    job.result()
    aborted = world.times_logged("deadlock detected") - before
    mailing.outcome.require(aborted > 0, "the job was not aborted")
    return mailing.count()
