"""64 senders hold connections open by sending a byte now and then; others want to be answered."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox.webhook import Report

_SENDERS = 64
_MOST = 48
_WORKERS = 2  # of Odoo's: so many hold it up
_PAUSE = 0.5
_STAY = 1.0  # seconds that they hold Odoo up at the least


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    events = mailing.make_events()
    mailing.events = events[::2]
    webhook_server = _post_among_lorises(mailing, mailing.by_webhook_server, _MOST)
    mailing.outcome.require(webhook_server.resent == 0, "the webhook server left events unanswered")
    few = len(webhook_server.latencies) // 10
    mailing.outcome.require(webhook_server.slow <= few, "the webhook server was held up")
    mailing.events = events[1::2]
    controller = _post_among_lorises(mailing, mailing.by_controller, _WORKERS)
    mailing.outcome.require(controller.max > _STAY, "nothing held up the controller")
    for name, report in (("webhook server", webhook_server), ("controller", controller)):
        mailing.outcome.notes.append(
            f"{name}: answered in"
            f" {report.median * 1000:.0f} ms (median), {report.max * 1000:.0f} ms (slowest),"
            f" {report.slow} of {len(report.latencies)} in over 100 ms, {report.resent} sent again"
        )
    mailing.events = events
    return mailing.count()


def _post_among_lorises(mailing: Mailing, url: str, enough: int) -> Report:
    """Post the events; the lorises are there before them, and leave after a third.

    Where they hold everything up, no answer comes before that.
    """
    with _lorises(mailing.world, url, enough) as leave:
        return mailing.post([url], fault=leave, pause=0.1).report


@contextmanager
def _lorises(world: World, url: str, enough: int) -> Iterator[Callable[[], None]]:
    """Have as many as it takes begin a request; yield the function that makes them go."""
    target = urlsplit(url)
    begin = f"POST {target.path} HTTP/1.1\r\nHost: x\r\nX-Slow: ".encode()
    begun: set[socket.socket] = set()
    gone = threading.Event()
    connections = [_connecting(target.hostname, target.port) for _sender in range(_SENDERS)]

    def go_on() -> None:
        for connection in connections:
            with suppress(OSError):
                connection.send(b"x" if connection in begun else begin)
                begun.add(connection)

    def are_there() -> bool:
        go_on()
        return len(begun) >= enough

    def trickle() -> None:
        while not gone.wait(_PAUSE):
            go_on()
        for connection in connections:
            connection.close()

    world.wait("the lorises are there", are_there)
    with ThreadPoolExecutor(1) as pool:
        trickling = pool.submit(trickle)
        try:
            yield gone.set
        finally:
            gone.set()
    trickling.result()


def _connecting(host: str | None, port: int | None) -> socket.socket:
    """Return a connection that is being made: Odoo takes but a few at a time."""
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex((host, port))
    return connection
