"""Each event comes 21 times: through the webhook server 64 at once, through the controller 16."""

import json
import random

from lab import load
from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World

_TIMES = 10


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    events = mailing.make_events()
    path = mailing.by_webhook_server.removeprefix(world.webhook_server.url)
    # Odoo's own backlog is 16: of more at once it would drop some, for seconds and minutes.
    ways = ((world.webhook_server.port, 64, 1.0), (int(world.odoo.url.rpartition(":")[2]), 16, 0.9))
    for port, at_once, share in ways:
        storm = [load.request(path, json.dumps(event).encode()) for event in events * _TIMES]
        random.Random(0).shuffle(storm)
        result = load.send(port, storm, in_flight=at_once)
        refused = [status for status in result.statuses if status not in (200, "timeout")]
        answered = result.statuses[200] >= share * len(storm)
        mailing.outcome.require(answered and not refused, f"answers {result.statuses}")
        mailing.outcome.notes.append(f"{sum(result.statuses.values())} requests: {result}")
    # What was not answered after all, the provider sends again.
    mailing.post(pause=0)
    return mailing.count()
