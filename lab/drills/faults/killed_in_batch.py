"""Odoo is killed when the provider has taken a batch, before it gets the answer."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox.api import Call

_CONTACTS = 160  # four calls, and more than Odoo sends at once itself


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=_CONTACTS)
    mailing.prepare()
    api = mailing.campaign.provider.api
    taken = []

    def kill_at_the_second(call: Call) -> None:
        taken.append(call.messages)
        if call.messages and len([number for number in taken if number]) == 2:
            world.odoo.kill()

    api.before_answer = kill_at_the_second
    try:
        mailing.send_until_killed()
    finally:
        api.before_answer = None
    world.let_time_pass()
    world.odoo.start()
    mailing.send()
    mailing.post()
    return mailing.count()
