"""Locks between the commands that run in one checkout."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from dev.console import say
from dev.paths import STATE


@contextmanager
def exclusive(name: str, busy: str) -> Iterator[None]:
    """Hold the checkout's lock `name`; while another command has it, say `busy` and wait.

    The kernel drops the lock with its holder, so a killed command leaves none behind.
    """
    folder = STATE / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  {busy}; waiting …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
