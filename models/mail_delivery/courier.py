# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import threading
import time
from itertools import chain

import psycopg2

from odoo import SUPERUSER_ID, api

from ...providers.transport import CALL_LIMIT, Outcome
from ..transactions import is_concurrent

_logger = logging.getLogger(__name__)

# How many rows may wait in memory while Odoo prepares more.
MAX_AHEAD = 500
# Seconds for which answers are kept while they can't be written to the database. Afterwards the
# lease ends, and the mails are in doubt.
RECORDING_PATIENCE = 120
# Fields that each step reads
SERVER_FIELDS = (
    *("active", "provider", "delivery_rule", "webhook_registered_datetime", "connection_count"),
    *("smtp_host", "smtp_user", "smtp_pass", "api_key", "api_url", "limit_hour", "limit_day"),
    *("sending_paused_until", "sending_pause_count", "sending_error_text"),
)
ABORT_PATIENCE = 30  # seconds until a call that was aborted must have ended


class Courier:
    """Sends the rows of one server to its provider, with several calls at the same time.

    Threads own the connections, make the calls and do not use the database. Between the calls,
    transactions of their own store the answers and claim the next rows. So no transaction is
    open during a call.

    :param registry: of the database
    :param int server_id: the `ir.mail_server`
    """

    def __init__(self, registry, server_id):
        self._registry = registry
        self._server_id = server_id
        self._condition = threading.Condition()
        self._wanted = []  # ids of rows; None: all rows that are due
        self._is_closed = False
        self._workers = {}  # transport → list of idle `Worker`s
        self._busy = []
        self._finished = []  # the (`Claimed`, `Outcome`)s of each answered call
        self._thread = None

    # --- In the background, while Odoo prepares the next mails

    def add(self, ids):
        """Deliver these rows in the background. Wait while too many are pending."""
        with self._condition:
            self._condition.wait_for(lambda: len(self._wanted) < MAX_AHEAD or self._is_closed)
            self._wanted += ids
            self._condition.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"courier-{self._server_id}")
            self._thread.dbname = self._registry.db_name  # for the log
            self._thread.start()

    def wait(self):
        """Wait until the rows that were added so far have been sent or postponed."""
        with self._condition:
            self._condition.wait_for(
                lambda: self._is_closed or not (self._wanted or self._busy or self._finished)
            )

    def finish(self):
        """Wait until all rows that were added have been sent or postponed."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()
        if self._thread:
            self._thread.join()

    # --- In this thread

    def deliver(self, ids):
        """Send these rows."""
        self._wanted = list(ids)
        self._is_closed = True
        self._run()

    def deliver_due(self, seconds):
        """Send the rows that are due.

        :param float seconds: after which no more calls are started
        """
        self._wanted = None
        self._is_closed = True
        self._run(time.monotonic() + seconds)

    # --- The loop

    def _run(self, deadline=None):
        try:
            while self._step(deadline):
                pass
        except Exception:
            # The rows keep their state: the job sends them, or puts them in doubt later.
            _logger.exception("Delivering through mail server %s was interrupted", self._server_id)
        finally:
            with self._condition:
                self._is_closed = True
                self._condition.notify_all()
            for worker in chain(self._busy, *self._workers.values()):
                worker.close()

    def _step(self, deadline):
        """Store answers, start the next calls, wait; return whether to continue."""
        with self._condition:
            finished = list(chain.from_iterable(self._finished))
            self._finished = []
            ids = None if self._wanted is None else list(self._wanted)
        may_claim = not deadline or time.monotonic() < deadline
        batches = self._transact(finished, ids, may_claim)
        with self._condition:
            self._condition.notify_all()
            for worker, batch in batches:
                self._busy.append(worker)
                worker.start(batch, self._answered)
            if self._busy or self._finished:
                self._wait_for_answer()
                return True
            self._condition.wait_for(lambda: self._wanted or self._is_closed)
            return bool(self._wanted)

    def _wait_for_answer(self):
        """Wait for an answer; abort calls that take too long. The caller holds the condition."""
        while not self._finished:
            oldest = min(worker.started_at for worker in self._busy)
            if not self._condition.wait(max(0.0, oldest + CALL_LIMIT - time.monotonic())):
                for worker in list(self._busy):
                    worker.end_if_late(self._answered)

    def _answered(self, worker, results):
        """Take the results of a worker; called in its thread."""
        with self._condition:
            if worker in self._busy:
                self._busy.remove(worker)
                self._finished.append(results)
                if worker.is_usable:
                    self._workers.setdefault(worker.transport_code, []).append(worker)
                self._condition.notify_all()

    # --- With the database

    def _transact(self, finished, ids, may_claim):
        """Store answers and claim the next rows, in one transaction.

        :return: list of (`Worker`, batch)
        """
        give_up_at = time.monotonic() + RECORDING_PATIENCE
        pause = 0.05
        while True:
            try:
                with self._registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    server = env["ir.mail_server"].browse(self._server_id).exists()
                    # Otherwise Odoo reads all fields of the server and checks the rights of each.
                    server.fetch(SERVER_FIELDS)
                    if finished:
                        env["mail.delivery"]._record(finished)
                        server._note_outcomes([outcome for _claimed, outcome in finished])
                    batches = self._claim(server, ids) if may_claim and server else []
                break
            except psycopg2.Error as error:
                if not is_concurrent(error) and not isinstance(
                    error, (psycopg2.OperationalError, psycopg2.InterfaceError)
                ):
                    raise
                if time.monotonic() > give_up_at:
                    raise
                _logger.info("Deliveries can't be written down yet: %s", type(error).__name__)
                time.sleep(pause)
                pause = min(pause * 2, 5)
        if ids is not None:
            self._forget_wanted(ids, batches)
        return batches

    def _claim(self, server, ids):
        """Return a batch for each free worker: list of (`Worker`, list[Claimed])."""
        if server._sending_obstacle():
            return []
        if ids == []:
            return []
        found = []
        with self._condition:
            # Count answers that are not stored yet: after a crash they would be in doubt, too.
            free = server.connection_count - len(self._busy) - len(self._finished)
        for code in ("api", "smtp"):
            if free <= 0:
                break
            transport = server._transport_limits(code)
            if transport is None:
                continue
            batches = server.env["mail.delivery"]._claim(server, code, transport, free, ids)
            for batch in batches:
                found.append((self._worker(server, code), batch))
            free -= len(batches)
        return found

    def _worker(self, server, code):
        idle = self._workers.get(code)
        return idle.pop() if idle else Worker(code, server._transport(code))

    def _forget_wanted(self, ids, batches):
        """Remove the claimed rows, or all if none could be claimed: the job sends the rest."""
        claimed = {claimed.id for _worker, batch in batches for claimed in batch}
        with self._condition:
            if claimed:
                self._wanted = [id_ for id_ in self._wanted if id_ not in claimed]
            elif not self._busy:
                self._wanted = self._wanted[len(ids) :]


class Worker:
    """One connection to a provider, and its current call.

    :param str transport_code: ``api`` or ``smtp``
    """

    def __init__(self, transport_code, transport):
        self.transport_code = transport_code
        self.is_usable = True
        self.started_at = 0.0
        self._transport = transport
        self._batch = []
        self._aborted_at = None

    def start(self, batch, answered):
        """Make a call in a thread.

        :param list[Claimed] batch:
        :param answered: called with this worker and the (`Claimed`, `Outcome`)s
        """
        self.started_at = time.monotonic()
        # The contents are only needed during the call: free their memory afterwards.
        self._batch = [claimed._replace(mail=None) for claimed in batch]
        self._aborted_at = None
        threading.Thread(
            target=self._call,
            args=[[claimed.mail for claimed in batch], self._batch, answered],
            name="courier-call",
            daemon=True,
        ).start()

    def end_if_late(self, answered):
        """Abort a call that takes too long; if that has no effect, stop waiting for it."""
        now = time.monotonic()
        if now - self.started_at < CALL_LIMIT:
            return
        if self._aborted_at is None:
            self._aborted_at = now
            self._transport.abort()
            # Check again after the time that an aborted call has for ending.
            self.started_at = now - CALL_LIMIT + ABORT_PATIENCE
            return
        self.is_usable = False
        answered(self, [(claimed, Outcome("in_doubt")) for claimed in self._batch])

    def close(self):
        self._transport.close()

    def _call(self, mails, batch, answered):
        try:
            outcomes = self._transport.send(mails)
        except Exception:
            # The provider may have accepted the mails before any of these errors.
            _logger.exception("A call to a provider failed in an unforeseen way")
            self.is_usable = False
            outcomes = [Outcome("in_doubt")] * len(batch)
        answered(self, list(zip(batch, outcomes, strict=True)))
