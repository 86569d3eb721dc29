"""Odoo is stopped, upgraded and started while the webhook server gets 100 events/s."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from dev.odoo import upgrade
from lab.drills.mailing import Mailing
from lab.drills.opens import opens
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox.webhook import ALDEAMO, Report, WebhookSender

_RATE = 100  # events per second
_MARGIN = 2.0  # seconds before and after


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world, contacts=30, code="aldeamo")
    mailing.prepare()
    mailing.send()
    begun = time.monotonic()
    with _events_coming(mailing) as report:
        time.sleep(_MARGIN)
        world.odoo.stop()
        upgrade(world.pg, world.database)
        world.odoo.start()
        time.sleep(_MARGIN)
    seconds = time.monotonic() - begun
    rate = len(mailing.events) / seconds
    mailing.outcome.require(report.discarded == 0, f"discarded: {report.discarded}")
    mailing.outcome.require(report.resent == 0, f"sent again: {report.resent}")
    mailing.outcome.notes.append(f"{rate:.0f} events/s for {seconds:.0f} s: {report}")
    return mailing.count()


@contextmanager
def _events_coming(mailing: Mailing) -> Iterator[Report]:
    """Have events posted meanwhile; yield what is counted of it.

    They are posted in another thread, so that Ctrl-C interrupts the upgrade in this one.
    """
    sender = WebhookSender(ALDEAMO)
    sender.url = mailing.by_webhook_server
    enough = threading.Event()
    sender.start()
    try:
        with ThreadPoolExecutor(1) as pool:
            posting = pool.submit(_post, mailing, sender, enough)
            try:
                yield sender.report
            finally:
                enough.set()
        posting.result()
    finally:
        sender.stop()


def _post(mailing: Mailing, sender: WebhookSender, enough: threading.Event) -> None:
    """Post events at a steady rate until it is enough, and wait for the answers."""
    events = opens(mailing)
    begun = time.monotonic()
    while not enough.wait(begun + len(mailing.events) / _RATE - time.monotonic()):
        sender.submit(next(events))
    sender.join()
