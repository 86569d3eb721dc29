"""The provider answers 500 to every call with one of the first four mails of the queue."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World

_POISONED = 4
_ROUNDS = 10


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=160)
    mailing.prepare()
    api = mailing.campaign.provider.api
    mailing.impossible = set(mailing.campaign.emails[:_POISONED])
    for email in mailing.impossible:
        api.poison(email)
    before = len(api.calls)
    for _round in range(_ROUNDS):
        mailing.deliver()
        world.let_time_pass()
    failed = [call for call in api.calls[before:] if call.messages and call.status == 500]
    mailing.outcome.require(
        max((call.messages for call in failed), default=0) > 1, "the poison was not at the head"
    )
    others = len(mailing.received())
    mailing.outcome.notes.append(f"{others} others left; calls that failed: {len(failed)}")
    mailing.outcome.require(others == len(mailing.campaign.emails) - _POISONED, "others waited")
    # Days later Odoo gives them up.
    world.query("UPDATE mail_delivery SET create_date = create_date - interval '5 days'")
    mailing.send()
    mailing.post()
    return mailing.count()
