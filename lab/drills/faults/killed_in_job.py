"""Odoo is killed while its job applies events."""

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
    locking = (
        f"SELECT FROM mailing_trace WHERE mass_mailing_id = {mailing.campaign.mailing} FOR UPDATE"
    )
    with ThreadPoolExecutor(1) as pool, world.holding(locking):
        job = pool.submit(mailing.run_job)
        world.wait("the job waits for us", world.is_odoo_blocked)
        world.odoo.kill()
        job.result()
    world.odoo.start()
    return mailing.count()
