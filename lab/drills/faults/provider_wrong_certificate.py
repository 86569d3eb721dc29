"""Somebody else answers in the provider's place, with a certificate that nobody has vouched for."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox import Sandbox


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=120)
    mailing.prepare()
    server = mailing.campaign.server
    with Sandbox() as impostor:
        world.odoo.rpc("ir.mail_server", "write", [server], {"api_url": impostor.mailjet.api_url})
        mailing.try_to_send()
        mailing.outcome.require(impostor.mailjet.api.connections > 0, "nobody met the impostor")
        mailing.outcome.require(not impostor.mailjet.api.calls, "the impostor was trusted")
    unsent = mailing.campaign.is_unfinished()
    mailing.outcome.require(unsent, "the mails don't wait for the provider")
    world.odoo.rpc(
        "ir.mail_server", "write", [server], {"api_url": mailing.campaign.provider.api_url}
    )
    world.let_time_pass()
    mailing.send()
    mailing.post()
    return mailing.count()
