"""`make clean`: stop what is left running and remove everything made in this checkout."""

import os
import shutil
import subprocess

from dev import postgres, processes, small_disk
from dev.console import say
from dev.paths import ROOT, STATE, VENV_PYTHON

_CACHES = {"__pycache__", ".hypothesis", ".pytest_cache"}

_DROP_ALL = """
from dev.databases import drop_all
from dev.postgres import postgres
with postgres() as pg:
    drop_all(pg)
"""


def main() -> None:
    """Clean the checkout."""
    stopped = processes.stop_leftovers()
    say(f"• stopped what was left running ({stopped})")
    if os.environ.get("PGHOST") and VENV_PYTHON.exists():
        # In the virtual environment: it has the database driver.
        subprocess.run([VENV_PYTHON, "-c", _DROP_ALL], cwd=ROOT)
        say("• dropped this checkout's databases from PGHOST")
    postgres.remove()
    small_disk.unmount()
    shutil.rmtree(STATE, ignore_errors=True)
    for folder, folders, _files in os.walk(ROOT):
        for name in _CACHES.intersection(folders):
            folders.remove(name)
            shutil.rmtree(os.path.join(folder, name))
    say(f"• removed {STATE} and the caches of Python and its tools")


if __name__ == "__main__":
    main()
