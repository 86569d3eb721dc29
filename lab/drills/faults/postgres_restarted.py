"""PostgreSQL is stopped while events come in, and started a second later."""

import time

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    own = world.own_server()

    def restart() -> None:
        own.stop()
        time.sleep(1)
        own.start()

    report = mailing.post(fault=restart).report
    mailing.outcome.require(report.resent > 0, "nobody noticed")
    mailing.outcome.notes.append(f"requests sent again: {report.resent}")
    return mailing.count()
