"""`make docs`: builds the documentation; the exit status is non-zero if anything in it is wrong."""

import subprocess
import sys

from dev.console import say
from dev.paths import ROOT, STATE

_OUTPUT = STATE / "docs"


def main() -> int:
    """Build the pages; return 0 if Sphinx has nothing to complain of."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    status = subprocess.run([*command, ROOT / "docs", _OUTPUT]).returncode
    if not status:
        say(f"{(_OUTPUT / 'index.html').relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
