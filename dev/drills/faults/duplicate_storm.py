"""Each event comes twenty-one times, 64 at once, through the controller and the intake."""

import json
import random

from dev import load
from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World

_TIMES = 10


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    events = mailing.make_events()
    path = mailing.by_intake.removeprefix(world.intake.url)
    for port in (world.intake.port, int(world.odoo.url.rpartition(":")[2])):
        storm = [load.request(path, json.dumps(event).encode()) for event in events * _TIMES]
        random.Random(0).shuffle(storm)
        result = load.send(port, storm, in_flight=64)
        mailing.outcome.require(set(result.statuses) <= {0, 200}, f"answers {result.statuses}")
        mailing.outcome.notes.append(f"{sum(result.statuses.values())} requests: {result}")
    # Odoo's own backlog drops connections: the provider sends those events again.
    mailing.post(pause=0)
    return mailing.count()
