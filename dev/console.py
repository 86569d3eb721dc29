"""What the developer sees: steps, progress and errors."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HEARTBEAT = 10
_WIDTH = 300  # of a shown line of a log; pip lists every version that there is


class Stop(SystemExit):
    """End the command with a message for the developer instead of a traceback."""

    def __init__(self, message: str) -> None:
        super().__init__(f"\n{message}")


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Announce a long step, show that it still runs, and tell how long it took."""
    say(f"• {label} …")
    started = time.monotonic()
    done = threading.Event()

    def beat() -> None:
        while not done.wait(_HEARTBEAT):
            say(f"    … {time.monotonic() - started:.0f} s")

    heart = threading.Thread(target=beat, daemon=True)
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()
        outcome = "stopped after" if sys.exc_info()[0] else "done in"
        say(f"  {outcome} {time.monotonic() - started:.1f} s")


def tail(path: Path, lines: int = 30) -> str:
    """Return the last lines of a log, or a note that there is none."""
    if not path.exists():
        return f"({path} was not written)"
    text = path.read_text(encoding="utf-8", errors="replace")
    return "\n".join(line[:_WIDTH] for line in text.splitlines()[-lines:])
