"""The server is switched to SMTP, archived or given another account while mails are in doubt."""

from typing import Any

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.mailings import make_server
from lab.sandbox import Sandbox
from lab.sandbox.faults import ApiFault


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    outcome = Outcome()
    for change in (_switch_to_smtp, _archive, _change_account):
        mailing = Mailing(world, contacts=160)
        mailing.prepare()
        api = mailing.campaign.provider.api
        api.order(ApiFault.ACCEPTED_RESET, times=2, path=mailing.send_path)
        mailing.try_to_send()
        in_doubt = mailing.campaign.states()["in_doubt"]
        mailing.outcome.require(in_doubt > 0, f"{change.__name__}: nothing was in doubt")
        change(world, mailing)
        mailing.post()
        outcome.add(mailing.count())
        outcome.notes.append(f"{change.__name__.strip('_')}: {in_doubt} mails were in doubt")
    return outcome


def _switch_to_smtp(world: World, mailing: Mailing) -> None:
    _write(world, mailing, transport="smtp")
    mailing.send()


def _archive(world: World, mailing: Mailing) -> None:
    provider = mailing.campaign.provider
    taking_over = {"provider": "mailjet", "mass_mail": True, "api_url": provider.api_url}
    _write(world, mailing, mass_mail=False, active=False)
    heir = make_server(world.odoo, provider, "heir", transport="api", **taking_over)
    world.odoo.rpc("mailing.mailing", "write", [mailing.campaign.mailing], {"mail_server_id": heir})
    mailing.send()


def _change_account(world: World, mailing: Mailing) -> None:
    with Sandbox() as other:
        account = other.mailjet
        _write(
            world,
            mailing,
            api_url=account.api_url,
            smtp_host=account.smtp_host,
            smtp_port=account.smtp_port,
        )
        for _round in range(3):
            mailing.deliver()
            world.let_time_pass()
        mailing.outcome.require(
            not account.received, f"sent again through the other account: {len(account.received)}"
        )


def _write(world: World, mailing: Mailing, **values: Any) -> None:
    world.odoo.rpc("ir.mail_server", "write", [mailing.campaign.server], values)
