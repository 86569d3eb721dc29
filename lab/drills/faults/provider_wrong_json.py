"""The provider takes the mails, and answers with half of the JSON."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=160)
    mailing.prepare()
    api = mailing.campaign.provider.api
    api.mangle(times=2, path=mailing.send_path)
    mailing.send()
    mailing.outcome.require(api.pending_faults == 0, "not every answer was mangled")
    mailing.post()
    return mailing.count()
