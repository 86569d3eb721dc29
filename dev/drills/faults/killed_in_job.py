"""Odoo is killed while its job applies events."""

import threading

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
    job = threading.Thread(target=mailing.run_job)
    with world.holding(
        f"SELECT FROM mailing_trace WHERE mass_mailing_id = {mailing.campaign.mailing} FOR UPDATE"
    ):
        job.start()
        world.wait("the job waits for us", world.is_blocked)
        world.odoo.kill()
        job.join()
    world.odoo.start()
    return mailing.count()
