"""The provider closes the connection instead of answering: before, and after it took the mails."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=160)
    mailing.prepare()
    api = mailing.campaign.provider.api
    calls = len(api.calls)
    api.drop(processed=False, path=mailing.send_path)
    api.drop(processed=True, path=mailing.send_path)
    mailing.send()
    dropped = [call for call in api.calls[calls:] if call.messages and call.status is None]
    mailing.outcome.require(len(dropped) == 2, "the connection wasn't closed twice")
    mailing.post()
    return mailing.count()
