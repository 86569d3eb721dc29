"""A disk of a few megabytes, to be filled; only root may mount it."""

import os
import subprocess

from dev.paths import STATE

PLACE = STATE / "small-disk"
_SIZE = "64m"


def mount() -> bool:
    """Mount it, empty; return whether that is possible on this machine."""
    PLACE.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0777", "tmpfs", str(PLACE)]
    return os.geteuid() == 0 and not subprocess.run(command, stderr=subprocess.DEVNULL).returncode
