"""Child processes that never outlive the command that started them.

Each child leads a session, so that it is stopped together with its own children
(Odoo's workers, Chromium). It inherits a locked file in `.dev/run`. The lock is held as long as any
of them lives: so a process that is still running is told from another one that got the same number.
"""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, NoReturn

from dev.paths import ROOT, STATE

_RUN = STATE / "run"
_GRACE = 15


def _terminated(signum: int, frame: object) -> NoReturn:
    sys.exit(128 + signum)


def run_as_command(main: Callable[[list[str]], int]) -> NoReturn:
    """Run `main` with the command line's arguments, and exit with the status it returns.

    SIGTERM and SIGHUP unwind the stack, as Ctrl-C does, so that context managers stop what they
    started.
    """
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGHUP, _terminated)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)


def spawn(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command as the leader of its own session; end it with `terminate`.

    `env` is added to the environment; `output` receives what the command prints.
    """
    _RUN.mkdir(parents=True, exist_ok=True)
    descriptor, _path = tempfile.mkstemp(dir=_RUN)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            stdin=subprocess.DEVNULL if output else None,
            start_new_session=True,
            pass_fds=[descriptor],
        )
        os.write(descriptor, f"{process.pid} {os.getpid()}".encode())
    finally:
        os.close(descriptor)
    return process


def terminate(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """Stop a spawned command and everything in its session.

    With SIGKILL they all die at once.
    """
    if how == signal.SIGKILL:
        _kill_group(process.pid)
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    _kill_group(process.pid)
    process.wait()
    stop_leftovers(owner=process.pid)


def run(
    command: Sequence[str], env: Mapping[str, str] | None = None, log: Path | None = None
) -> int:
    """Run a command in the foreground, or with its output in a file; return its exit status.

    An interruption is handed on as SIGINT, which both pytest and Odoo take as a
    request to clean up.
    """
    with open(log, "wb") if log else nullcontext() as output:
        process = spawn(command, env, output)
    try:
        return process.wait()
    finally:
        terminate(process, signal.SIGINT)


@contextmanager
def scratch() -> Iterator[dict[str, str]]:
    """Yield an environment whose temporary files are removed at the end.

    Chromium writes into its profile while Odoo removes it, so that Odoo leaves some files.
    """
    with tempfile.TemporaryDirectory(prefix="tests-", ignore_cleanup_errors=True) as folder:
        yield {"TMPDIR": folder}


def stop_leftovers(owner: int | None = None) -> int:
    """Kill what was spawned by the process `owner` (default: by any) and is still alive.

    Return how many commands that were.
    """
    stopped = 0
    for path, leader, parent in _records():
        if not _released(path) and owner in (None, parent):
            _kill_group(leader)
            path.unlink(missing_ok=True)
            stopped += 1
    return stopped


def _records() -> Iterator[tuple[Path, int, int]]:
    for path in sorted(_RUN.glob("*")):
        with suppress(FileNotFoundError, ValueError):
            leader, parent = path.read_text().split()
            yield path, int(leader), int(parent)


def _released(path: Path) -> bool:
    """Tell whether nothing holds the record's lock any more, and then remove the record."""
    with suppress(FileNotFoundError), open(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        path.unlink(missing_ok=True)
    return True


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
