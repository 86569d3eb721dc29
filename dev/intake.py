"""The dedicated intake as a child process."""

import itertools
import signal
import time
import urllib.request
from contextlib import suppress
from http.client import HTTPException
from types import TracebackType

from dev.console import Stop, step, tail
from dev.odoo import free_port, odoo_command
from dev.paths import LOGS
from dev.postgres import Server
from dev.processes import spawn, terminate

_STARTUP = 30
_serial = itertools.count(1)


class Intake:
    """A running intake; a context manager.

    Attributes:
        url: where it answers, without a slash at the end.
        port: of 127.0.0.1.
        log_path: its log.
    """

    def __init__(self, pg: Server, database: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log_path = LOGS / f"intake-{database}.{next(_serial)}.log"
        self._env = pg.env()
        self._command = [*odoo_command(pg, database, "mail_intake"), f"--port={self.port}"]

    def __enter__(self) -> "Intake":
        """Start the intake and wait until it answers.

        Raises:
            Stop: it died or did not answer in time, with the end of its log.
        """
        with open(self.log_path, "wb") as log:
            self.process = spawn(self._command, self._env, log)
        try:
            with step(f"Intake on {self.url} (log: {self.log_path})"):
                self._wait()
        except BaseException:
            terminate(self.process)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        terminate(self.process)

    def kill(self) -> None:
        """Kill all of its processes with SIGKILL, as when the machine loses power."""
        terminate(self.process, signal.SIGKILL)

    def is_healthy(self) -> bool:
        """Tell whether it says that the database answers."""
        page = self.url + "/mail_provider/health"
        with suppress(OSError, HTTPException), urllib.request.urlopen(page, timeout=5) as answer:
            return answer.status == 200
        return False

    def _wait(self) -> None:
        deadline = time.monotonic() + _STARTUP
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Stop(f"The intake ended by itself:\n{tail(self.log_path)}")
            if self.is_healthy():
                return
            time.sleep(0.05)
        raise Stop(f"The intake does not answer after {_STARTUP} s:\n{tail(self.log_path)}")
