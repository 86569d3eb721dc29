"""`make clean`: stop what is left running and remove everything made in this checkout."""

import os
import shutil
import subprocess
from pathlib import Path

from dev import postgres, processes
from dev.console import say
from dev.paths import ROOT, STATE, VENV_PYTHON

_CACHES = {"__pycache__", ".hypothesis", ".pytest_cache"}

_DROP_ALL = """
import sys
from dev.console import Stop
from dev.databases import drop_all
from dev.postgres import postgres
try:
    with postgres() as pg:
        drop_all(pg)
except Stop as error:
    sys.exit(str(error))
"""


def main() -> None:
    """Clean the checkout."""
    stopped = processes.stop_leftovers()
    say(f"• stopped what was left running ({stopped})")
    for server in postgres.external_servers():
        # In the virtual environment: it has the database driver. The password, if there is one, is
        # in PGPASSWORD or where libpq looks for it.
        env = {**os.environ, **server.env()}
        left = subprocess.run([VENV_PYTHON, "-c", _DROP_ALL], cwd=ROOT, env=env).returncode
        what = "could not drop" if left else "dropped"
        say(f"• {what} this checkout's databases on {server.host}:{server.port}")
    postgres.remove()
    for place in STATE.glob("*"):
        unmount(place)
    shutil.rmtree(STATE, ignore_errors=True)
    for folder, folders, _files in os.walk(ROOT):
        for name in _CACHES.intersection(folders):
            folders.remove(name)
            shutil.rmtree(os.path.join(folder, name))
    say(f"• removed {STATE} and the caches of Python and its tools")


def unmount(place: Path) -> None:
    """Unmount it if it is a mount, even while somebody still has files open on it."""
    if place.is_mount():
        subprocess.run(["umount", "--lazy", str(place)], check=True)


if __name__ == "__main__":
    main()
