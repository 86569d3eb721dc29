"""Where things are."""

import os
from contextlib import suppress
from pathlib import Path

ADDON = "mail_mailjet_aldeamo"

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, which is the addon's folder."""

STATE = ROOT / ".dev"
"""Everything generated; ignored by git, removed by `make clean`."""

LOGS = STATE / "log"
DATA = STATE / "data"
"""Odoo's data folder (file store and sessions)."""

VENV_PYTHON = STATE / "venv" / "bin" / "python"

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
ODOO_HOME = Path(os.environ.get("ODOO_HOME") or _CACHE / "odoo" / "17.0").expanduser().absolute()
"""Odoo's source tree."""


def addon_path() -> Path:
    """Return the addon's folder under its technical name.

    Odoo names an addon after its folder, and a checkout may be called anything;
    hence the symbolic link.
    """
    link = STATE / "addons" / ADDON
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # made by a command running at the same time
            link.symlink_to(os.path.relpath(ROOT, link.parent))
    return link


def addons_path() -> str:
    """Return the value of Odoo's `addons_path` setting."""
    return ",".join(str(path) for path in (ODOO_HOME / "addons", addon_path().parent))
