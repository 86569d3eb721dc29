"""Odoo is killed while its controller stores events, and the webhook server with it."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()

    def is_storing() -> bool:
        return world.is_odoo_blocked("INSERT INTO mail_tracking (")

    def kill() -> None:
        with world.holding("LOCK TABLE mail_tracking IN ACCESS EXCLUSIVE MODE"):
            world.wait("the controller waits for us", is_storing)
            world.odoo.kill()
            world.webhook_server.kill()
        world.odoo.start()
        world.webhook_server.start()

    report = mailing.post(fault=kill).report
    mailing.outcome.require(report.resent > 0, "nobody noticed")
    mailing.outcome.notes.append(f"requests sent again: {report.resent}")
    return mailing.count()
