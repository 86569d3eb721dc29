"""`make lint`: all linters, each told by name; the exit status is non-zero if any complains."""

import subprocess
import sys
from pathlib import Path

from dev.console import say
from dev.paths import ROOT, VENV_PYTHON, addon_path

_BIN = VENV_PYTHON.parent


def main() -> int:
    """Run the linters; return 0 if none complains."""
    return max(
        [
            _check("ruff check", [_BIN / "ruff", "check", "."], ROOT),
            _check("ruff format", [_BIN / "ruff", "format", "--check", "."], ROOT),
            # Under the addon's technical name, by which pylint-odoo knows its own imports.
            _check(
                "pylint-odoo",
                [_BIN / "pylint", f"--rcfile={ROOT / 'pyproject.toml'}", addon_path().name],
                addon_path().parent,
            ),
            _check("mypy", [_BIN / "mypy"], ROOT),  # its settings give the folders
        ]
    )


def _check(name: str, command: list[str | Path], folder: Path) -> int:
    say(f"• {name}")
    return subprocess.run(command, cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
