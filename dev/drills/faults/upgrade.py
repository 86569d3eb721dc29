"""Odoo is stopped, the addon upgraded and Odoo started under 100 events/s on the dedicated path."""

import os
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World
from dev.odoo import odoo_command
from dev.sandbox import Step
from dev.sandbox.webhook import ALDEAMO, Webhook

_RATE = 100  # events per second
_MARGIN = 2.0  # seconds before and after


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=30, code="aldeamo")
    mailing.prepare()
    mailing.send()
    messages = mailing.received()
    sender = Webhook(ALDEAMO)
    sender.url = mailing.by_intake
    sender.start()
    failed: list[str] = []
    upgrading = threading.Thread(target=_upgrade, args=(world, failed))
    begun = time.monotonic()
    born = datetime.now(timezone.utc) - timedelta(hours=2)
    number = 0
    end = None
    while end is None or time.monotonic() < end:
        if not upgrading.ident and time.monotonic() > begun + _MARGIN:
            upgrading.start()
        elif upgrading.ident and not upgrading.is_alive() and end is None:
            end = time.monotonic() + _MARGIN
        # Each recipient opens the mail again and again, a second later each time.
        round_, index = divmod(number, len(messages))
        at = born + timedelta(seconds=round_)
        (event,) = mailing.campaign.provider.events_for(messages[index], Step.OPENED, at)
        mailing.events.append(event)
        sender.submit(event)
        number += 1
        time.sleep(max(0.0, begun + number / _RATE - time.monotonic()))
    seconds = time.monotonic() - begun
    sender.join()
    sender.stop()
    report = sender.report
    mailing.outcome.failures += failed
    mailing.outcome.require(report.discarded == 0, f"discarded: {report.discarded}")
    mailing.outcome.require(report.resent == 0, f"sent again: {report.resent}")
    mailing.outcome.notes.append(f"{number / seconds:.0f} events/s for {seconds:.0f} s: {report}")
    return mailing.count()


def _upgrade(world: World, failed: list[str]) -> None:
    world.odoo.stop()
    options = ["--update=mail_mailjet_aldeamo", "--stop-after-init", "--no-http"]
    upgrade = subprocess.run(
        [*odoo_command(world.pg, world.database), *options],
        env={**os.environ, **world.pg.env()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if upgrade.returncode:
        failed.append(f"the upgrade ended with {upgrade.returncode}")
    world.odoo.start()
