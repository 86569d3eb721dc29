"""64 senders hold connections open by sending a byte now and then; others want to be answered."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from dev.drills.mailing import Mailing
from dev.drills.outcome import Outcome
from dev.drills.world import World

_SENDERS = 64
_PAUSE = 0.5


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    events = mailing.make_events()
    parts = {mailing.by_intake: events[::2], mailing.by_controller: events[1::2]}
    for url, part in parts.items():
        mailing.events = part
        with _lorises(url) as leave:
            # Odoo's two workers are held up; the events then wait until the others have gone.
            threading.Timer(4, leave).start()
            report = mailing.post([url], pause=0.02).report
        mailing.outcome.notes.append(
            f"{'intake' if url == mailing.by_intake else 'controller'}: answered in"
            f" {report.median * 1000:.0f} ms (median), {report.max * 1000:.0f} ms (slowest),"
            f" {report.slow} of {len(report.latencies)} in over 100 ms, {report.resent} sent again"
        )
    mailing.events = events
    return mailing.count()


@contextmanager
def _lorises(url: str) -> Iterator[Callable[[], None]]:
    """Yield the function that makes them go."""
    target = urlsplit(url)
    gone = threading.Event()
    begin = f"POST {target.path} HTTP/1.1\r\nHost: x\r\nX-Slow: ".encode()
    begun: set[int] = set()
    connections = [socket.socket() for _sender in range(_SENDERS)]
    for connection in connections:
        # Not waited for: Odoo takes but a few at a time.
        connection.setblocking(False)
        connection.connect_ex((target.hostname, target.port))

    def trickle() -> None:
        while not gone.wait(_PAUSE):
            for connection in connections:
                with suppress(OSError):
                    connection.send(b"x" if connection.fileno() in begun else begin)
                    begun.add(connection.fileno())
        for connection in connections:
            connection.close()

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        yield gone.set
    finally:
        gone.set()
        thread.join()
