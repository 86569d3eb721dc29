"""PostgreSQL dies in the middle of its work while events come in, and recovers from its log."""

import signal

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    own = world.own_server()
    # A crash before the first checkpoint sets the sequences of a database that was copied back to
    # where the template's were (PostgreSQL 16): its new ids would be those of committed rows.
    world.query("CHECKPOINT")

    def crash() -> None:
        own.stop(signal.SIGQUIT)
        own.start()

    report = mailing.post(fault=crash).report
    mailing.outcome.require(report.resent > 0, "nobody noticed")
    mailing.outcome.notes.append(f"requests sent again: {report.resent}")
    return mailing.count()
