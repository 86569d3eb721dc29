"""A server as a child process: started, waited for, killed."""

import itertools
import signal
import time
from collections.abc import Mapping, Sequence
from typing import TypeVar

from dev.console import Stop, step, tail
from dev.paths import LOGS
from dev.processes import spawn, terminate

_Self = TypeVar("_Self", bound="Service")
_serial = itertools.count(1)


class Service:
    """A server; a context manager.

    :ivar url: where it answers, without a slash at the end
    :ivar log_path: its log
    :ivar process: its first one
    """

    # Its name, and the seconds that it may need until it answers.
    NAME: str
    STARTUP: float

    def __init__(
        self, port: int, database: str, command: Sequence[str], env: Mapping[str, str]
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log_path = (
            LOGS / f"{self.NAME.lower().replace(' ', '-')}-{database}.{next(_serial)}.log"
        )
        self.log_path.unlink(missing_ok=True)
        self._command = command
        self._env = env

    def __enter__(self: _Self) -> _Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, perhaps again, and wait until it answers.

        :raises Stop: it died or did not answer in time, with the end of its log
        """
        with open(self.log_path, "ab") as log:
            self.process = spawn(self._command, self._env, log)
        try:
            with step(f"{self.NAME} on {self.url} (log: {self.log_path})"):
                self._wait()
                self._warm_up()
        except BaseException:  # Ctrl-C, too
            terminate(self.process)
            raise

    def stop(self) -> None:
        """Stop it as an administrator does."""
        terminate(self.process)

    def kill(self) -> None:
        """Kill all of its processes with SIGKILL, as when the machine loses power."""
        terminate(self.process, signal.SIGKILL)

    def is_healthy(self) -> bool:
        """Tell whether it answers."""
        raise NotImplementedError

    def _warm_up(self) -> None:
        """Prepare it for what is measured; by default there is nothing to do."""

    def _wait(self) -> None:
        deadline = time.monotonic() + self.STARTUP
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Stop(f"{self.NAME} ended by itself:\n{tail(self.log_path)}")
            if self.is_healthy():
                return
            time.sleep(0.05)
        raise Stop(f"{self.NAME} does not answer after {self.STARTUP} s:\n{tail(self.log_path)}")
