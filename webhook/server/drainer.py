# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The process that turns the bodies in the spool into rows of `mail_tracking`.

It is a process of its own, because reading bodies holds Python's global lock, which the answers
need.
"""

from __future__ import annotations

import logging
import os
import select
import time
from multiprocessing import parent_process

import psycopg2

from .. import spool
from .database import ReconnectingConnection, Settings
from .outage import Outage
from .wake import JobTrigger

_logger = logging.getLogger(__name__)

# Answers come first. The pauses below are needed as well, because our priority doesn't reach the
# PostgreSQL backend; and after a pause one commit serves more bodies.
_NICENESS = 10
_LULL = 0.1  # seconds without anything new: the burst is over
_LONGEST_BURST = 0.5  # seconds
_RETRY = 0.2  # seconds
_IDLE = 1.0  # seconds after which it looks without being woken
# Seconds after which it looks again for bodies that it skipped: another webhook server had locked
# them and has died since, or they were committed out of order.
_SWEEP = 10.0


class Drainer:
    """Drains the spool whenever something is written to it."""

    def __init__(self, settings: Settings) -> None:
        # Wait only briefly for an upgrade's lock while holding others: PostgreSQL would end a
        # deadlock by aborting one of both.
        self._connection = ReconnectingConnection(settings, options={"lock_timeout": 200})
        self._job_trigger = JobTrigger(settings)
        # Begin above the drained rows, whose dead versions slow down reading until vacuum.
        self._above = 0
        self._next_sweep = 0.0
        self._outage = Outage(_logger, "Events wait in the spool")

    def work(self) -> bool:
        """Drain one chunk of the spool; return whether there may be more."""
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + _SWEEP
            self._above = 0
        try:
            with self._connection.use() as cursor:
                last, new = spool.drain(cursor, self._above)
        except psycopg2.Error as error:
            self._outage.failed(error)
            time.sleep(_RETRY)
            return True
        self._outage.is_over()
        if new:
            self._job_trigger.request()
        self._job_trigger.fire()
        if last is not None:
            self._above = max(self._above, last)
        return last is not None

    def idle_seconds(self) -> float:
        """Return how long to wait if nothing wakes it before."""
        return self._job_trigger.seconds(_IDLE)


def run(settings: Settings, woken: int) -> None:
    """Work until the parent process ends.

    :param woken: the reading end of a pipe; a byte in it says that there is something to do
    """
    os.nice(_NICENESS)
    drainer = Drainer(settings)
    supervisor = parent_process()
    assert supervisor, "started by the supervisor"
    parent = supervisor.sentinel
    while True:
        began = time.monotonic()
        more = drainer.work()
        took = time.monotonic() - began
        pause = 0 if more else drainer.idle_seconds()
        readable = select.select([woken, parent], [], [], pause)[0]
        if parent in readable:
            return
        if woken in readable:
            os.read(woken, 65536)
            if more:
                time.sleep(took)  # in a rush, leave half of the time to the answers
            else:
                _await_lull(woken)


def _await_lull(woken: int) -> None:
    """Wait until a burst is over, but not longer than `_LONGEST_BURST`."""
    end = time.monotonic() + _LONGEST_BURST
    while time.monotonic() < end and select.select([woken], [], [], _LULL)[0]:
        os.read(woken, 65536)
