"""Somebody else changes the traces that the job is about to change."""

import threading
from pathlib import Path

from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    mailing.post()
    world.wait("all events are stored", mailing.is_all_stored)
    log = Path(world.odoo.log_path)
    before = log.read_text().count("could not serialize access")
    job = threading.Thread(target=mailing.run_job)
    with world.holding(
        f"UPDATE mailing_trace SET write_date = now()"
        f" WHERE mass_mailing_id = {mailing.campaign.mailing}"
    ) as other:
        job.start()
        world.wait("the job waits for us", world.is_blocked)
        other.commit()
    job.join()
    failures = log.read_text().count("could not serialize access") - before
    mailing.outcome.require(failures > 0, "nothing failed")
    return mailing.count()
