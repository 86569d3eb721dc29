"""`make lint`: all linters, each told by name; the exit status is non-zero if any complains."""

import subprocess
import sys
from pathlib import Path

from dev.console import say
from dev.paths import ADDON, ROOT, VENV_PYTHON, addon_path

_BIN = VENV_PYTHON.parent


def main() -> int:
    """Run the linters; return 0 if none complains."""
    return max(
        [
            _check("ruff check", [_BIN / "ruff", "check", "."], ROOT),
            _check("ruff format", [_BIN / "ruff", "format", "--check", "."], ROOT),
            # Under the addon's technical name, by which pylint-odoo knows its own imports. Each
            # package is named: their folders are links there, which pylint doesn't follow.
            _check(
                "pylint-odoo",
                [
                    _BIN / "pylint",
                    f"--rcfile={ROOT / 'pyproject.toml'}",
                    # The big models are split on purpose: one file for each subject.
                    "--disable=consider-merging-classes-inherited",
                    ADDON,
                    *(f"{ADDON}/{path.parent.name}" for path in addon_path().glob("*/__init__.py")),
                ],
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
