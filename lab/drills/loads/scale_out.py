"""Two Odoo servers and two webhook servers on one database share 100 000 events."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from urllib.parse import urlsplit

from dev.odoo import Odoo
from dev.service import Service
from dev.webhook_server import WebhookServer
from lab.bench import sender
from lab.bench.sender import Target
from lab.drills.mailing import Mailing
from lab.drills.opens import opens
from lab.drills.outcome import Outcome
from lab.drills.world import World

_CONTACTS = 2000
_EVENTS = {"webhook server": 49_000, "controller": 1_000}  # of each of the two
_IN_FLIGHT = {"webhook server": 64, "controller": 8}
_PATIENCE = 600


def run(world: World) -> Outcome:
    """Do it; return what came of it."""
    mailing = Mailing(world, contacts=_CONTACTS)
    mailing.prepare()
    mailing.send()
    path = urlsplit(mailing.by_webhook_server).path
    with (
        _odoo(world) as first,
        _odoo(world) as second,
        WebhookServer(world.pg, world.database) as webhook_server,
    ):
        ways: list[tuple[str, Service]] = [
            ("webhook server", world.webhook_server),
            ("webhook server", webhook_server),
        ]
        ways += [("controller", first), ("controller", second)]
        loads = []
        events = opens(mailing)
        for kind, service in ways:
            bodies = [json.dumps(event).encode() for event in islice(events, _EVENTS[kind])]
            loads.append((_target(kind, service.url + path, bodies), len(bodies), _IN_FLIGHT[kind]))
        begun = time.monotonic()
        with ThreadPoolExecutor(len(loads)) as pool:
            results = list(pool.map(lambda load: sender.send_all(*load), loads))
        posted = time.monotonic() - begun
        world.wait("all events are applied", lambda: _is_done(mailing), _PATIENCE)
        applied = time.monotonic() - begun
    outcome = mailing.count()
    for result in results:
        outcome.require(not result.errors, f"not answered with 200: {dict(result.errors)}")
    count = outcome.posted
    outcome.notes.append(
        f"taken {count / posted:.0f}/s, taken and applied {count / applied:.0f}/s;"
        f" each way in: {', '.join(f'{result.rate:.0f}/s' for result in results)}"
    )
    return outcome


def _target(kind: str, url: str, bodies: list[bytes]) -> Target:
    return Target(kind, url, lambda _number: bodies)


def _is_done(mailing: Mailing) -> bool:
    return mailing.is_all_stored() and not mailing.pending()


def _odoo(world: World) -> Odoo:
    trusted = {"REQUESTS_CA_BUNDLE": world.sandbox.ca_bundle}
    return Odoo(world.pg, world.database, extra=["--max-cron-threads=1"], env=trusted)
