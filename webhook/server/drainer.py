# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The process that turns what is in the spool into rows of `mail_tracking`.

In a process of its own, as translating takes Python's lock, which the answers need.
"""

import logging
import os
import select
import time
from multiprocessing import parent_process

import psycopg2

from .. import spool
from .database import Link
from .outage import Outage
from .wake import Alarm

_logger = logging.getLogger(__name__)

# Answers first: PostgreSQL's part of the work knows no niceness. A commit serves more bodies, too.
_NICENESS = 10
_LULL = 0.1  # seconds without anything new: a burst is over
_LONGEST_BURST = 0.5  # seconds
_RETRY = 0.2  # seconds
_IDLE = 1.0  # seconds without being woken
# Seconds between looking for what was skipped: locked by another intake that has died since, or
# committed out of order.
_SWEEP = 10.0


class Drainer:
    """Drains the spool whenever something is written to it.

    :param dict settings: of the connection
    """

    def __init__(self, settings):
        # Never waits for long for an upgrade's lock while it holds others: PostgreSQL would end
        # the deadlock by aborting either of them.
        self._link = Link(settings, options={"lock_timeout": 200})
        self._alarm = Alarm(settings)
        # The remains of drained rows are in the way until vacuumed; above this there are none.
        self._above = 0
        self._next_sweep = 0.0
        self._outage = Outage(_logger, "Events wait in the spool")

    def work(self):
        """Drain what there is, or what there is for now; return whether there may be more."""
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + _SWEEP
            self._above = 0
        try:
            with self._link.use() as cursor:
                last, new = spool.drain(cursor, self._above)
        except psycopg2.Error as error:
            self._outage.failed(error)
            time.sleep(_RETRY)
            return True
        self._outage.is_over()
        if new:
            self._alarm.want()
        self._alarm.ring()
        if last is not None:
            self._above = max(self._above, last)
        return last is not None

    def idle_seconds(self):
        """Return how long there is nothing to do unless it is woken."""
        return self._alarm.seconds(_IDLE)


def run(settings, woken):
    """Work until the parent process ends.

    :param dict settings: of the connections
    :param int woken: a pipe; whatever can be read from it says that there is something to do
    """
    os.nice(_NICENESS)
    drainer = Drainer(settings)
    parent = parent_process().sentinel
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
                time.sleep(took)  # a rush: half of the time for who answers
            else:
                _await_lull(woken)


def _await_lull(woken):
    end = time.monotonic() + _LONGEST_BURST
    while time.monotonic() < end and select.select([woken], [], [], _LULL)[0]:
        os.read(woken, 65536)
