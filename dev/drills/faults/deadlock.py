"""The job and somebody else wait for each other: PostgreSQL aborts the job."""

import threading

import psycopg2

from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World

_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    mailing.post()
    world.wait("all events are stored", mailing.is_all_stored)
    before = world.value(_DEADLOCKS)
    job = threading.Thread(target=mailing.run_job)
    with world.holding(
        f"UPDATE mailing_trace SET write_date = now()"
        f" WHERE mass_mailing_id = {mailing.campaign.mailing}"
    ) as other:
        job.start()
        world.wait("the job waits for us", world.is_blocked)
        try:
            with other.cursor() as cursor:
                # What the job has claimed.
                cursor.execute("SELECT FROM mail_tracking WHERE state = 'pending' FOR UPDATE")
        except psycopg2.errors.DeadlockDetected:
            mailing.outcome.notes.append("PostgreSQL aborted the other side")
    job.join()
    world.wait("PostgreSQL counts it", lambda: world.value(_DEADLOCKS) > before)
    return mailing.count()
